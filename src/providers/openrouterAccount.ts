/** What only a management key of OpenRouter sees. Sources and units: openrouter.ts. */
import * as z from 'zod/mini';
import { ProviderError } from '../core/errors';
import type { Meter, Reading, SpendTotal, UsageReport } from '../core/reading';
import { DAY_MS, type EpochMs } from '../core/time';
import { DOLLARS_TO_MICROS, ExactSum } from './decimal';
import { foldRows } from './foldRows';
import { nothingLeft, optional } from './optional';
import { Count, Name } from './pages';
import { parseBody, type ReadContext } from './provider';
import { startOfUtcDay, startOfUtcMonth } from './utcDays';

export const BALANCE = 'credits';
const ACTIVITY_DAYS = 30;
const MAX_PAGES = 100;

const Credits = z.object({ data: z.object({ total_credits: z.number(), total_usage: z.number() }) });
const Activity = z.object({
  data: z.array(z.object({
    date: z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}(?:[T ]|$)/)),
    model: Name,
    /** The user's own vendor keys are in another field, `byok_usage_inference`, which is left alone. */
    usage: z.number(),
    requests: Count,
    prompt_tokens: Count,
    completion_tokens: Count,
    reasoning_tokens: z.optional(z.nullable(Count)),
  })),
});
const Keys = z.object({
  data: z.array(z.object({ hash: z.string().check(z.maxLength(200)), usage_daily: z.number(), usage_monthly: z.number() })),
});

export async function readAccount(context: ReadContext): Promise<Pick<Reading, 'meters' | 'usage' | 'totals' | 'notes' | 'gaps'>> {
  const { now, signal } = context;
  const left = nothingLeft();
  const meters = await readBalance(context, { believeZero: true });
  const activity = await readActivity(context);
  const keys = await optional(signal, left, { what: "Today's spend", part: 'totals' }, () => readKeys(context));
  const notes = [...left.notes, 'Completed UTC days come by model; today is the sum of the keys, without deleted ones.'];
  return { ...left, meters, usage: [activity], totals: keys === null ? [] : accountTotals(keys, activity, now), notes };
}

/**
 * @param believeZero false: not known to be a management key, and others may get a 200 with zeros: then nothing is known.
 */
export async function readBalance({ getJson, now }: ReadContext, { believeZero }: { believeZero: boolean }): Promise<Meter[]> {
  const { total_credits, total_usage } = parseBody(Credits, await getJson('/credits')).data;
  if (!believeZero && total_credits <= 0) return [];
  const balance = new ExactSum().add(total_credits, 'total_credits').subtract(total_usage, 'total_usage');
  return [{
    id: BALANCE, label: 'Credits', kind: 'balance', unit: 'micros', currency: 'USD',
    used: null,
    left: balance.toMicros(DOLLARS_TO_MICROS),
    // All that was ever bought is no cap: a share of it would say nothing.
    cap: { kind: 'unknown' },
    resetsAt: null, durationMs: null, trueAt: now, provenance: 'reported', standing: 'official',
  }];
}

/** The last 30 completed UTC days, by model. */
async function readActivity({ getJson, now }: ReadContext): Promise<UsageReport> {
  const today = startOfUtcDay(now);
  const fromAt = today - ACTIVITY_DAYS * DAY_MS;
  const rows = parseBody(Activity, await getJson('/activity')).data
    .map(row => ({ ...row, startAt: Date.parse(row.date.slice(0, 10)) }))
    .filter(({ startAt }) => startAt >= fromAt && startAt < today);
  // A day without a row had no use, or is not ready yet (yesterday, shortly after midnight), or is no longer told (the oldest, when midnight
  // comes later to this machine than to the vendor): days before the oldest and after the newest row are not told.
  const days = [...new Set(rows.map(({ startAt }) => startAt))];
  return {
    source: 'activity',
    covers: days.length === 0 ? null : { fromAt: Math.min(...days), toAt: Math.max(...days) + DAY_MS },
    costKind: 'spent', costProvenance: 'billed', tokenProvenance: 'reported', dayZone: 'UTC',
    buckets: foldRows(rows.map(row => ({
      startAt: row.startAt, spanMs: DAY_MS, model: row.model, project: null,
      // Prompt tokens are not split into cached and other ones.
      tokens: { input: row.prompt_tokens, cacheRead: null, cacheWrite: null, output: row.completion_tokens, reasoning: row.reasoning_tokens ?? null },
      requests: row.requests,
      amount: { value: row.usage, currency: 'USD', field: 'usage' },
    })), DOLLARS_TO_MICROS),
  };
}

type Spend = Pick<z.infer<typeof Keys>['data'][number], 'usage_daily' | 'usage_monthly'>;

/** Every key once. The size of a page is not documented: pages end with one that brings no new key. */
async function readKeys({ getJson }: ReadContext): Promise<readonly Spend[]> {
  const keys = new Map<string, Spend>();
  for (let page = 0, offset = 0; page < MAX_PAGES; page++) {
    const { data } = parseBody(Keys, await getJson('/keys', { include_disabled: 'true', offset }));
    const known = keys.size;
    for (const { hash, ...spend } of data) keys.set(hash, spend);
    if (keys.size === 0) throw new ProviderError('changed', 'The list of keys is empty.'); // the sum of none would be an invented zero
    if (keys.size === known) return [...keys.values()];
    offset += data.length;
  }
  throw new ProviderError('changed', 'The list of keys has too many pages.');
}

function accountTotals(keys: readonly Spend[], activity: UsageReport, now: EpochMs): SpendTotal[] {
  const sum = (field: keyof Spend) => keys.reduce((total, key) => total.add(key[field], field), new ExactSum()).toMicros(DOLLARS_TO_MICROS);
  const today = sum('usage_daily');
  const monthAt = startOfUtcMonth(now);
  const completed = activity.buckets.filter(({ startAt }) => startAt >= monthAt).reduce((total, { cost }) => total + (cost?.micros ?? 0), 0);
  const total = (period: SpendTotal['period'], startAt: EpochMs, micros: number): SpendTotal =>
    ({ period, startAt, cost: { micros, currency: 'USD' }, dayZone: 'UTC', provenance: 'billed' });
  // The keys' sum misses deleted keys, the activity's misses a day that is not ready: each is too small or right.
  return [total('day', startOfUtcDay(now), today), total('month', monthAt, Math.max(sum('usage_monthly'), completed + today))];
}
