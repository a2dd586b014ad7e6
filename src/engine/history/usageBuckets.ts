import type { UsageBucket } from '../../core/reading';
import { SECOND_MS } from '../../core/time';
import type { SqlRow } from './database';
import { CACHE_READ, CACHE_WRITE, CURRENCY, eachUsage, INPUT, MICROS, MODEL, OUTPUT, PROJECT, REASONING, REQUESTS, SPAN, START, UNPRICED } from './packedUsage';
import type { Sql } from './sql';
import { numberOr } from './usageRows';

/** Buckets of a source that start between two seconds, packed or not, in the order of their starts. */
export function eachBucket(sql: Sql, source: number, range: readonly [number, number], take: (bucket: UsageBucket) => void): void {
  const names = namesOf(sql);
  eachUsage(sql, source, range, row => take(bucketOf(row, names)));
}

function bucketOf(row: SqlRow, names: ReturnType<typeof namesOf>): UsageBucket {
  const tokens = {
    input: numberOr(row[INPUT]), cacheRead: numberOr(row[CACHE_READ]), cacheWrite: numberOr(row[CACHE_WRITE]), output: numberOr(row[OUTPUT]), reasoning: numberOr(row[REASONING]),
  };
  const [currency, micros, { project, branch }] = [String(row[CURRENCY]), numberOr(row[MICROS]), names.place(row[PROJECT])];
  return {
    startAt: Number(row[START]) * SECOND_MS, spanMs: Number(row[SPAN]) * SECOND_MS, model: names.name(row[MODEL]), project, branch,
    tokens: tokens.input === null && tokens.cacheRead === null && tokens.cacheWrite === null && tokens.output === null && tokens.reasoning === null ? null : tokens,
    requests: numberOr(row[REQUESTS]), cost: micros === null || currency === '' ? null : { micros, currency }, unpriced: row[UNPRICED] === 1,
  };
}

/** What `usage.model` and `usage.project` mean. Each is looked up once. */
function namesOf(sql: Sql) {
  const names = new Map<unknown, string | null>();
  const places = new Map<unknown, Pick<UsageBucket, 'project' | 'branch'>>();
  const name = (id: unknown): string | null => {
    if (!names.has(id)) names.set(id, (sql.one('SELECT text FROM name WHERE id = ?', Number(id))?.[0] ?? null) as string | null);
    return names.get(id) ?? null;
  };
  const place = (id: unknown): Pick<UsageBucket, 'project' | 'branch'> => {
    let found = places.get(id);
    if (found === undefined) {
      const [project, branch] = Number(id) < 0 ? sql.one('SELECT project, branch FROM place WHERE id = ?', Number(id)) ?? [] : [id, 0];
      places.set(id, found = { project: name(project ?? 0), branch: name(branch ?? 0) });
    }
    return found;
  };
  return { name, place };
}
