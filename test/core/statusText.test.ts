import assert from 'node:assert/strict';
import { barName, statusText, type StatusInput } from '../../src/core/statusText';
import type { AccountView } from '../../src/core/snapshot';
import { usd } from '../../src/core/money';
import { HOUR_MS } from '../../src/core/time';
import { SAMPLE_NOW, SAMPLE_ZONE, sampleAccount, sampleFigure, sampleMeter } from '../support/sampleSnapshot';

interface Extra { readonly parts?: readonly string[]; readonly maxParts?: number; readonly percent?: 'used' | 'left'; readonly storeWarning?: string }
function input(accounts: readonly AccountView[], { parts = ['accounts', 'spend'], maxParts = 4, percent = 'used', storeWarning }: Extra = {}): StatusInput {
  const snapshot = {
    madeAt: SAMPLE_NOW, zone: SAMPLE_ZONE, warningRatio: 0.7, criticalRatio: 0.9, providers: [], accounts: [...accounts], storeWarning: storeWarning ?? null, priceDate: null,
  };
  return { snapshot, engine: { state: 'running', message: null }, display: { locale: 'en-US', percent }, bar: { parts, maxParts }, now: SAMPLE_NOW };
}
const text = (accounts: readonly AccountView[], extra?: Extra): string => statusText(input(accounts, extra)).text;

const claude = sampleAccount({ id: 'claude-1', alias: 'Claude', meters: [sampleMeter()] });
const codex = sampleAccount({ id: 'codex-1', alias: 'Codex', providerId: 'codex', meters: [sampleMeter({ ratio: 0.18 })] });
const openai = sampleAccount({ id: 'openai-1', alias: 'OpenAI', providerId: 'openai', today: sampleFigure() });

describe('statusText', () => {
  it('R43, R51: shows accounts with their percents, and money: those of the setting, in its order', () => {
    assert.equal(text([claude, codex, openai]), 'Claude 42% · Codex 18% used · $3.21');
    assert.equal(text([claude, codex, openai], { parts: ['spend', 'codex', 'CLAUDE'] }), '$3.21 · Codex 18% · Claude 42% used');
    assert.equal(text([claude, codex, openai], { parts: ['codex', 'accounts'] }), 'Codex 18% · Claude 42% used');
    assert.equal(text([claude, codex, openai], { parts: ['openai'] }), 'OpenAI $3.21');
    assert.equal(text([claude, codex], { parts: ['codex', 'codex', 'accounts', 'accounts'] }), 'Codex 18% · Claude 42% used');
  });

  it('R8: says used or left with the percents', () => {
    assert.equal(text([claude, codex], { percent: 'left' }), 'Claude 58% · Codex 82% left');
    assert.equal(text([{ ...claude, meters: [sampleMeter({ ratio: 1.2 })] }, codex], { percent: 'left' }), 'Claude 20% over · Codex 82% left');
  });

  it('shows the fullest meter that is still true', () => {
    const meters = [sampleMeter({ ratio: 0.1 }), sampleMeter({ ratio: 0.6 }), sampleMeter({ ratio: 0.95, expired: true }), sampleMeter({ ratio: 0.9, kind: 'rate' })];
    assert.equal(text([{ ...claude, meters }]), 'Claude 60% used');
  });

  it('shows no percent of a window that was reset since', () => {
    assert.equal(text([{ ...claude, state: 'stale', meters: [sampleMeter({ expired: true })] }]), '$(history) Claude');
  });

  it('puts an icon beside what the colour says', () => {
    const warning: AccountView = { ...codex, state: 'warning', meters: [sampleMeter({ ratio: 0.82, level: 'warning' })] };
    assert.deepEqual(statusText(input([claude, warning])), { text: 'Claude 42% · $(warning) Codex 82% used', spoken: 'Quota Monitor. Claude: 5-hour window 42% used. Codex: Warning, 5-hour window 82% used', level: 'warning' });
    assert.equal(statusText(input([{ ...claude, state: 'critical' }, warning])).level, 'critical');
    assert.equal(text([claude, warning], { parts: ['claude'] }), '$(warning) Claude 42% used', 'also when the account itself is not in the bar');
  });

  it('R20: keeps the last good value of a failed read and shows its age', () => {
    const old: AccountView = { ...claude, state: 'error', meters: [sampleMeter({ trueAt: SAMPLE_NOW - 3 * HOUR_MS })], takenAt: SAMPLE_NOW - 3 * HOUR_MS };
    assert.equal(text([old]), '$(circle-slash) Claude 42% used (3 h)');
    assert.match(statusText(input([old])).spoken, /Failed, 5-hour window 42% used, 3 h ago$/);
  });

  it('R20: speaks of the same age that it shows, also where an old number was read just now', () => {
    const old: AccountView = { ...claude, state: 'stale', meters: [sampleMeter({ trueAt: SAMPLE_NOW - 5 * HOUR_MS })], takenAt: SAMPLE_NOW };
    assert.deepEqual(statusText(input([old])), {
      text: '$(history) Claude 42% used (5 h)', spoken: 'Quota Monitor. Claude: Out of date, 5-hour window 42% used, 5 h ago', level: 'ok',
    });
  });

  it('R20: shows the age of money too, where that is what stands for a failed account', () => {
    const old: AccountView = { ...openai, state: 'error', takenAt: SAMPLE_NOW - 3 * HOUR_MS };
    assert.equal(text([old], { parts: ['openai'] }), '$(circle-slash) OpenAI $3.21 (3 h)');
    assert.equal(text([{ ...old, today: null }], { parts: ['openai'] }), '$(circle-slash) OpenAI');
  });

  it('R20: shows the age of the oldest money in a sum that is only the last known, and of no other', () => {
    const at = (hours: number): Pick<AccountView, 'takenAt'> => ({ takenAt: SAMPLE_NOW - hours * HOUR_MS });
    const failed: AccountView = { ...openai, state: 'error', ...at(9) };
    const money = (...accounts: readonly AccountView[]) => statusText(input(accounts, { parts: ['spend'] }));
    assert.deepEqual(money(failed), { text: '$3.21 (9 h)', spoken: 'Quota Monitor. Spent today, last known 9 h ago: $3.21', level: 'ok' });
    assert.equal(money(openai, failed, { ...openai, state: 'stale', oldFigures: true, ...at(12) }, { ...openai, state: 'signed-out', ...at(2) }).text, '$12.84 (12 h)');
    assert.equal(money(openai, { ...failed, today: null }, { ...failed, today: sampleFigure({ costKind: 'equivalent' }) }).text, '$3.21');
    assert.equal(money({ ...openai, state: 'stale' }).text, '$3.21', 'a window was reset since, the costs are of now');
  });

  it('R20: an error without any value is no number', () => {
    assert.equal(text([{ ...openai, state: 'signed-out', today: null, takenAt: null }]), '$(key) OpenAI');
    assert.equal(text([{ ...claude, state: 'waiting', meters: [] }]), '$(sync) Claude');
  });

  it('never adds equivalents to spent money, and marks them where they stand alone', () => {
    const plan: AccountView = { ...claude, today: sampleFigure({ costKind: 'equivalent', costs: [usd(12)] }) };
    assert.equal(text([plan, openai]), 'Claude 42% used · $3.21');
    const alone = statusText(input([plan]));
    assert.equal(alone.text, 'Claude 42% used · ≈$12.00');
    assert.match(alone.spoken, /API equivalent of plan usage today, not money spent: \$12\.00/);
  });

  it('R11: marks a sum that misses usage without a price', () => {
    const partial = { ...openai, today: sampleFigure({ unpriced: [{ model: 'x', tokens: 5 }] }) };
    assert.equal(text([partial]), '$3.21+');
    assert.match(statusText(input([partial])).spoken, /price is not known/);
  });

  it('shows no zero for money that nobody knows', () => {
    assert.equal(text([{ ...openai, today: sampleFigure({ costs: [] }) }, claude]), 'Claude 42% used');
  });

  it('lets the least urgent accounts give way and counts them', () => {
    const worst: AccountView = { ...codex, alias: 'Worst', state: 'critical', meters: [sampleMeter({ ratio: 0.97 })] };
    assert.equal(text([claude, codex, openai, worst], { maxParts: 3 }), 'Claude 42% · $(error) Worst 97% used · $3.21 · 1 more');
  });

  it('shortens names among many accounts, so that the money behind them is not cut off', () => {
    const long = (alias: string): AccountView => ({ ...claude, alias });
    assert.equal(text([long('Claude of the office'), openai]), 'Claude of the off… 42% used · $3.21');
    assert.equal(
      text([long('Claude of the office'), long('Claude at home alone'), openai]), 'Claude of t… 42% · Claude at h… 42% used · $3.21',
    );
  });

  it('speaks whole names, also where there is no room to show them', () => {
    const names = ['Account of the company, production', 'Account of the company, test', `${'x'.repeat(58)}$(`];
    const { spoken } = statusText(input(names.map(alias => ({ ...claude, alias, today: null }))));
    assert.equal(spoken, `Quota Monitor. ${[...names.slice(0, 2), `${'x'.repeat(58)}(`].map(name => `${name}: 5-hour window 42% used`).join('. ')}`);
  });

  it('R52: is a small mark when there is nothing to say', () => {
    assert.deepEqual(statusText(input([])), { text: '$(dashboard)', spoken: 'Quota Monitor: add account', level: 'ok' });
    assert.equal(text([{ ...openai, today: null }]), '$(dashboard)');
  });

  it('warns when the history cannot be kept', () => {
    assert.deepEqual(statusText(input([claude], { storeWarning: 'The disk is full.' })), {
      text: '$(warning) Claude 42% used', spoken: 'Quota Monitor. Claude: 5-hour window 42% used. The disk is full', level: 'warning',
    });
  });

  it('has words for an engine that starts, failed or runs in another window', () => {
    const of = (state: 'starting' | 'failed' | 'elsewhere', message: string | null = null): string =>
      statusText({ ...input([]), snapshot: null, engine: { state, message } }).spoken;
    assert.equal(of('starting'), 'Quota Monitor is starting');
    assert.equal(of('elsewhere'), 'Quota Monitor runs in another window');
    assert.equal(of('failed', 'No disk'), 'Quota Monitor failed: No disk');
  });

  it('takes codicons, line breaks and length out of names', () => {
    assert.equal(barName('a $(trash)\nb'), 'a (trash) b');
    assert.equal(barName('a $$(trash) $$$(x)'), 'a (trash) (x)');
    assert.equal(barName('An account with a very long name'), 'An account with a…');
  });
});
