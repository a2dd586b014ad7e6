/** What rows of an export come to in the history: only what is new or restated is written. */
import { parseDecimal } from '../../core/money';
import { Amount, type Meter, type UsageBucket } from '../../core/reading';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../core/time';
import { usageChange } from '../history/diff';
import type { ImportRecord } from '../history/records';
import type { Sql } from '../history/sql';
import { unpackUsage } from '../history/packedUsage';
import { keptAmount } from '../history/points';
import { keyOf, startSeconds } from '../history/usageRows';
import type { ExportHeader, ExportRow, MeterRow, UsageRow } from './exportForm';
import { FormError } from './jsonPieces';

type Source = ExportHeader['sources'][number];
type Point = ImportRecord['points'][number]['rows'][number];

const GRAIN_MS = { raw: SECOND_MS, hourly: HOUR_MS, daily: DAY_MS } as const;
/** No account is older than this, and no clock as wrong as to be later. */
const [EARLIEST_AT, LATEST_AT] = [Date.UTC(2000), Date.UTC(2200)];
/** A day on which summer time ends has 25 hours. */
const MAX_SPAN_MS = 2 * DAY_MS;

export interface Oldest { readonly raw: number; readonly hourly: number; readonly daily: number; readonly usage: number }

/** What the file's header says, by the account in the file and the id. */
export interface Lists {
  readonly meters: ReadonlyMap<string, Meter>;
  readonly sources: ReadonlyMap<string, Source>;
}

/** The rows of one account, of one piece of the file. */
export interface Batch extends Lists {
  /** Whose rows these become. */
  readonly account: string;
  /** What the file says is later than the last reading here: it replaces what is stored. Otherwise only gaps are filled. */
  readonly fresh: boolean;
  readonly rows: readonly ExportRow[];
  readonly oldest: Oldest;
}

export const keyIn = (account: string, id: string): string => JSON.stringify([account, id]);

/** @returns the record, null when it says nothing new, and how many rows are in it. @throws {FormError} */
export function importRecord(sql: Sql, batch: Batch): { readonly record: ImportRecord | null; readonly taken: number } {
  const points = new Map<string, { readonly meter: Meter; readonly level: MeterRow['level']; readonly rows: Point[] }>();
  const buckets = new Map<string, { readonly source: Source; readonly buckets: UsageBucket[] }>();
  for (const row of batch.rows) {
    const read = readRow(row, batch);
    if (read.level === 'usage') {
      if (startSeconds(read.bucket) < batch.oldest.usage) continue;
      const group = buckets.get(read.source.source) ?? { source: read.source, buckets: [] };
      group.buckets.push(read.bucket);
      buckets.set(read.source.source, group);
    } else {
      const { level, meter, point } = read;
      if (point[0] < batch.oldest[level]) continue;
      const key = keyIn(level, meter.id);
      const group = points.get(key) ?? { meter, level, rows: [] };
      group.rows.push(point);
      points.set(key, group);
    }
  }
  const changedPoints = [...points.values()].map(({ meter, level, rows }) => ({ meter: meter.id, level, rows: newPoints(sql, batch, meter.id, level, rows) })).filter(({ rows }) => rows.length > 0);
  const usage = [...buckets.values()].map(group => changeOf(sql, batch, group)).filter(change => change !== null);
  const taken = changedPoints.reduce((sum, { rows }) => sum + rows.length, 0) + usage.reduce((sum, { set }) => sum + set.length, 0);
  if (taken === 0) return { record: null, taken };
  const named = new Set(changedPoints.map(({ meter }) => meter));
  const meters = [...new Map([...points.values()].map(({ meter }) => [meter.id, meter])).values()].filter(({ id }) => named.has(id));
  return { record: { kind: 'import', account: batch.account, meters, points: changedPoints, usage }, taken };
}

type ReadRow =
  | { readonly level: 'usage'; readonly source: Source; readonly bucket: UsageBucket }
  | { readonly level: MeterRow['level']; readonly meter: Meter; readonly point: Point };

/** @throws {FormError} when the row does not go with the header or with itself. */
export function readRow(row: ExportRow, { meters, sources }: Lists): ReadRow {
  const startAt = Date.parse(row.start);
  if (!(startAt >= EARLIEST_AT && startAt < LATEST_AT)) throw new FormError(`A row starts at ${row.start}, of which nobody has a history.`);
  if (row.level === 'usage') {
    const source = sources.get(keyIn(row.account, row.source));
    if (source === undefined) throw new FormError(`The file says nothing of the source "${row.source}" that a row is from.`);
    return { level: row.level, source, bucket: bucketIn(row) };
  }
  const meter = meters.get(keyIn(row.account, row.meter));
  if (meter === undefined) throw new FormError(`The file says nothing of the meter "${row.meter}" that a row is of.`);
  return { level: row.level, meter, point: pointIn(row, meter) };
}

/**
 * A stored bucket of another length in the same time stays, and the row is left out: the two would be counted twice. So would rows of one
 * key, of which an export has never more than one: the last is taken.
 */
function changeOf(sql: Sql, { account, fresh }: Batch, { source, buckets }: { readonly source: Source; readonly buckets: readonly UsageBucket[] }) {
  const row = sql.one(
    `SELECT s.id, cost_kind, cost_provenance, token_provenance, day_zone FROM source s JOIN account a ON a.id = s.account WHERE a.account = ? AND s.source = ?`, account, source.source,
  );
  const id = Number(row?.[0] ?? -1);
  const free = [...new Map(buckets.map(bucket => [keyOf(bucket), bucket])).values()].filter(bucket => {
    const found = overlapping(sql, id, bucket);
    return !found.other && (fresh || !found.same);
  });
  const here = fresh || row === null ? source : { ...source, costKind: row[1], costProvenance: row[2], tokenProvenance: row[3], dayZone: row[4] } as Source;
  const change = usageChange(sql, account, { ...here, covers: null, buckets: free }, -Infinity);
  return change === null || change.set.length === 0 ? null : change;
}

function overlapping(sql: Sql, source: number, { startAt, spanMs, model, project }: UsageBucket): { readonly same: boolean; readonly other: boolean } {
  const [start, end] = [Math.floor(startAt / SECOND_MS), Math.ceil((startAt + spanMs) / SECOND_MS)];
  unpackUsage(sql, source, start - MAX_SPAN_MS / SECOND_MS, end);
  const rows = sql.all(
    `SELECT start_s, span_s FROM usage LEFT JOIN place ON place.id = usage.project WHERE source = ? AND start_s > ? AND start_s < ? AND start_s + span_s > ?
       AND model = coalesce((SELECT id FROM name WHERE text = ?), iif(?5 IS NULL, 0, -1))
       AND coalesce(place.project, usage.project) = coalesce((SELECT id FROM name WHERE text = ?), iif(?6 IS NULL, 0, -1))`,
    source, start - MAX_SPAN_MS / SECOND_MS, end, start, model, project,
  );
  const same = rows.filter(row => row[0] === start && row[1] === end - start).length;
  return { same: same > 0, other: same < rows.length };
}

function newPoints(sql: Sql, { account, fresh }: Batch, meter: string, level: MeterRow['level'], rows: readonly Point[]): Point[] {
  const series = sql.one('SELECT m.id FROM meter m JOIN account a ON a.id = m.account WHERE a.account = ? AND meter = ?', account, meter)?.[0];
  if (series === undefined) return [...rows];
  const [columns, key] = level === 'raw' ? ['NULL, NULL, ratio, amount', 'at_s'] : ['low, high, last, amount', level === 'hourly' ? 'hour' : 'day'];
  return rows.filter(row => {
    const stored = sql.one(`SELECT ${columns} FROM ${level} WHERE series = ? AND ${key} = ?`, series, row[0]);
    return stored === null || (fresh && JSON.stringify(stored) !== JSON.stringify(row.slice(1)));
  });
}

function pointIn({ level, start, lowPercent, highPercent, lastPercent, used, left }: MeterRow, { unit }: Meter): Point {
  const amount = used ?? left;
  const value = typeof amount !== 'string' ? amount : unit === 'micros' ? microsIn(amount) : NaN;
  if (Number.isNaN(value)) throw new FormError(`"${String(amount)}" is not an amount.`);
  const ratio = (percent: number | null): number | null => (percent === null ? null : Math.round(percent * 100));
  return [Math.floor(Date.parse(start) / GRAIN_MS[level]), ratio(lowPercent), ratio(highPercent), ratio(lastPercent), keptAmount(unit, ratio(lastPercent), value)];
}

function bucketIn(row: UsageRow): UsageBucket {
  const startAt = Date.parse(row.start);
  const spanMs = Date.parse(row.end) - startAt;
  if (!(spanMs > 0 && spanMs <= MAX_SPAN_MS)) throw new FormError(`A row that starts at ${row.start} ends at ${row.end}.`);
  const tokens = { input: row.inputTokens, cacheRead: row.cacheReadTokens, cacheWrite: row.cacheWriteTokens, output: row.outputTokens, reasoning: row.reasoningTokens };
  const micros = row.cost === null ? null : microsIn(row.cost);
  if (Number.isNaN(micros) || (micros === null) !== (row.currency === null)) throw new FormError(`"${String(row.cost)}" is not an amount of ${String(row.currency)}.`);
  return {
    startAt, spanMs, model: row.model, project: row.project, branch: row.branch,
    tokens: Object.values(tokens).every(count => count === null) ? null : tokens,
    requests: row.requests,
    cost: micros === null || row.currency === null ? null : { micros, currency: row.currency },
    unpriced: row.unpriced,
  };
}

/** NaN: not an amount that there can be. */
function microsIn(text: string): number {
  const micros = parseDecimal(text);
  return Amount.safeParse(micros).success ? micros : NaN;
}
