import type { Meter } from './reading';
import type { EngineSettings } from './settings';
import type { AccountView, Figure, Level, MeterView } from './snapshot';
import type { EpochMs } from './time';

/** Of a cap that is next to nothing: a greater share is no number that the history, and a window, could take. */
export const MAX_RATIO = 1e14;

/** Share of the cap used: 0 and up, 1.2 is overage. Null when there is no ratio to draw. */
export function usedRatio({ used, left, cap }: Pick<Meter, 'used' | 'left' | 'cap'>): number | null {
  if (cap.kind !== 'limited' || cap.amount <= 0) return null;
  const gone = used ?? (left === null ? null : cap.amount - left);
  if (gone === null || Math.abs(gone / cap.amount) > MAX_RATIO) return null;
  return gone / cap.amount;
}

/** @param ratio share used; null is not known and raises nothing. */
export function levelOf(ratio: number | null, { warningRatio, criticalRatio }: Pick<EngineSettings, 'warningRatio' | 'criticalRatio'>): Level {
  if (ratio === null) return 'ok';
  return ratio >= criticalRatio ? 'critical' : ratio >= warningRatio ? 'warning' : 'ok';
}

/** True when the window was reset since the numbers were true: they tell nothing about the window that runs now. */
export const isExpired = ({ resetsAt, trueAt }: Pick<Meter, 'resetsAt' | 'trueAt'>, now: number): boolean =>
  resetsAt !== null && resetsAt <= now && trueAt < resetsAt;

/** A rate limit recovers within minutes: being near it is no news. The rest can run out. */
export const canRunOut = ({ kind }: Pick<Meter, 'kind'>): boolean => kind !== 'rate';

/** An expired window has no ratio: its numbers tell nothing about the window that runs now. */
export function meterView<M extends Pick<Meter, 'kind' | 'used' | 'left' | 'cap' | 'resetsAt' | 'trueAt'>>(
  meter: M, settings: Pick<EngineSettings, 'warningRatio' | 'criticalRatio'>, now: number,
): M & Pick<MeterView, 'ratio' | 'level' | 'expired'> {
  const expired = isExpired(meter, now);
  const ratio = expired ? null : usedRatio(meter);
  return { ...meter, ratio, level: canRunOut(meter) ? levelOf(ratio, settings) : 'ok', expired };
}

/** What an account spent is only the last known: it cannot be read, or was not read for too long. A window that was reset since is none of that. */
export const hasOldFigures = ({ state, oldFigures }: Pick<AccountView, 'state' | 'oldFigures'>): boolean =>
  oldFigures || state === 'error' || state === 'signed-out';

/** When the oldest of the last known figures of today was read. Null: all are of now, or nobody knows. */
export function oldestFigures(accounts: readonly (Pick<AccountView, 'state' | 'oldFigures' | 'takenAt'> & { readonly today: Pick<Figure, 'trueAt'> | null })[]): EpochMs | null {
  const readAt = accounts.filter(hasOldFigures).map(({ today, takenAt }) => today?.trueAt ?? takenAt).filter(at => at !== null);
  return readAt.length === 0 ? null : Math.min(...readAt);
}
