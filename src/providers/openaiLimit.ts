/** Source and units: openai.ts. */
import * as z from 'zod/mini';
import { MICROS_PER_CENT } from '../core/money';
import { MAX_AMOUNT, type Meter, type UsageReport } from '../core/reading';
import { HttpError } from './httpError';
import { parseBody, type ReadContext } from './provider';
import { startOfUtcMonth } from './utcDays';

const SpendLimit = z.object({
  /** US cents: 50000 is 500 dollars. */
  threshold_amount: z.int().check(z.nonnegative(), z.maximum(MAX_AMOUNT / MICROS_PER_CENT)),
  currency: z.string().check(z.regex(/^[A-Za-z]{3}$/)),
  interval: z.string(),
  enforcement: z.optional(z.object({ status: z.string() })),
});

export const SPEND_LIMIT = 'spend-limit';

/** No meter when no limit is set up. @throws {ProviderError} */
export async function readSpendLimit({ getJson, now }: ReadContext, costs: UsageReport): Promise<Meter[]> {
  const body = await getJson('/organization/spend_limit').catch((error: unknown) => {
    if (error instanceof HttpError && error.status === 404) return null;
    throw error;
  });
  if (body === null) return [];
  const limit = parseBody(SpendLimit, body);
  const currency = limit.currency.toUpperCase();
  const isMonthly = limit.interval === 'month';
  return [{
    id: SPEND_LIMIT,
    label: `${isMonthly ? 'Monthly spend limit' : 'Spend limit'}${limit.enforcement?.status === 'inactive' ? ' (not enforced)' : ''}`,
    kind: 'limit', unit: 'micros', currency,
    used: isMonthly ? monthSpend(costs, currency, now) : null,
    left: null,
    cap: { kind: 'limited', amount: limit.threshold_amount * MICROS_PER_CENT },
    // When the vendor's month ends is not documented, nor by which figure it enforces: hence estimated.
    resetsAt: null, durationMs: null, trueAt: now, provenance: 'estimated', standing: 'official',
  }];
}

/** Billed costs of the UTC month. Null: not known, or in another currency. */
function monthSpend({ buckets, covers }: UsageReport, currency: string, now: number): number | null {
  if (covers === null || buckets.some(({ cost }) => cost?.currency !== currency)) return null;
  const monthAt = startOfUtcMonth(now);
  return buckets.filter(({ startAt }) => startAt >= monthAt).reduce((sum, { cost }) => sum + (cost?.micros ?? 0), 0);
}
