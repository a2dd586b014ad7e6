import assert from 'node:assert/strict';
import { MAX_STORED_BYTES } from '../../src/core/glance';
import { parseStored, storedText } from '../../src/core/storedSnapshot';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/time';
import { manyAccounts, SAMPLE_NOW, sampleAccount, sampleFigure, sampleMeter, sampleSnapshot } from '../support/sampleSnapshot';

describe('the stored snapshot', () => {
  const account = sampleAccount({
    id: 'a', state: 'warning', takenAt: SAMPLE_NOW, nextPollAt: SAMPLE_NOW + MINUTE_MS, refreshing: true,
    meters: [sampleMeter({ used: 80, ratio: 0.8, level: 'warning', resetsAt: SAMPLE_NOW + HOUR_MS, trueAt: SAMPLE_NOW })],
    today: sampleFigure({ dayZone: 'UTC' }), month: sampleFigure({ dayZone: 'UTC' }), unread: { readShare: 0.5, stopped: true },
  });
  const text = storedText(sampleSnapshot({ madeAt: SAMPLE_NOW, accounts: [account], storeWarning: 'full' })) ?? '';
  const at = (now: number) => parseStored(text, now)?.accounts[0] ?? assert.fail();

  it('gives the last values back as stale, with the times at which they were true', () => {
    const shown = at(SAMPLE_NOW + 10 * MINUTE_MS);
    assert.deepEqual([shown.state, shown.takenAt, shown.meters[0]?.ratio, shown.nextPollAt, shown.refreshing, shown.unread], ['stale', SAMPLE_NOW, 0.8, null, false, null]);
    assert.equal(parseStored(text, SAMPLE_NOW)?.storeWarning, null);
  });

  it('shows no share of a window that has ended since', () => {
    const { meters: [meter] } = at(SAMPLE_NOW + 2 * HOUR_MS);
    assert.deepEqual([meter?.ratio, meter?.expired, meter?.used], [null, true, 80]);
  });

  it('tells nothing of yesterday as of today, nor of last month as of this one', () => {
    assert.deepEqual([at(SAMPLE_NOW).today === null, at(SAMPLE_NOW).month === null], [false, false]);
    assert.deepEqual([at(SAMPLE_NOW + DAY_MS).today === null, at(SAMPLE_NOW + DAY_MS).month === null], [true, false]);
    assert.equal(at(SAMPLE_NOW + 40 * DAY_MS).month, null);
  });

  it('keeps what was wrong as wrong', () => {
    for (const state of ['error', 'signed-out', 'waiting'] as const) {
      const stored = storedText(sampleSnapshot({ accounts: [{ ...account, state }] })) ?? '';
      assert.equal(parseStored(stored, SAMPLE_NOW)?.accounts[0]?.state, state);
    }
  });

  it('promises no next try, which nobody may make', () => {
    const failure = { kind: 'unreachable', message: 'No answer.', at: SAMPLE_NOW, retryAt: SAMPLE_NOW + HOUR_MS } as const;
    const stored = storedText(sampleSnapshot({ accounts: [{ ...account, state: 'error', failure }] })) ?? '';
    assert.deepEqual(parseStored(stored, SAMPLE_NOW)?.accounts[0]?.failure, { ...failure, retryAt: null });
  });

  it('is small for 50 accounts, and not kept when it is not', () => {
    assert.ok((storedText(sampleSnapshot({ accounts: manyAccounts(50) })) ?? '').length < 200_000);
    const [note] = [['x'.repeat(MAX_STORED_BYTES)]];
    assert.equal(storedText(sampleSnapshot({ accounts: [{ ...account, notes: note ?? [] }] })), null);
    assert.equal(storedText(sampleSnapshot({ accounts: [] })), null);
  });

  for (const bad of ['', '{', 'null', '{"version":1}', '{"version":2,"spans":[],"snapshot":{}}', text.slice(0, -2), text.replace('"version":2', '"version":1')]) {
    it(`${bad.length > 30 && bad.includes('"version":1') ? 'R25: ' : ''}is nothing where there stands ${JSON.stringify(bad.slice(0, 30))}`, () => assert.equal(parseStored(bad, SAMPLE_NOW), null));
  }
});
