/** Parts that a reading has not, since their reads failed. */
import type { LastReading } from '../core/accountView';
import { ProviderError } from '../core/errors';
import type { Gap, Reading } from '../core/reading';
import { toldToWait } from '../core/schedule';
import type { Outcome } from './polling';

/**
 * They stay as they were told last, with the time of then: for the history they are nothing new.
 * @param before null: nothing was told of this account, or by another key than now.
 */
export function filled({ gaps, ...reading }: Reading, before: LastReading | null): Omit<Reading, 'gaps'> {
  if (gaps.length === 0 || before === null) return reading;
  const misses = (wanted: Gap['part']): boolean => gaps.some(({ part }) => part === wanted);
  const missesMeter = (id: string): boolean => !reading.meters.some(meter => meter.id === id) && gaps.some(({ part }) => part === 'meters' || (typeof part === 'object' && part.meter === id));
  const meters = [...reading.meters];
  before.meters.forEach((meter, place) => { if (missesMeter(meter.id)) meters.splice(place, 0, meter); }); // the first is the most important one
  return {
    ...reading, meters,
    totals: misses('totals') ? before.totals.map(total => ({ ...total, trueAt: total.trueAt ?? before.takenAt })) : reading.totals,
    identity: misses('identity') ? before.identity : reading.identity,
    plan: misses('plan') ? before.plan : reading.plan,
  };
}

/** A vendor that said to wait when it was asked for a part said so of the credential. Null: all went well, or well enough. */
export function errorIn(outcome: Outcome): ProviderError | null {
  if (!outcome.ok) return outcome.error;
  const [longest] = outcome.reading.gaps.filter(toldToWait).sort((a, b) => (b.retryAfterMs ?? 0) - (a.retryAfterMs ?? 0));
  return longest === undefined ? null : new ProviderError(longest.kind, longest.message, longest.retryAfterMs === null ? {} : { retryAfterMs: longest.retryAfterMs });
}
