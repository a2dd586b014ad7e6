import type { UsageBucket } from '../../core/reading';
import { SECOND_MS } from '../../core/time';

/** The columns of a bucket's values, in the order of `valuesOf`. */
export const VALUE_COLUMNS = 'input, cache_read, cache_write, output, reasoning, requests, micros, unpriced';
/** All tokens but reasoning; NULL when none is reported. */
export const TOKENS_SQL = `CASE WHEN coalesce(input, cache_read, cache_write, output) IS NULL THEN NULL
  ELSE coalesce(input, 0) + coalesce(cache_read, 0) + coalesce(cache_write, 0) + coalesce(output, 0) END`;

/** A column's value; NULL, or what is none, is null. */
export const numberOr = (value: unknown): number | null => (typeof value === 'number' ? value : null);

export const startSeconds = ({ startAt }: Pick<UsageBucket, 'startAt'>): number => Math.floor(startAt / SECOND_MS);

export const valuesOf = ({ tokens, requests, cost, unpriced }: UsageBucket): (number | null)[] => [
  tokens?.input ?? null, tokens?.cacheRead ?? null, tokens?.cacheWrite ?? null, tokens?.output ?? null, tokens?.reasoning ?? null,
  requests, cost?.micros ?? null, unpriced ? 1 : 0,
];

/** Names what `usage.model` and `usage.project` mean: m.text, p.text and b.text are model, project and branch. */
export const NAMES_SQL = `LEFT JOIN name m ON m.id = usage.model LEFT JOIN place ON place.id = usage.project
  LEFT JOIN name p ON p.id = coalesce(place.project, usage.project) LEFT JOIN name b ON b.id = place.branch`;

/** What is replaced together: the same span of the same model and project, on whatever branch and in whatever currency. */
export const placeOf = (bucket: UsageBucket): string => JSON.stringify([startSeconds(bucket), bucket.spanMs, bucket.model, bucket.project]);
export const keyOf = (bucket: UsageBucket): string => `${placeOf(bucket)} ${bucket.cost?.currency ?? ''} ${JSON.stringify(bucket.branch)}`;

/** Half a character, as where a name was cut: each SQLite makes something else of it, and none gives it back. */
const HALF = /\p{Cs}/u;
const isHalf = (name: string | null): boolean => name !== null && HALF.test(name);
const whole = (name: string | null): string | null => name?.replace(/\p{Cs}/gu, '\ufffd') ?? null;
const withWholeNames = (bucket: UsageBucket): UsageBucket => (!isHalf(bucket.model) && !isHalf(bucket.project) && !isHalf(bucket.branch) ? bucket
  : { ...bucket, model: whole(bucket.model), project: whole(bucket.project), branch: whole(bucket.branch) });

/** One bucket per key: what a report lists twice under one key are parts of a whole. */
export function mergeBuckets(buckets: readonly UsageBucket[]): Map<string, UsageBucket> {
  const merged = new Map<string, UsageBucket>();
  for (const told of buckets) {
    const bucket = withWholeNames(told);
    const key = keyOf(bucket);
    const other = merged.get(key);
    merged.set(key, other === undefined ? bucket : addBuckets(other, bucket));
  }
  return merged;
}

function addBuckets(a: UsageBucket, b: UsageBucket): UsageBucket {
  const tokens = a.tokens === null || b.tokens === null ? a.tokens ?? b.tokens : {
    input: plus(a.tokens.input, b.tokens.input), cacheRead: plus(a.tokens.cacheRead, b.tokens.cacheRead),
    cacheWrite: plus(a.tokens.cacheWrite, b.tokens.cacheWrite), output: plus(a.tokens.output, b.tokens.output),
    reasoning: plus(a.tokens.reasoning, b.tokens.reasoning),
  };
  const cost = a.cost === null || b.cost === null ? a.cost ?? b.cost : { ...a.cost, micros: a.cost.micros + b.cost.micros };
  return { ...a, tokens, cost, requests: plus(a.requests, b.requests), unpriced: a.unpriced || b.unpriced };
}

const plus = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : a + b);

/** Sums of the same fractions in another order differ in the last digits: that is no change. */
export function sameValues(a: UsageBucket, b: UsageBucket): boolean {
  const theirs = valuesOf(b);
  return valuesOf(a).every((value, index) => {
    const other = theirs[index] ?? null;
    if (value === null || other === null) return value === other;
    return Math.abs(value - other) <= 1e-9 * Math.max(1, Math.abs(value), Math.abs(other));
  });
}
