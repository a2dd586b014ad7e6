/** What a reading changes: only that is written. */
import type { LastReading } from '../../core/accountView';
import { dayOf } from '../../core/format';
import { type Meter, type Reading, totalTokens, type UsageBucket, type UsageReport } from '../../core/reading';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type EpochMs } from '../../core/time';
import type { Head, OutcomeRecord, UsageChange } from './records';
import { END_AT } from './packedUsage';
import type { Sql } from './sql';
import { eachBucket } from './usageBuckets';
import { keyOf, mergeBuckets, placeOf, sameValues, startSeconds } from './usageRows';

/** Vendors restate the same reset time some seconds apart. */
const RESET_GRAIN_MS = 5 * MINUTE_MS;

export const headOf = ({ totals, identity, plan, notes, meters }: LastReading): Head =>
  ({ totals, identity, plan, notes, meterIds: meters.map(({ id }) => id) });

/**
 * The change from what was last recorded, or null when nothing but the time changed within the hour. Once an hour an unchanged
 * reading is recorded too, so that the history can tell "the same" from "not looked".
 * @param oldest buckets before it are past the retention and left out; so are those of times that the tables have no room for.
 * @param fallen gets the days whose counted tokens become fewer by it.
 */
export function outcomeRecord(sql: Sql, account: string, before: LastReading | null, reading: Omit<Reading, 'gaps'>, failed: boolean, oldest: EpochMs, fallen: DayFall[] = []): OutcomeRecord | null {
  const head = headOf(reading);
  const newHead = before === null || JSON.stringify(headOf(before)) !== JSON.stringify(head) ? head : null;
  const known = new Map(before?.meters.map(meter => [meter.id, meter]));
  const meters = reading.meters.filter(meter => differs(known.get(meter.id), meter));
  const usage = reading.usage.map(report => usageChange(sql, account, report, oldest, fallen)).filter(change => change !== null);
  const sameHour = before !== null && hourOf(before.takenAt) === hourOf(reading.takenAt);
  if (newHead === null && meters.length === 0 && usage.length === 0 && sameHour && !failed) return null;
  return { kind: 'outcome', account, takenAt: reading.takenAt, head: newHead, meters, usage };
}

const hourOf = (at: EpochMs): number => Math.floor(at / HOUR_MS);

function differs(before: Meter | undefined, after: Meter): boolean {
  return before === undefined || hourOf(before.trueAt) !== hourOf(after.trueAt) || fingerprint(before) !== fingerprint(after);
}

const fingerprint = (meter: Meter): string =>
  JSON.stringify({ ...meter, trueAt: 0, resetsAt: meter.resetsAt === null ? null : Math.round(meter.resetsAt / RESET_GRAIN_MS) });

/** A day of UTC, "2026-10-31", and by how many tokens its total falls. */
export interface DayFall { readonly day: string; readonly tokens: number }

/** Null: the report says what is stored already. */
export function usageChange(sql: Sql, account: string, report: UsageReport, oldest: EpochMs, fallen: DayFall[] = []): UsageChange | null {
  const { source, costKind, costProvenance, tokenProvenance, dayZone } = report;
  const listed = mergeBuckets(report.buckets.filter(({ startAt }) => startAt >= Math.max(0, oldest) && startAt < END_AT));
  const stored = storedBuckets(sql, account, report, [...listed.values()]);
  const places = new Set([...listed.values()].map(placeOf));
  const overlaps = overlapTest([...listed.values()]);
  const set = [...listed].filter(([key, bucket]) => {
    const old = stored.get(key);
    return old === undefined || !sameValues(old, bucket);
  }).map(([, bucket]) => bucket);
  const drop = [...stored].filter(([key, bucket]) => !listed.has(key) && (places.has(placeOf(bucket)) || isCovered(bucket, report) || overlaps(bucket)))
    .map(([, bucket]) => bucket);
  if (tokenProvenance === 'measured') fallen.push(...fallsOf(set, [...set.map(bucket => stored.get(keyOf(bucket))), ...drop]));
  const meta = sql.one(
    `SELECT cost_kind, cost_provenance, token_provenance, day_zone FROM source WHERE source = ? AND account = (SELECT id FROM account WHERE account = ?)`,
    source, account,
  );
  const sameMeta = meta !== null && JSON.stringify(meta) === JSON.stringify([costKind, costProvenance, tokenProvenance, dayZone]);
  if (set.length === 0 && drop.length === 0 && sameMeta) return null;
  return { source, costKind, costProvenance, tokenProvenance, dayZone, set, drop };
}

function fallsOf(now: readonly UsageBucket[], before: readonly (UsageBucket | undefined)[]): DayFall[] {
  const days = new Map<string, number>();
  const add = (bucket: UsageBucket | undefined, sign: 1 | -1): void => {
    if (bucket?.tokens == null) return;
    const day = dayOf(bucket.startAt, 'UTC');
    days.set(day, (days.get(day) ?? 0) + sign * (totalTokens(bucket.tokens) ?? 0));
  };
  for (const bucket of now) add(bucket, 1);
  for (const bucket of before) add(bucket, -1);
  return [...days].filter(([, rise]) => rise < 0).map(([day, rise]) => ({ day, tokens: -rise })).sort((a, b) => (a.day < b.day ? 1 : -1));
}

const isCovered = ({ startAt }: UsageBucket, { covers }: UsageReport): boolean =>
  covers !== null && startAt >= covers.fromAt && startAt < covers.toAt;

/** A source that begins to tell other spans (half hours in place of hours) replaces the old ones that the new ones lie in or over. */
function overlapTest(listed: readonly UsageBucket[]): (stored: UsageBucket) => boolean {
  const spans = new Set(listed.map(({ spanMs }) => spanMs));
  const bySplit = new Map<string, UsageBucket[]>();
  return stored => {
    if (spans.size === 0 || (spans.size === 1 && spans.has(stored.spanMs))) return false;
    if (bySplit.size === 0) for (const bucket of listed) bySplit.set(splitOf(bucket), [...(bySplit.get(splitOf(bucket)) ?? []), bucket]);
    return (bySplit.get(splitOf(stored)) ?? []).some(({ startAt, spanMs }) =>
      spanMs !== stored.spanMs && startAt < stored.startAt + stored.spanMs && stored.startAt < startAt + spanMs);
  };
}

const splitOf = ({ model, project }: UsageBucket): string => JSON.stringify([model, project]);

/** What is stored in the span that the report covers or lists, by key. */
function storedBuckets(sql: Sql, account: string, { source, covers }: UsageReport, listed: readonly UsageBucket[]): Map<string, UsageBucket> {
  let from = covers === null ? Infinity : Math.floor(covers.fromAt / SECOND_MS);
  let to = covers === null ? -Infinity : Math.ceil(covers.toAt / SECOND_MS);
  for (const bucket of listed) {
    from = Math.min(from, startSeconds(bucket) - DAY_MS / SECOND_MS); // a longer bucket may begin before
    to = Math.max(to, startSeconds(bucket) + Math.ceil(bucket.spanMs / SECOND_MS));
  }
  if (from >= to) return new Map();
  const id = sql.one('SELECT source.id FROM source JOIN account ON account.id = source.account WHERE account.account = ? AND source.source = ?', account, source)?.[0];
  const stored = new Map<string, UsageBucket>();
  if (id === undefined) return stored;
  eachBucket(sql, Number(id), [from, to], bucket => stored.set(keyOf(bucket), bucket));
  return stored;
}
