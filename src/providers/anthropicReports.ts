/** Source and units: anthropic.ts. */
import * as z from 'zod/mini';
import type { UsageReport } from '../core/reading';
import { CENTS_TO_MICROS } from './decimal';
import { Count, Name, type Query } from './pages';
import type { ReadContext } from './provider';
import { readCosts, readTokens, type AskedSpan } from './reports';

/** Both reports are split by workspace, and there null means this one. */
const DEFAULT_WORKSPACE = 'Default workspace';

const NullableName = z.optional(z.nullable(Name));

const CostResult = z.object({
  /** Cents: "123.78912" is 1.2378912 dollars. */
  amount: z.string(),
  currency: z.string().check(z.regex(/^[A-Za-z]{3}$/)),
  /** Null for what no model did, such as code execution. */
  model: NullableName,
  workspace_id: NullableName,
});
const TokenResult = z.object({
  uncached_input_tokens: Count,
  cache_read_input_tokens: Count,
  cache_creation: z.object({ ephemeral_5m_input_tokens: Count, ephemeral_1h_input_tokens: Count }),
  output_tokens: Count,
  model: NullableName,
  workspace_id: NullableName,
});

const bucketOf = <R>(result: z.ZodMiniType<R>) => z.pipe(
  z.object({ starting_at: z.iso.datetime({ offset: true }), results: z.array(result) }),
  z.transform(({ starting_at, results }) => ({ startAt: Date.parse(starting_at), results })),
);

const rfc3339 = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

const ask = ({ fromAt, toAt, width, limit }: AskedSpan, groupBy: readonly string[]): Query =>
  ({ starting_at: rfc3339(fromAt), ending_at: rfc3339(toAt), bucket_width: width, limit, 'group_by[]': groupBy });

export const readAnthropicCosts = (context: ReadContext): Promise<UsageReport> => readCosts(context, {
  path: '/v1/organizations/cost_report',
  query: span => ask(span, ['workspace_id', 'description']),
  bucket: bucketOf(CostResult),
  row: ({ amount, currency, model, workspace_id }) => ({
    model: model ?? null, project: workspace_id ?? DEFAULT_WORKSPACE, amount: { value: amount, currency: currency.toUpperCase(), field: 'amount' },
  }),
}, CENTS_TO_MICROS);

/** The four parts of a result do not overlap; the vendor counts no requests. */
export const readAnthropicTokens = (context: ReadContext): Promise<UsageReport> => readTokens(context, {
  path: '/v1/organizations/usage_report/messages',
  query: span => ask(span, ['model', 'workspace_id']),
  bucket: bucketOf(TokenResult),
  row: result => ({
    model: result.model ?? null,
    project: result.workspace_id ?? DEFAULT_WORKSPACE,
    tokens: {
      input: result.uncached_input_tokens,
      cacheRead: result.cache_read_input_tokens,
      cacheWrite: result.cache_creation.ephemeral_5m_input_tokens + result.cache_creation.ephemeral_1h_input_tokens,
      output: result.output_tokens,
      reasoning: null,
    },
  }),
});
