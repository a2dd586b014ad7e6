import assert from 'node:assert/strict';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/time';
import { accountSummary, failureText, formatMeterAmount, meterText, meterValue, standingLabel, type Wording } from '../../src/core/words';
import { unreadText } from '../../src/core/unreadText';
import { SAMPLE_NOW, SAMPLE_ZONE, sampleAccount, sampleFigure, sampleMeter } from '../support/sampleSnapshot';

const wording: Wording = { locale: 'en-US', percent: 'used', now: SAMPLE_NOW, zone: SAMPLE_ZONE };
const dollars = { unit: 'micros', currency: 'USD', ratio: null } as const;

describe('words', () => {
  it('tells the whole truth about a meter', () => {
    assert.equal(meterText(sampleMeter(), wording), '5-hour window: 42% used, resets in 2 h 10 min (16:15), reported by the vendor, 2 min ago');
  });

  it('R8: tells what is left where the user wants that', () => {
    assert.match(meterText(sampleMeter(), { ...wording, percent: 'left' }), /: 58% left,/);
  });

  it('R9: says not reported, and no percent, where the vendor reports none', () => {
    const meter = sampleMeter({ used: null, ratio: null, cap: { kind: 'unknown' }, resetsAt: null });
    assert.equal(meterText(meter, wording), '5-hour window: not reported, reported by the vendor, 2 min ago');
  });

  it('says that there is no limit where the vendor says that and no more', () => {
    const meter = sampleMeter({ label: 'Credits', kind: 'balance', unit: 'credits', used: null, left: null, ratio: null, cap: { kind: 'unlimited' }, resetsAt: null });
    assert.equal(meterText(meter, wording), 'Credits: no limit, reported by the vendor, 2 min ago');
  });

  it('R7: marks an estimate as one', () => {
    assert.match(meterText(sampleMeter({ provenance: 'estimated' }), wording), /, estimated,/);
  });

  it('R34: calls an unofficial source one', () => {
    assert.deepEqual((['official', 'vendor-file', 'unofficial'] as const).map(standingLabel), ['official API', "file of the vendor's tool", 'unofficial source']);
  });

  it('shows no percent of a window that was reset since', () => {
    const meter = sampleMeter({ expired: true, resetsAt: SAMPLE_NOW - HOUR_MS });
    assert.equal(meterText(meter, wording), '5-hour window: reset since, was reset at 13:05, reported by the vendor, 2 min ago');
  });

  for (const [what, extra, text] of [
    ['a limit', { used: 12.4e6, cap: { kind: 'limited', amount: 50e6 } }, '$12.40 of $50.00 used'],
    ['no limit', { used: 3e6, cap: { kind: 'unlimited' } }, '$3.00 used, no limit'],
    ['an unknown limit', { used: 3e6, cap: { kind: 'unknown' } }, '$3.00 used'],
    ['a balance', { used: null, left: 37.6e6, cap: { kind: 'unknown' } }, '$37.60 left'],
    ['nothing', { used: null, left: null }, null],
    ['one request', { unit: 'requests', currency: null, used: 1, cap: { kind: 'limited', amount: 50 } }, '1 request of 50 requests used'],
    ['one credit', { unit: 'credits', currency: null, used: null, left: 1, cap: { kind: 'unknown' } }, '1 credit left'],
    ['one token', { unit: 'tokens', currency: null, used: 1, cap: { kind: 'unknown' } }, '1 token used'],
  ] as const) {
    it(`writes the amount of a meter with ${what}`, () => assert.equal(formatMeterAmount(sampleMeter({ ...dollars, ...extra }), 'en-US'), text));
  }

  it('invents no currency', () => {
    assert.equal(meterValue(sampleMeter({ ...dollars, currency: null, used: 3e6, cap: { kind: 'unknown' } }), wording), '3 used');
  });

  it('tells how much of the logs was read, and how the rest is', () => {
    assert.equal(unreadText({ readShare: 0.379, stopped: false }), 'Older logs are still being read, 37% done: what is shown is not all yet.');
    assert.equal(unreadText({ readShare: 0.999, stopped: true }), 'Older logs are left unread, stopped at 99%: what is shown is not all. Refresh reads on.');
    assert.match(accountSummary(sampleAccount({ id: 'a', unread: { readShare: 0.5, stopped: true } }), wording), /\. Older logs are left unread, stopped at 50%: .* Refresh reads on\. read/);
  });

  it('tells when a failed read is tried again, if it is', () => {
    const failure = { kind: 'unreachable', message: 'No answer.', at: SAMPLE_NOW, retryAt: SAMPLE_NOW + 10 * MINUTE_MS } as const;
    assert.equal(failureText(failure, wording), 'No answer. Next try at 14:15.');
    assert.equal(failureText({ ...failure, retryAt: null }, wording), 'No answer.');
    assert.equal(failureText({ ...failure, retryAt: SAMPLE_NOW - DAY_MS }, wording), 'No answer.');
  });

  it('sums an account up for a screen reader, its failure and age included', () => {
    const account = sampleAccount({
      id: 'claude-1', state: 'error', meters: [sampleMeter()], today: sampleFigure({ costKind: 'equivalent', costProvenance: 'estimated' }),
      failure: { kind: 'unreadable', message: 'No permission.', at: SAMPLE_NOW, retryAt: null },
    });
    assert.equal(
      accountSummary(account, wording),
      'Claude Code, Claude Code: Failed. 5-hour window: 42% used, resets in 2 h 10 min (16:15), reported by the vendor, 2 min ago. '
      + 'Today (UTC): $3.21 API equivalent, estimated, 1.23M tokens, billed by the vendor. No permission. read 2 min ago.',
    );
  });
});
