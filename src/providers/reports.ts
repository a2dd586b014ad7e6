/** The two reports that billing APIs give by UTC days: what was paid, and what was used. */
import type * as z from 'zod/mini';
import { ProviderError } from '../core/errors';
import type { UsageReport } from '../core/reading';
import { DAY_MS, HOUR_MS, type EpochMs } from '../core/time';
import { foldRows, type ReportRow } from './foldRows';
import { readPages, type Query } from './pages';
import type { ReadContext } from './provider';
import { lastUtcDays } from './utcDays';

/** Today and 30 before it, so that the month is whole on each of its days. */
const REPORT_DAYS = 31;

/** What is asked for: `toAt` is exclusive; `limit` is the most buckets that a page may have. */
export interface AskedSpan {
  readonly fromAt: EpochMs;
  readonly toAt: EpochMs;
  readonly spanMs: number;
  readonly width: '1d' | '1h';
  readonly limit: number;
}

/** How one vendor is asked, and what one of its results says. */
export interface ReportQuestion<R> {
  readonly path: string;
  readonly query: (span: AskedSpan) => Query;
  readonly bucket: z.ZodMiniType<{ readonly startAt: EpochMs; readonly results: readonly R[] }>;
  readonly row: (result: R) => Omit<ReportRow, 'startAt' | 'spanMs'>;
}

/**
 * Restates every day asked for, since late costs change past days.
 * @param toMicros the power of ten that makes micros of the vendor's amounts.
 */
export async function readCosts<R>({ getJson, now }: ReadContext, question: ReportQuestion<R>, toMicros: number): Promise<UsageReport> {
  const covers = lastUtcDays(now, REPORT_DAYS);
  const rows = await readRows(getJson, question, { ...covers, spanMs: DAY_MS, width: '1d', limit: REPORT_DAYS });
  if (new Set(rows?.map(({ amount }) => amount?.currency)).size > 1) throw new ProviderError('changed', 'The costs are in more than one currency.');
  return {
    source: 'costs', covers: rows && covers, costKind: 'spent', costProvenance: 'billed', tokenProvenance: 'reported', dayZone: 'UTC',
    buckets: foldRows(rows ?? [], toMicros),
  };
}

/** Days up to the day before yesterday, then hours: no span is told twice. Hours follow the UTC days of the costs. */
export async function readTokens<R>({ getJson, now }: ReadContext, question: ReportQuestion<R>): Promise<UsageReport> {
  const covers = lastUtcDays(now, REPORT_DAYS);
  const hoursFromAt = covers.toAt - 2 * DAY_MS;
  const hoursToAt = (Math.floor(now / HOUR_MS) + 1) * HOUR_MS;
  const days = await readRows(getJson, question, { fromAt: covers.fromAt, toAt: hoursFromAt, spanMs: DAY_MS, width: '1d', limit: 31 });
  const hours = await readRows(getJson, question, { fromAt: hoursFromAt, toAt: hoursToAt, spanMs: HOUR_MS, width: '1h', limit: 168 });
  return {
    source: 'usage', covers: days && hours && covers, costKind: 'spent', costProvenance: 'billed', tokenProvenance: 'reported', dayZone: 'UTC',
    buckets: foldRows([...days ?? [], ...hours ?? []]),
  };
}

/** Null: not one bucket came, not even an empty one, so nothing is known of the span. */
async function readRows<R>(getJson: ReadContext['getJson'], { path, query, bucket, row }: ReportQuestion<R>, span: AskedSpan): Promise<ReportRow[] | null> {
  const buckets = await readPages(getJson, path, query(span), bucket);
  if (buckets.length === 0) return null;
  // A page holds whole buckets: one that comes twice would count twice.
  if (new Set(buckets.map(({ startAt }) => startAt)).size < buckets.length) throw new ProviderError('changed', 'The answer holds a span of time twice.');
  return buckets.flatMap(({ startAt, results }) => {
    if (startAt < span.fromAt || startAt >= span.toAt || startAt % span.spanMs !== 0) {
      throw new ProviderError('changed', 'The answer holds a span of time that was not asked for.');
    }
    return results.map(result => ({ ...row(result), startAt, spanMs: span.spanMs }));
  });
}

/** A sentence for each report that told nothing. */
export const silentReports = (vendor: string, reports: readonly UsageReport[]): string[] =>
  reports.filter(({ covers }) => covers === null).map(({ source }) => `${vendor} gave no days for ${source}; what is shown is from before.`);
