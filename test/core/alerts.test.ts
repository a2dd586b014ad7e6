import assert from 'node:assert/strict';
import { makeAlert, quiet, stepAlert, stillNews, type AlertState } from '../../src/core/alerts';
import { HOUR_MS, MINUTE_MS } from '../../src/core/time';

const THRESHOLDS = [0.8, 0.95];
const RESET = 10 * HOUR_MS;

/** The thresholds passed at each step. */
function play(steps: readonly { ratio: number | null; resetsAt?: number | null; now?: number }[]): (number | null)[] {
  let state: AlertState = quiet;
  return steps.map(({ ratio, resetsAt = RESET, now = 0 }) => {
    const [next, passed] = stepAlert(state, { ratio, resetsAt }, THRESHOLDS, now);
    state = next;
    return passed;
  });
}

describe('alerts', () => {
  it('R47: warns once at each threshold', () => {
    assert.deepEqual(play([{ ratio: 0.5 }, { ratio: 0.81 }, { ratio: 0.9 }, { ratio: 0.95 }, { ratio: 1.2 }]), [null, 0.8, null, 0.95, null]);
  });

  it('gives one answer, the higher, when two thresholds are passed at once', () => {
    assert.deepEqual(play([{ ratio: 0.97 }, { ratio: 0.97 }]), [0.95, null]);
  });

  it('does not flap around a threshold, and warns anew after a fall of five points', () => {
    assert.deepEqual(play([{ ratio: 0.8 }, { ratio: 0.79 }, { ratio: 0.81 }, { ratio: 0.74 }, { ratio: 0.8 }]), [0.8, null, null, null, 0.8]);
  });

  it('an unknown share changes nothing: silence is not recovery', () => {
    assert.deepEqual(play([{ ratio: 0.85 }, { ratio: null }, { ratio: 0.85 }]), [0.8, null, null]);
  });

  it('warns anew in a new window, even when the share never fell in between', () => {
    assert.deepEqual(play([{ ratio: 0.85 }, { ratio: 0.85, resetsAt: RESET + 5 * HOUR_MS, now: RESET + MINUTE_MS }]), [0.8, 0.8]);
  });

  it('a reset time that moves by seconds, or moves along before it came, is no new window', () => {
    assert.deepEqual(play([{ ratio: 0.85 }, { ratio: 0.85, resetsAt: RESET + 2 * MINUTE_MS, now: RESET }]), [0.8, null]);
    const rolling = Array.from({ length: 5 }, (_, step) => ({ ratio: 0.85, resetsAt: RESET + step * HOUR_MS, now: step * HOUR_MS }));
    assert.deepEqual(play(rolling), [0.8, null, null, null, null]);
  });

  it('gives back the same state when nothing changed, so that nothing is written', () => {
    const [fired] = stepAlert(quiet, { ratio: 0.85, resetsAt: RESET }, THRESHOLDS, 0);
    assert.equal(stepAlert(fired, { ratio: 0.86, resetsAt: RESET + 1000 }, THRESHOLDS, 0)[0], fired);
    assert.equal(stepAlert(quiet, { ratio: 0.5, resetsAt: RESET }, THRESHOLDS, 0)[0], quiet);
  });

  it('R8: says that the percent is used, and when it resets, in the user\'s zone', () => {
    const alert = makeAlert({
      account: { id: 'a', alias: 'work' }, providerName: 'Claude', threshold: 0.8, now: Date.UTC(2026, 9, 31, 12),
      meter: { id: 'five-hour', label: '5-hour window', ratio: 0.82, resetsAt: Date.UTC(2026, 9, 31, 13) },
      settings: { zone: 'Europe/Berlin', criticalRatio: 0.9 },
    });
    assert.equal(alert.message, 'Claude (work): 5-hour window 82% used, resets 14:00.');
    assert.equal(alert.level, 'warning');
  });

  it('forgets an alert that nobody saw when its window is over or half a day is past', () => {
    const pending = { id: 'x', accountId: 'a', level: 'warning' as const, message: '', at: 0 };
    const state: AlertState = { fired: [0.8], resetsAt: 13 * HOUR_MS, pending };
    assert.equal(stillNews(state, HOUR_MS), pending);
    assert.equal(stillNews(state, 12 * HOUR_MS + 1), null);
    assert.equal(stillNews({ ...state, resetsAt: HOUR_MS }, HOUR_MS), null);
  });
});
