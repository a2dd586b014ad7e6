import type { UsageBucket } from '../../core/reading';
import { eachUsage } from './packedUsage';
import type { Sql } from './sql';
import { bucketOf } from './usageRows';

/** Buckets of a source that start between two seconds, packed or not, in the order of their starts. */
export function eachBucket(sql: Sql, source: number, range: readonly [number, number], take: (bucket: UsageBucket) => void): void {
  const names = namesOf(sql);
  eachUsage(sql, source, range, ([startS = 0, spanS = 0, model, project, ...rest]) => {
    take(bucketOf([startS, spanS, names.name(model), ...names.place(project), ...rest]));
  });
}

/** What `usage.model` and `usage.project` mean. Each is looked up once. */
function namesOf(sql: Sql) {
  const names = new Map<unknown, string | null>();
  const places = new Map<unknown, readonly [project: string | null, branch: string | null]>();
  const name = (id: unknown): string | null => {
    if (!names.has(id)) names.set(id, (sql.one('SELECT text FROM name WHERE id = ?', Number(id))?.[0] ?? null) as string | null);
    return names.get(id) ?? null;
  };
  const place = (id: unknown): readonly [project: string | null, branch: string | null] => {
    let found = places.get(id);
    if (found === undefined) {
      const [project, branch] = Number(id) < 0 ? sql.one('SELECT project, branch FROM place WHERE id = ?', Number(id)) ?? [] : [id, 0];
      places.set(id, found = [name(project ?? 0), name(branch ?? 0)]);
    }
    return found;
  };
  return { name, place };
}
