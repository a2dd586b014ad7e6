import assert from 'node:assert/strict';
import { BACKOFF_CAP_MS, isAllowed, paceOf, planNext, type Ending } from '../../src/core/schedule';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/time';
import { account, fakeProvider } from '../support/readings';

const pace = { intervalMs: 5 * MINUTE_MS, floorMs: MINUTE_MS };
const failed = (kind: Extract<Ending, { ok: false }>['kind'], retryAfterMs: number | null = null, unheard = false): Ending => ({ ok: false, kind, retryAfterMs, unheard });

describe('schedule', () => {
  it('takes the account\'s interval, then the setting\'s, then the provider\'s, and never less than a floor', () => {
    const { info } = fakeProvider({ minIntervalMs: 3 * MINUTE_MS, defaultIntervalMs: 10 * MINUTE_MS });
    const of = (own: number | undefined, setting: number | null) =>
      paceOf(info, account('a', { options: own === undefined ? {} : { intervalMinutes: own } }), { intervalMinutes: setting }).intervalMs / MINUTE_MS;
    assert.deepEqual([of(20, 30), of(undefined, 30), of(undefined, null), of(1, null), of(undefined, 1)], [20, 30, 10, 3, 3]);
    assert.equal(paceOf({ ...info, minIntervalMs: 5 * SECOND_MS, defaultIntervalMs: SECOND_MS }, account('a'), { intervalMinutes: null }).intervalMs, MINUTE_MS);
  });

  it('spreads polls by a tenth, of which a second at most is late, and never below the floor', () => {
    assert.equal(planNext({ ok: true }, 3, pace, 0, 0).nextPollAt, 4.5 * MINUTE_MS);
    assert.equal(planNext({ ok: true }, 3, pace, 0, 0.5).nextPollAt, 5 * MINUTE_MS);
    assert.equal(planNext({ ok: true }, 3, pace, 0, 0.999).nextPollAt, 5 * MINUTE_MS + SECOND_MS);
    assert.equal(planNext({ ok: true }, 3, { intervalMs: MINUTE_MS, floorMs: MINUTE_MS }, 0, 0).nextPollAt, MINUTE_MS);
    assert.equal(planNext({ ok: true }, 3, pace, 0, 0).failures, 0);
  });

  for (const kind of ['unreachable', 'changed', 'unreadable', 'internal', 'rate-limited'] as const) {
    it(`doubles the wait after each failure of kind ${kind}, up to six hours`, () => {
      const waits = Array.from({ length: 10 }, (_, failures) => Number(planNext(failed(kind), failures, pace, 0, 0.5).nextPollAt) / MINUTE_MS);
      assert.deepEqual(waits, [10, 20, 40, 80, 160, 320, 360, 360, 360, 360]);
    });
  }

  it('R22: tries every quarter of an hour whose vendor heard nothing, but not within a floor that is longer', () => {
    const waits = (of: typeof pace) => [0, 1, 2, 9].map(failures => Number(planNext(failed('unreachable', null, true), failures, of, 0, 0.5).nextPollAt) / MINUTE_MS);
    assert.deepEqual(waits(pace), [10, 15, 15, 15]);
    assert.deepEqual(waits({ ...pace, intervalMs: HOUR_MS }), [15, 15, 15, 15]);
    assert.deepEqual(waits({ intervalMs: HOUR_MS, floorMs: 30 * MINUTE_MS }), [30, 30, 30, 30]);
  });

  for (const kind of ['auth', 'wrong-key'] as const) {
    it(`asks no more after ${kind}`, () => assert.equal(planNext(failed(kind), 0, pace, 0, 0.5).nextPollAt, null));
  }

  it('R19: a Retry-After of 0 is not 0', () => {
    const { nextPollAt } = planNext(failed('rate-limited', 0), 0, { intervalMs: MINUTE_MS, floorMs: MINUTE_MS }, 0, 0);
    assert.ok(nextPollAt !== null && nextPollAt >= MINUTE_MS);
  });

  it('R19: obeys a Retry-After, never asks before it, and holds it to six hours', () => {
    for (const random of [0, 0.999]) {
      const plan = planNext(failed('rate-limited', HOUR_MS), 0, pace, 0, random);
      assert.ok(Number(plan.nextPollAt) >= HOUR_MS && Number(plan.nextPollAt) <= 1.1 * HOUR_MS);
      assert.equal(plan.notBefore, plan.nextPollAt);
      assert.equal(planNext(failed('rate-limited', 48 * HOUR_MS), 0, pace, 0, random).nextPollAt, BACKOFF_CAP_MS);
    }
  });

  it('obeys a Retry-After of an outage as well', () => {
    assert.equal(planNext(failed('unreachable', HOUR_MS), 0, pace, 0, 0).nextPollAt, HOUR_MS);
    assert.equal(planNext(failed('unreachable', SECOND_MS), 0, pace, 0, 0.5).nextPollAt, 10 * MINUTE_MS);
  });

  it('R22: lets the user ask at the floor who could not be reached, and nobody whom a vendor told to wait', () => {
    const notBefore = (kind: Parameters<typeof failed>[0], retryAfterMs: number | null = null) => planNext(failed(kind, retryAfterMs), 5, pace, 0, 0.5).notBefore;
    for (const kind of ['unreachable', 'changed', 'unreadable', 'internal', 'auth'] as const) assert.equal(notBefore(kind), MINUTE_MS, kind);
    for (const held of [notBefore('rate-limited'), notBefore('rate-limited', 0), notBefore('unreachable', 0)]) assert.equal(held, 320 * MINUTE_MS);
  });

  it('R18: an endpoint that says 429 for hours is asked less and less, whatever its Retry-After says', () => {
    const waits = [0, 1, 2, 3].map(failures => Number(planNext(failed('rate-limited', 30 * SECOND_MS), failures, pace, 0, 0.5).nextPollAt));
    assert.deepEqual(waits.map(wait => wait / MINUTE_MS), [10, 20, 40, 80]);
  });

  it('R34: leaves out sources that are less official than the setting', () => {
    assert.deepEqual(['official', 'vendor-file', 'unofficial'].map(source => isAllowed(source as 'official', 'vendor-file')), [true, true, false]);
    assert.equal(isAllowed('vendor-file', 'official'), false);
  });
});
