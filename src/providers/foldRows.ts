import type { TokenCounts, UsageBucket } from '../core/reading';
import type { EpochMs } from '../core/time';
import { ExactSum } from './decimal';

/** One line of a vendor's report. */
export interface ReportRow {
  readonly startAt: EpochMs;
  readonly spanMs: number;
  readonly model: string | null;
  readonly project: string | null;
  readonly tokens?: TokenCounts;
  readonly requests?: number;
  /** In the unit that `toMicros` names; with the field's name, for errors. */
  readonly amount?: { readonly value: string | number; readonly currency: string; readonly field: string };
}

/**
 * Buckets of rows: those with the same span, model and project become one. Money is summed exactly.
 * @param toMicros the power of ten that makes micros of the rows' amounts.
 */
export function foldRows(rows: Iterable<ReportRow>, toMicros = 0): UsageBucket[] {
  const folds = new Map<string, { first: ReportRow; tokens: TokenCounts | null; requests: number | null; sum: ExactSum | null; currency: string }>();
  for (const row of rows) {
    const currency = row.amount?.currency ?? '';
    const key = JSON.stringify([row.startAt, row.spanMs, row.model, row.project, currency]);
    const fold = folds.get(key) ?? { first: row, tokens: null, requests: null, sum: null, currency };
    folds.set(key, fold);
    if (row.tokens) fold.tokens = fold.tokens ? addTokens(fold.tokens, row.tokens) : row.tokens;
    fold.requests = add(fold.requests, row.requests ?? null);
    if (row.amount) fold.sum = (fold.sum ?? new ExactSum()).add(row.amount.value, row.amount.field);
  }
  return [...folds.values()].map(({ first: { startAt, spanMs, model, project }, tokens, requests, sum, currency }) => ({
    startAt, spanMs, model, project, branch: null, tokens, requests, cost: sum && { micros: sum.toMicros(toMicros), currency }, unpriced: false,
  }));
}

/** A part that one of two does not report is what the other says. */
const add = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : a + b);

const addTokens = (a: TokenCounts, b: TokenCounts): TokenCounts => ({
  input: add(a.input, b.input),
  cacheRead: add(a.cacheRead, b.cacheRead),
  cacheWrite: add(a.cacheWrite, b.cacheWrite),
  output: add(a.output, b.output),
  reasoning: add(a.reasoning, b.reasoning),
});
