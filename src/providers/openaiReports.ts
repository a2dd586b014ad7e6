/** Source and units: openai.ts. */
import * as z from 'zod/mini';
import { ProviderError } from '../core/errors';
import type { TokenCounts, UsageReport } from '../core/reading';
import { SECOND_MS } from '../core/time';
import { DOLLARS_TO_MICROS } from './decimal';
import { Count, Name, type Query } from './pages';
import type { ReadContext } from './provider';
import { readCosts, readTokens, type AskedSpan } from './reports';

const NullableName = z.optional(z.nullable(Name));
const NullableCount = z.optional(z.nullable(Count));

const CostResult = z.object({
  /** Dollars; a number by the documents, met as a string too. */
  amount: z.object({ value: z.union([z.number(), z.string()]), currency: z.string().check(z.regex(/^[A-Za-z]{3}$/)) }),
  line_item: NullableName,
  project_id: NullableName,
});
const TokenResult = z.object({
  /** Holds the cached and the written part, and all of text, audio and image. Every result has it; its parts are optional. */
  input_tokens: Count,
  input_cached_tokens: NullableCount,
  input_cache_write_tokens: NullableCount,
  output_tokens: Count,
  num_model_requests: Count,
  project_id: NullableName,
  model: NullableName,
});

const bucketOf = <R>(result: z.ZodMiniType<R>) => z.pipe(
  z.object({ start_time: z.int(), results: z.array(result) }),
  z.transform(({ start_time, results }) => ({ startAt: start_time * SECOND_MS, results })),
);

const ask = ({ fromAt, toAt, width, limit }: AskedSpan, groupBy: readonly string[]): Query =>
  ({ start_time: fromAt / SECOND_MS, end_time: toAt / SECOND_MS, bucket_width: width, limit, 'group_by[]': groupBy });

export const readOpenaiCosts = (context: ReadContext): Promise<UsageReport> => readCosts(context, {
  path: '/organization/costs',
  query: span => ask(span, ['line_item', 'project_id']),
  bucket: bucketOf(CostResult),
  row: ({ amount, line_item, project_id }) => ({
    model: modelOf(line_item ?? ''), project: project_id ?? null,
    amount: { value: amount.value, currency: amount.currency.toUpperCase(), field: 'amount.value' },
  }),
}, DOLLARS_TO_MICROS);

export const readOpenaiTokens = (context: ReadContext): Promise<UsageReport> => readTokens(context, {
  path: '/organization/usage/completions',
  query: span => ask(span, ['model', 'project_id']),
  bucket: bucketOf(TokenResult),
  row: result => ({ model: result.model ?? null, project: result.project_id ?? null, tokens: toCounts(result), requests: result.num_model_requests }),
});

/** "gpt-5.1-2026-05-01, cached input" names a model before its comma. The text is no contract: anything else is of no known model. */
function modelOf(lineItem: string): string | null {
  return /^([^,]+), (?:\w+ )*(?:input|output)$/i.exec(lineItem)?.[1] ?? null;
}

/** The uncached part is the rest: older answers do not give it, and the parts must make what the vendor counts. */
function toCounts(result: z.infer<typeof TokenResult>): TokenCounts {
  const cacheRead = result.input_cached_tokens ?? null;
  const cacheWrite = result.input_cache_write_tokens ?? null;
  const input = result.input_tokens - (cacheRead ?? 0) - (cacheWrite ?? 0);
  if (input < 0) throw new ProviderError('changed', 'The answer counts more cached tokens than input tokens.');
  return { input, cacheRead, cacheWrite, output: result.output_tokens, reasoning: null };
}
