/** Anthropic's Admin API as the vendor's documents tell it: cost report, usage report, organisation. */
import { page, type AskedReport } from './paging';
import type { Answer, SeenRequest } from './server';
import { decimal, groupCells, hourCells, HOUR_MS, type WorldOptions } from './world';

/** 'workspace': a key that is limited to one. */
export type AnthropicKey = 'admin' | 'workspace';

export const anthropicWorld = (seed: number): WorldOptions => ({
  seed, scale: 24_000, projects: [null, 'wrkspc_01JwQvzr7rXLA5AGx3HKfFUJ'],
  models: [
    { name: 'claude-opus-4-8', input: 5_000_000, cacheRead: 500_000, output: 25_000_000 },
    { name: 'claude-sonnet-4-6', input: 3_000_123, cacheRead: 300_012, output: 15_000_617 },
  ],
});

const COST_LAG_MS = 2 * HOUR_MS;
const USAGE_LAG_MS = 300_000;

export interface AnthropicOptions {
  readonly seed: number;
  readonly keys: Readonly<Record<string, AnthropicKey>>;
  readonly pageSize: number | null;
  readonly organization: string;
}

export function answerAnthropic({ seed, keys, pageSize, organization }: AnthropicOptions): (request: SeenRequest, now: number) => Answer {
  const world = anthropicWorld(seed);
  return (request, now) => {
    const { path, query, headers } = request;
    if (headers['anthropic-version'] !== '2023-06-01') return failure(400, 'invalid_request_error', 'anthropic-version: header is required');
    const key = headers['x-api-key']?.toString() ?? /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    const kind = keys[key];
    if (kind === undefined) return failure(401, 'authentication_error', 'invalid x-api-key');
    if (kind === 'workspace') return failure(403, 'permission_error', 'This key is limited to a workspace.');
    if (path === '/v1/organizations/me') return ok({ id: '12345678-1234-4234-8234-123456789abc', type: 'organization', name: organization });
    const isCosts = path === '/v1/organizations/cost_report';
    if (!isCosts && path !== '/v1/organizations/usage_report/messages') return failure(404, 'not_found_error', 'Not found');
    const fromAt = Date.parse(query.get('starting_at') ?? '');
    const toAt = query.has('ending_at') ? Date.parse(query.get('ending_at') ?? '') : now;
    const asked = page(request, fromAt, toAt, pageSize, isCosts ? ['1d'] : ['1m', '1h', '1d']);
    if (typeof asked === 'string') return failure(400, 'invalid_request_error', asked);
    const by = query.getAll('group_by[]');
    return ok(isCosts ? costs(asked, by, now) : usage(asked, by, now));
  };

  function costs({ spanMs, starts, has_more, next_page }: AskedReport, by: readonly string[], now: number) {
    const cells = hourCells(world, starts[0] ?? 0, (starts.at(-1) ?? 0) + spanMs, now - COST_LAG_MS);
    const rows = groupCells(cells, spanMs, { model: by.includes('description'), project: by.includes('workspace_id') });
    return paged(starts, spanMs, has_more, next_page, startAt => rows.filter(row => row.startAt === startAt).map(({ model, project, picos }) => ({
      // Picodollars are 1e-10 cents.
      amount: decimal(picos, 10), currency: 'USD', cost_type: model && 'tokens', description: model && `${model} Usage`, model,
      token_type: model && 'uncached_input_tokens', service_tier: model && 'standard', context_window: null, inference_geo: null, workspace_id: project,
    })));
  }

  function usage({ spanMs, starts, has_more, next_page }: AskedReport, by: readonly string[], now: number) {
    const cells = hourCells(world, starts[0] ?? 0, (starts.at(-1) ?? 0) + spanMs, now - USAGE_LAG_MS);
    const rows = groupCells(cells, spanMs, { model: by.includes('model'), project: by.includes('workspace_id') });
    return paged(starts, spanMs, has_more, next_page, startAt => rows.filter(row => row.startAt === startAt).map(row => ({
      uncached_input_tokens: row.input, cache_read_input_tokens: row.cacheRead,
      cache_creation: { ephemeral_5m_input_tokens: row.cacheWrite - Math.floor(row.cacheWrite / 5), ephemeral_1h_input_tokens: Math.floor(row.cacheWrite / 5) },
      output_tokens: row.output, server_tool_use: { web_search_requests: 0 }, api_key_id: null, workspace_id: row.project, model: row.model,
      service_tier: null, context_window: null, inference_geo: null, account_id: null, service_account_id: null,
    })));
  }
}

const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

const paged = (starts: readonly number[], spanMs: number, has_more: boolean, next_page: string | null, results: (startAt: number) => unknown[]) =>
  ({ data: starts.map(startAt => ({ starting_at: iso(startAt), ending_at: iso(startAt + spanMs), results: results(startAt) })), has_more, next_page });

const ok = (body: unknown): Answer => ({ status: 200, body, headers: { 'anthropic-ratelimit-requests-limit': '60', 'anthropic-ratelimit-requests-remaining': '59' } });
const failure = (status: number, type: string, message: string): Answer => ({ status, body: { type: 'error', error: { type, message }, request_id: 'req_sim' } });
