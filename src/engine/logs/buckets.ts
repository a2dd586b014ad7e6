import type { BlockEntry } from '../../core/blocks';
import { MICROS_PER_UNIT, type Money } from '../../core/money';
import type { PriceTable } from '../../core/pricing';
import type { UsageBucket } from '../../core/reading';
import { DAY_MS, HOUR_MS, MINUTE_MS, QUARTER_MS } from '../../core/time';
import type { Ledger } from './ledger';
import type { Row } from './rowKey';

const QUARTERS_PER_HOUR = HOUR_MS / QUARTER_MS;

/** Complete buckets of `spanMs` for everything that shares one with a changed row, and for the other branches of its project. */
export function changedBuckets(ledger: Ledger, changed: Iterable<Row>, spanMs: number, prices: PriceTable): UsageBucket[] {
  const wanted = new Set<string>();
  const hours = new Set<number>();
  for (const row of changed) {
    wanted.add(placeKey(row, spanMs));
    hours.add(Math.floor(row.quarter / QUARTERS_PER_HOUR));
  }
  const rows = new Map<string, Row[]>();
  for (const hour of hours) {
    for (const row of ledger.rowsOfHour(hour)) {
      if (!wanted.has(placeKey(row, spanMs))) continue;
      const key = bucketKey(row, spanMs);
      const same = rows.get(key);
      if (same === undefined) rows.set(key, [row]);
      else same.push(row);
    }
  }
  return [...rows.values()].map(same => toBucket(same, spanMs, prices)).sort(byPlace);
}

/** A fixed order, whatever order the logs came in. */
const byPlace = (a: UsageBucket, b: UsageBucket): number =>
  a.startAt - b.startAt || compare(a.model ?? '', b.model ?? '') || compare(a.project ?? '', b.project ?? '') || compare(a.branch ?? '', b.branch ?? '');

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const startOf = ({ quarter }: Row, spanMs: number): number => Math.floor(quarter * QUARTER_MS / spanMs) * spanMs;

/** A tier of another price is shown as a model of its own, so that what is unpriced is told apart. */
export const modelLabel = ({ model, tier }: Pick<Row, 'model' | 'tier'>): string => (tier === null ? model : `${model} (${tier})`);

/** What is restated together. */
const placeKey = (row: Row, spanMs: number): string => JSON.stringify([startOf(row, spanMs), modelLabel(row), row.project]);
const bucketKey = (row: Row, spanMs: number): string => `${placeKey(row, spanMs)}${row.branch ?? ''}`;

function toBucket(rows: readonly Row[], spanMs: number, prices: PriceTable): UsageBucket {
  const first = rows[0];
  if (first === undefined) throw new Error('a bucket has a row');
  const sum = (part: (row: Row) => number): number => rows.reduce((total, row) => total + part(row), 0);
  const costs = rows.filter(row => row.requests > 0).map(row => costOf(row, prices));
  const priced = costs.filter(cost => cost !== null);
  return {
    startAt: startOf(first, spanMs), spanMs, model: modelLabel(first), project: first.project, branch: first.branch,
    tokens: {
      input: sum(row => row.input), cacheRead: sum(row => row.cacheRead), cacheWrite: sum(row => row.cacheWrite5m + row.cacheWrite1h),
      output: sum(row => row.output), reasoning: sum(row => row.reasoning),
    },
    requests: sum(row => row.requests),
    cost: priced.length === 0 && costs.length > 0 ? null : { micros: rounded(priced.reduce((total, { micros }) => total + micros, 0)), currency: 'USD' },
    unpriced: priced.length < costs.length,
  };
}

/** What counts of the last twelve hours that logs tell of, in the order of their times. */
export const recentEntries = (ledger: Ledger, prices: PriceTable): BlockEntry[] => ledger.recent.map(({ at, key, figures }) => {
  const [input = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, output = 0, , cost = 0] = Array.from(figures);
  const costMicros = costOf({ ...key, input, cacheRead, cacheWrite5m, cacheWrite1h, output, cost }, prices)?.micros ?? null;
  return { at, input, output, cacheRead, cacheWrite: cacheWrite5m + cacheWrite1h, costMicros };
}).sort((a, b) => a.at - b.at);

/** What the logs report, else list prices. Null: unpriced. */
const costOf = (row: Omit<Row, 'reasoning' | 'requests'>, prices: PriceTable): Money | null =>
  (row.reported ? { micros: row.cost, currency: 'USD' } : prices.priceOf(row, row.model, row.quarter * QUARTER_MS, row.tier, row.step + 1));

/** To a millionth of a micro: adding in another order then gives the same. */
export const rounded = (micros: number): number => Math.round(micros * MICROS_PER_UNIT) / MICROS_PER_UNIT;

/** The longest span, of an hour at most, that divides every day of a zone between two instants. */
export function spanOf(zone: string, fromAt: number, toAt: number): number {
  if (zone === 'UTC') return HOUR_MS;
  const format = offsetFormat(zone);
  if (format === null) return QUARTER_MS; // fits all zones there are
  let minutes = 60;
  for (let at = fromAt; ; at = Math.min(at + 60 * DAY_MS, toAt)) {
    const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    minutes = divisor(minutes, Number(/:(\d\d)/.exec(name)?.[1] ?? 0));
    if (at >= toAt) break;
  }
  return Math.max(minutes * MINUTE_MS, QUARTER_MS);
}

const formats = new Map<string, Intl.DateTimeFormat | null>();

/** Null for a zone that is not known here. */
function offsetFormat(zone: string): Intl.DateTimeFormat | null {
  let format = formats.get(zone);
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    } catch {
      format = null;
    }
    formats.set(zone, format);
  }
  return format;
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
