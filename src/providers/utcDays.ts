import { DAY_MS, type EpochMs } from '../core/time';

/** Vendors bill by UTC days; UTC has no daylight saving, so each day has the same length. */
export const startOfUtcDay = (at: EpochMs): EpochMs => Math.floor(at / DAY_MS) * DAY_MS;

/** @param months 1: the month after. */
export function startOfUtcMonth(at: EpochMs, months = 0): EpochMs {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
}

/** `days` UTC days, of which the last is today: what a report asks for and covers. `toAt` is the next midnight. */
export function lastUtcDays(now: EpochMs, days: number): { readonly fromAt: EpochMs; readonly toAt: EpochMs } {
  const today = startOfUtcDay(now);
  return { fromAt: today - (days - 1) * DAY_MS, toAt: today + DAY_MS };
}
