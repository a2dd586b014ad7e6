/** OpenAI's organization API as the vendor's documents tell it: costs, completions usage, spend limit. */
import { page, type AskedReport } from './paging';
import type { Answer, SeenRequest } from './server';
import { decimal, groupCells, hourCells, HOUR_MS, type WorldOptions } from './world';

/** 'no-scope': an admin key that may not read usage. */
export type OpenaiKey = 'admin' | 'project' | 'no-scope';

export const openaiWorld = (seed: number): WorldOptions => ({
  seed, scale: 60_000, projects: ['proj_web', 'proj_batch'],
  models: [
    { name: 'gpt-5.1-2026-05-01', input: 1_250_000, cacheRead: 125_000, output: 10_000_000 },
    { name: 'gpt-5-mini-2025-08-07', input: 250_000, cacheRead: 25_000, output: 2_000_000 },
  ],
});

/** Until a cost is on the bill; usage comes within minutes. */
export const COST_LAG_MS = 2 * HOUR_MS;
const USAGE_LAG_MS = 300_000;

export interface OpenaiOptions {
  readonly seed: number;
  readonly keys: Readonly<Record<string, OpenaiKey>>;
  readonly pageSize: number | null;
  /** US cents; null: none is set up. */
  readonly spendLimitCents: number | null;
}

export function answerOpenai({ seed, keys, pageSize, spendLimitCents }: OpenaiOptions): (request: SeenRequest, now: number) => Answer {
  const world = openaiWorld(seed);
  return (request, now) => {
    const { path, query, headers } = request;
    const key = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    const kind = keys[key];
    if (kind === undefined) return failure(401, `Incorrect API key provided: ${key}.`, 'invalid_api_key');
    if (kind !== 'admin') return failure(kind === 'project' ? 401 : 403, 'You have insufficient permissions for this operation. Missing scopes: api.usage.read.', null);
    if (path === '/organization/spend_limit') {
      return spendLimitCents === null ? failure(404, 'No spend limit is set up.', null) : ok({
        object: 'organization.spend_limit', threshold_amount: spendLimitCents, currency: 'USD', interval: 'month', enforcement: { status: 'enforcing' },
      });
    }
    const isCosts = path === '/organization/costs';
    if (!isCosts && path !== '/organization/usage/completions') return failure(404, 'Unknown request URL.', 'unknown_url');
    const fromAt = Number(query.get('start_time') ?? NaN) * 1000;
    const toAt = query.has('end_time') ? Number(query.get('end_time')) * 1000 : now;
    const asked = page(request, fromAt, toAt, pageSize, isCosts ? ['1d'] : ['1m', '1h', '1d'], isCosts ? 180 : undefined);
    if (typeof asked === 'string') return failure(400, asked, null);
    const by = query.getAll('group_by[]');
    return ok(isCosts ? costs(asked, by, now) : usage(asked, by, now));
  };

  function costs({ spanMs, starts, has_more, next_page }: AskedReport, by: readonly string[], now: number) {
    const cells = hourCells(world, starts[0] ?? 0, (starts.at(-1) ?? 0) + spanMs, now - COST_LAG_MS);
    const rows = groupCells(cells, spanMs, { model: by.includes('line_item'), project: by.includes('project_id') });
    return paged(starts, spanMs, has_more, next_page, startAt => rows.filter(row => row.startAt === startAt).map(({ model, project, picos }) => ({
      object: 'organization.costs.result', amount: { value: Number(decimal(picos, 12)), currency: 'usd' },
      line_item: model === null ? null : `${model}, input`, project_id: project, api_key_id: null, quantity: null, quantity_unit: null,
    })));
  }

  function usage({ spanMs, starts, has_more, next_page }: AskedReport, by: readonly string[], now: number) {
    const cells = hourCells(world, starts[0] ?? 0, (starts.at(-1) ?? 0) + spanMs, now - USAGE_LAG_MS);
    const rows = groupCells(cells, spanMs, { model: by.includes('model'), project: by.includes('project_id') });
    return paged(starts, spanMs, has_more, next_page, startAt => rows.filter(row => row.startAt === startAt).map(row => ({
      object: 'organization.usage.completions.result',
      input_tokens: row.input + row.cacheRead + row.cacheWrite,
      input_uncached_tokens: row.input, input_cached_tokens: row.cacheRead, input_cache_write_tokens: row.cacheWrite,
      input_text_tokens: row.input, input_audio_tokens: 0, output_tokens: row.output, output_text_tokens: row.output, output_audio_tokens: 0,
      num_model_requests: row.requests, project_id: row.project, user_id: null, api_key_id: null, model: row.model, batch: null, service_tier: null,
    })));
  }
}

const paged = (starts: readonly number[], spanMs: number, has_more: boolean, next_page: string | null, results: (startAt: number) => unknown[]) => ({
  object: 'page',
  data: starts.map(startAt => ({ object: 'bucket', start_time: startAt / 1000, end_time: (startAt + spanMs) / 1000, results: results(startAt) })),
  has_more, next_page,
});

const RATE_LIMIT = { 'x-ratelimit-limit-requests': '60', 'x-ratelimit-remaining-requests': '59' };
const ok = (body: unknown): Answer => ({ status: 200, body, headers: RATE_LIMIT });
const failure = (status: number, message: string, code: string | null): Answer =>
  ({ status, body: { error: { message, type: 'invalid_request_error', param: null, code } } });
