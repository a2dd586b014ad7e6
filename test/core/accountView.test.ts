import assert from 'node:assert/strict';
import { accountView, turnsAt, type AccountFacts } from '../../src/core/accountView';
import { meterView } from '../../src/core/levels';
import type { FailureKind } from '../../src/core/errors';
import { usd } from '../../src/core/money';
import { defaultEngineSettings as settings } from '../../src/core/settings';
import type { Figure } from '../../src/core/snapshot';
import { HOUR_MS, MINUTE_MS } from '../../src/core/time';
import { account, fakeProvider, meter, reading } from '../support/readings';

const NOW = Date.UTC(2026, 9, 31, 12);
const facts = (more: Partial<AccountFacts> = {}): AccountFacts => ({
  account: account('a'), info: fakeProvider().info, reading: reading(NOW, { meters: [meter(NOW)] }), failure: null, nextPollAt: null,
  refreshing: false, today: null, month: null, sparkline: null, unread: null, intervalMs: 5 * MINUTE_MS, ...more,
});
const withMeter = (more: Parameters<typeof meter>[1]) => facts({ reading: reading(NOW, { meters: [meter(NOW, more)] }) });
const failure = (kind: FailureKind) => ({ kind, message: 'no', at: NOW, retryAt: null });
const figure = (more: Partial<Figure>): Figure => ({
  costs: [usd(85)], costKind: 'spent', costProvenance: 'billed', tokens: null, tokenProvenance: null, requests: null, unpriced: [], dayZone: 'UTC', ...more,
});

describe('account view', () => {
  const states: readonly [string, AccountFacts, string][] = [
    ['nothing was read yet', facts({ reading: null }), 'waiting'],
    ['42 % is used', facts(), 'ok'],
    ['70 % is used', withMeter({ used: 70 }), 'warning'],
    ['90 % is used', withMeter({ used: 90 }), 'critical'],
    ['a rate limit is full', withMeter({ used: 100, kind: 'rate' }), 'ok'],
    ['the key was refused', facts({ failure: failure('auth') }), 'signed-out'],
    ['the key is of the wrong kind', facts({ failure: failure('wrong-key') }), 'signed-out'],
    ['the last read failed', facts({ failure: failure('unreachable') }), 'error'],
    ['three intervals passed', facts({ reading: reading(NOW - 16 * MINUTE_MS, { meters: [meter(NOW - 16 * MINUTE_MS)] }) }), 'stale'],
    ['the window was reset', facts({ reading: reading(NOW, { meters: [meter(NOW - 2, { resetsAt: NOW - 1 })] }) }), 'stale'],
    ['a tool\'s own cache is half an hour old', facts({ info: fakeProvider({ standing: 'vendor-file' }).info, intervalMs: MINUTE_MS,
      reading: reading(NOW, { meters: [meter(NOW - HOUR_MS / 2)] }) }), 'ok'],
    ['a tool\'s own cache is two hours old', facts({ info: fakeProvider({ standing: 'vendor-file' }).info, intervalMs: MINUTE_MS,
      reading: reading(NOW, { meters: [meter(NOW - 2 * HOUR_MS)] }) }), 'stale'],
  ];
  for (const [when, given, state] of states) it(`is ${state} when ${when}`, () => assert.equal(accountView(given, settings, NOW).state, state));

  it('tells of costs that they are old by when they were read, not by a window that was reset since', () => {
    const old = (given: AccountFacts): boolean => accountView(given, settings, NOW).oldFigures;
    assert.deepEqual([old(facts()), old(facts({ reading: null })), old(withMeter({ resetsAt: NOW - 1, trueAt: NOW - 2 }))], [false, false, false]);
    assert.equal(old(facts({ reading: reading(NOW - 16 * MINUTE_MS, { meters: [] }) })), true);
    assert.equal(old(facts({ reading: reading(NOW, { meters: [meter(NOW - HOUR_MS)] }) })), false, 'a meter tells its own age');
  });

  it('tells when time alone changes what it shows', () => {
    const given = facts({ reading: reading(NOW, { meters: [meter(NOW, { resetsAt: NOW + MINUTE_MS }), meter(NOW, { id: 'week', resetsAt: NOW + HOUR_MS })] }) });
    const shown = (at: number): string => JSON.stringify(accountView(given, settings, at));
    const turns: number[] = [];
    for (let at = NOW; at !== Infinity; at = turnsAt(given, at)) turns.push(at - NOW);
    assert.deepEqual(turns, [0, MINUTE_MS, 15 * MINUTE_MS + 1, HOUR_MS]);
    for (const turn of turns.slice(1)) assert.notEqual(shown(NOW + turn), shown(NOW + turn - 1), `${turn}`);
    assert.equal(turnsAt(facts({ reading: null }), NOW), Infinity);
  });

  it('R20: a failed read shows its words and the last good number, never a zero', () => {
    const view = accountView(facts({ failure: failure('rate-limited') }), settings, NOW);
    assert.deepEqual([view.failure?.message, view.meters[0]?.used, view.meters[0]?.ratio], ['no', 42, 0.42]);
    assert.deepEqual(accountView(facts({ reading: null, failure: failure('rate-limited') }), settings, NOW).meters, []);
  });

  it('R9, R20: no percent without a cap, nor where neither is told what is used nor what is left: neither empty nor full', () => {
    const shown = (more: Parameters<typeof meter>[1]) => meterView(meter(NOW, more), settings, NOW).ratio;
    for (const cap of [{ kind: 'unknown' }, { kind: 'unlimited' }, { kind: 'limited', amount: 0 }] as const) assert.equal(shown({ cap }), null);
    assert.deepEqual([shown({ used: null, left: null }), shown({ used: 0, left: null }), shown({ used: null, left: 0 }), shown({ used: null, left: 75 })], [null, 0, 1, 0.25]);
  });

  it('shows no percent of a window that was reset since', () => {
    const view = meterView(meter(NOW - 2, { resetsAt: NOW - 1, used: 99 }), settings, NOW);
    assert.deepEqual([view.expired, view.ratio, view.level, view.used], [true, null, 'ok', 99]);
  });

  it('holds a monthly budget against money spent, until the month of the vendor ends', () => {
    const given = facts({ account: account('a', { options: { monthlyBudgetUsd: 100 } }), month: figure({}) });
    const budget = accountView(given, settings, NOW).meters.at(-1);
    assert.deepEqual([budget?.id, budget?.ratio, budget?.level, budget?.resetsAt], ['budget-month', 0.85, 'warning', Date.UTC(2026, 10, 1)]);
  });

  it('does not count list-price equivalents against a budget', () => {
    const given = facts({ account: account('a', { options: { monthlyBudgetUsd: 100 } }), month: figure({ costKind: 'equivalent', costProvenance: 'estimated' }) });
    assert.equal(accountView(given, settings, NOW).meters.at(-1)?.used, null);
  });

  it('says of a budget where its cost comes from, and without a known cost only that the user entered the limit', () => {
    const origin = (month: Partial<Figure>) => accountView(facts({ account: account('a', { options: { monthlyBudgetUsd: 100 } }), month: figure(month) }), settings, NOW).meters.at(-1)?.provenance;
    assert.deepEqual([origin({}), origin({ costs: [], costProvenance: null }), origin({ costKind: 'equivalent', costProvenance: 'estimated' })], ['billed', 'manual', 'manual']);
  });

  it('R34: says why an account is not read when the setting leaves its source out', () => {
    const view = accountView(facts({ info: fakeProvider({ standing: 'unofficial' }).info }), settings, NOW);
    assert.deepEqual(view.notes, ['Not read: the setting for sources leaves out unofficial endpoints.']);
  });
});
