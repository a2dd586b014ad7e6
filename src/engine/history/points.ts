/** A percent is kept once: `amount` is NULL where `ratio`, in ten-thousandths of the cap, says the same. That is a sixth of the file. */
import type { Meter } from '../../core/reading';

/** What is kept of a point's amount. */
export const keptAmount = (unit: Meter['unit'], ratio: number | null, amount: number | null): number | null =>
  (unit === 'percent' && ratio !== null && amount === ratio / 100 ? null : amount);

/** The amount of a kept point, in the meter's unit; null: not reported. */
export const amountOf = (unit: Meter['unit'], ratio: unknown, kept: unknown): number | null => {
  if (typeof kept === 'number') return kept;
  return unit === 'percent' && typeof ratio === 'number' ? ratio / 100 : null;
};
