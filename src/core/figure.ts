/** What a span of time cost and took, put together from the sources of one account. */
import { sumMoney, type Money } from './money';
import { Provenance, type SpendTotal } from './reading';
import type { Figure } from './snapshot';

/** The sum of one source over one span. */
export interface SourceSum {
  readonly costKind: Figure['costKind'];
  readonly costProvenance: Provenance;
  readonly tokenProvenance: Provenance;
  /** One per currency. */
  readonly costs: readonly Money[];
  /** Null: no bucket of the span counts tokens. */
  readonly tokens: number | null;
  readonly requests: number | null;
  readonly unpriced: readonly { readonly model: string; readonly tokens: number }[];
  /** True: the source was read within the span, so that an empty span of what we count ourselves is really zero. */
  readonly current: boolean;
}

/**
 * Spent money wins over list-price equivalents, and the two are never added; a vendor's own total wins over our sum.
 * @param told the vendor's for this very span. @returns null when nothing is known.
 */
export function figureOf(sums: readonly SourceSum[], told: SpendTotal | null, dayZone: string): Figure | null {
  const spent = sums.filter(({ costKind, costs }) => costKind === 'spent' && costs.length > 0);
  const total = told === null || isOutgrown(told, spent) ? null : told;
  const equivalent = sums.filter(({ costKind, costs }) => costKind === 'equivalent' && costs.length > 0);
  const paying = spent.length > 0 ? spent : equivalent;
  const costKind = total !== null || spent.length > 0 ? 'spent' : equivalent.length > 0 ? 'equivalent' : sums[0]?.costKind ?? 'spent';
  const counted = sums.map(tokensOf).filter(found => found !== null);
  const requests = sums.map(sum => sum.requests).filter(count => count !== null);
  if (total === null && paying.length === 0 && counted.length === 0 && requests.length === 0) return null;
  return {
    costs: total === null ? [...sumMoney(paying.flatMap(({ costs }) => costs))] : [total.cost],
    costKind,
    costProvenance: total?.provenance ?? leastCertain(paying.map(({ costProvenance }) => costProvenance)),
    tokens: add(counted.map(({ tokens }) => tokens)),
    tokenProvenance: leastCertain(counted.map(({ provenance }) => provenance)),
    requests: add(requests),
    unpriced: total === null ? sums.filter(sum => sum.costKind === costKind).flatMap(({ unpriced }) => unpriced) : [],
    dayZone,
    ...(total?.trueAt !== undefined && { trueAt: total.trueAt }),
  };
}

/** A total that could not be read again stays behind what is known of its span meanwhile. */
const isOutgrown = ({ trueAt, cost }: SpendTotal, spent: readonly SourceSum[]): boolean =>
  trueAt !== undefined && sumMoney(spent.flatMap(({ costs }) => costs)).some(({ currency, micros }) => currency === cost.currency && micros > cost.micros);

/** A vendor may be late, so its silence is not zero; ours is, where we counted up to now. */
function tokensOf({ tokens, tokenProvenance, current }: SourceSum): { tokens: number; provenance: Provenance } | null {
  if (tokens !== null) return { tokens, provenance: tokenProvenance };
  return current && tokenProvenance === 'measured' ? { tokens: 0, provenance: 'measured' } : null;
}

const add = (numbers: readonly number[]): number | null => (numbers.length === 0 ? null : numbers.reduce((sum, each) => sum + each, 0));

/** `Provenance` lists the kinds from the most to the least checkable. */
function leastCertain(all: readonly Provenance[]): Provenance | null {
  const order = Provenance.options;
  return all.length === 0 ? null : all.reduce((worst, each) => (order.indexOf(each) > order.indexOf(worst) ? each : worst));
}
