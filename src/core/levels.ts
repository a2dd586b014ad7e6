import type { Meter } from './reading';
import type { EngineSettings } from './settings';
import type { Level } from './snapshot';

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
