/** When to warn that something runs out. Pure steps; the state is stored with the history, so that a restart does not warn twice. */
import * as z from 'zod/mini';
import type { Account } from './account';
import { formatPercent, formatWhen } from './format';
import { Alert } from './protocol';
import type { EngineSettings } from './settings';
import type { MeterView } from './snapshot';
import { HOUR_MS, MINUTE_MS, type EpochMs } from './time';

/** A share must fall this far below a threshold before the threshold can warn again: 79-81 % does not flap. */
const HYSTERESIS = 0.05;
/** Vendors restate the same reset time some seconds apart. */
const RESET_SLACK_MS = 5 * MINUTE_MS;
/** An alert that no window showed for so long is no news any more. */
const PENDING_MS = 12 * HOUR_MS;

/** Of one meter of one account. */
export const AlertState = z.object({
  /** Thresholds that have warned in this episode. */
  fired: z.array(z.number()),
  /** The end of the window that `fired` is about. */
  resetsAt: z.nullable(z.number()),
  /** Decided, and no window has yet said that it was shown. */
  pending: z.nullable(Alert),
});
export type AlertState = Readonly<z.infer<typeof AlertState>>;

export const quiet: AlertState = { fired: [], resetsAt: null, pending: null };

/**
 * One step. A null ratio (failed, expired, unlimited) changes nothing: silence is not recovery. Several thresholds passed at
 * once give one answer, the highest. @returns the new state (the same object when nothing changed) and the threshold passed.
 */
export function stepAlert(
  state: AlertState, meter: Pick<MeterView, 'ratio' | 'resetsAt'>, thresholds: readonly number[], now: EpochMs,
): readonly [AlertState, number | null] {
  const { ratio } = meter;
  if (ratio === null) return [state, null];
  const ended = windowEnded(state.resetsAt, meter.resetsAt, now);
  const held = ended ? [] : state.fired.filter(threshold => ratio >= threshold - HYSTERESIS);
  const passed = thresholds.filter(threshold => ratio >= threshold && !held.includes(threshold));
  const fired = [...held, ...passed];
  if (fired.length === 0) return [state.fired.length === 0 ? state : quiet, null];
  const resetsAt = ended || passed.length > 0 || moved(state.resetsAt, meter.resetsAt) ? meter.resetsAt : state.resetsAt;
  const same = passed.length === 0 && held.length === state.fired.length && resetsAt === state.resetsAt;
  return [same ? state : { fired, resetsAt, pending: ended ? null : state.pending }, passed.length === 0 ? null : Math.max(...passed)];
}

/** A reset time that only moves along (a rolling window) ends no episode: the old one must have come. */
function windowEnded(before: number | null, after: number | null, now: EpochMs): boolean {
  return moved(before, after) && before !== null && now >= before - RESET_SLACK_MS;
}

const moved = (before: number | null, after: number | null): boolean => before !== null && after !== null && Math.abs(after - before) > RESET_SLACK_MS;

export interface AlertContext {
  readonly account: Pick<Account, 'id' | 'alias'>;
  readonly providerName: string;
  readonly meter: Pick<MeterView, 'id' | 'label' | 'ratio' | 'resetsAt'>;
  readonly threshold: number;
  readonly settings: Pick<EngineSettings, 'zone' | 'criticalRatio'>;
  readonly now: EpochMs;
}

/** The toast: "Claude (work): 5-hour window 82% used, resets 14:00." */
export function makeAlert({ account, providerName, meter, threshold, settings, now }: AlertContext): Alert {
  const name = account.alias === providerName ? providerName : `${providerName} (${account.alias})`;
  const used = `${formatPercent(meter.ratio ?? threshold, 'en-US')} used`;
  const reset = meter.resetsAt === null ? '' : `, resets ${formatWhen(meter.resetsAt, now, settings.zone, 'en-US')}`;
  return {
    id: `${account.id}/${meter.id}/${threshold}/${now}`,
    accountId: account.id,
    level: threshold >= settings.criticalRatio ? 'critical' : 'warning',
    message: `${name}: ${meter.label} ${used}${reset}.`,
    at: now,
  };
}

/** The pending alert if it is still worth a toast: young, and about a window that still runs. */
export function stillNews({ pending, resetsAt }: AlertState, now: EpochMs): Alert | null {
  if (pending === null || Math.abs(now - pending.at) > PENDING_MS || (resetsAt !== null && resetsAt <= now)) return null;
  return pending;
}
