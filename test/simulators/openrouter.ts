/** OpenRouter's account API as the vendor's documents tell it: key, credits, activity, keys. */
import type { Answer, SeenRequest } from './server';
import { costOf, DAY_MS, decimal, groupCells, hourCells, type WorldOptions } from './world';

/** 'inference-zeros': an inference key that gets zeros from `/credits` instead of a 403, as was seen. */
export type OpenrouterKey = 'inference' | 'inference-zeros' | 'management';

export const openrouterWorld = (seed: number): WorldOptions => ({
  seed, scale: 15_000, projects: [null],
  models: [
    { name: 'anthropic/claude-sonnet-4.6', input: 3_000_000, cacheRead: 300_000, output: 15_000_000 },
    { name: 'google/gemini-3-flash', input: 300_000, cacheRead: 30_000, output: 2_500_000 },
    { name: 'moonshotai/kimi-k3', input: 600_000, cacheRead: 60_000, output: 2_500_000 },
  ],
});

export interface OpenrouterOptions {
  readonly seed: number;
  readonly keys: Readonly<Record<string, OpenrouterKey>>;
  /** Dollars; null: no limit on the key. */
  readonly limit: { readonly amount: number; readonly remaining: number; readonly reset: string | null } | null;
  /** Dollars ever bought. */
  readonly credits: number;
  readonly keyCount: number;
}

const KEYS_PER_PAGE = 100;

export function answerOpenrouter({ seed, keys, limit, credits, keyCount }: OpenrouterOptions): (request: SeenRequest, now: number) => Answer {
  const world = openrouterWorld(seed);
  const spend = (fromAt: number, now: number): bigint => hourCells(world, fromAt, now, now).reduce((sum, cell) => sum + costOf(cell), 0n);

  return ({ path, query, headers }, now) => {
    const kind = keys[/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? ''];
    if (kind === undefined) return failure(401, 'No auth credentials found');
    const today = Math.floor(now / DAY_MS) * DAY_MS;
    const month = Date.UTC(new Date(now).getUTCFullYear(), new Date(now).getUTCMonth(), 1);
    const isManagement = kind === 'management';
    const usage = (fromAt: number) => (isManagement ? 0 : Number(decimal(spend(fromAt, now), 12)));
    if (path === '/key') {
      return ok({ data: {
        label: 'sk-or-v1-au7...890', limit: limit?.amount ?? null, limit_remaining: limit?.remaining ?? null, limit_reset: limit?.reset ?? null,
        include_byok_in_limit: false, usage: usage(month), usage_daily: usage(today), usage_weekly: usage(today - 6 * DAY_MS), usage_monthly: usage(month),
        byok_usage: 7, byok_usage_daily: 7, byok_usage_weekly: 7, byok_usage_monthly: 7, is_free_tier: false,
        is_management_key: isManagement, is_provisioning_key: isManagement, creator_user_id: null, expires_at: null,
        rate_limit: { requests: -1, interval: '10s', note: 'This field is deprecated and safe to ignore.' },
      } });
    }
    if (path === '/credits' && kind === 'inference-zeros') return ok({ data: { total_credits: 0, total_usage: 0 } });
    if (!['/credits', '/activity', '/keys'].includes(path)) return failure(404, 'Not found');
    if (!isManagement) return failure(403, 'Only management keys can perform this operation');
    if (path === '/credits') return ok({ data: { total_credits: credits, total_usage: Number(decimal(spend(today - 60 * DAY_MS, now), 12)) } });
    if (path === '/activity') {
      const rows = groupCells(hourCells(world, today - 30 * DAY_MS, today, now), DAY_MS, { model: true, project: false });
      return ok({ data: rows.map(row => ({
        date: new Date(row.startAt).toISOString().slice(0, 10), model: row.model, model_permaslug: row.model, endpoint_id: '550e8400-e29b-41d4-a716-446655440000',
        provider_name: 'Simulated', usage: Number(decimal(row.picos, 12)), byok_usage_inference: 7, requests: row.requests,
        prompt_tokens: row.input + row.cacheRead + row.cacheWrite, completion_tokens: row.output, reasoning_tokens: Math.floor(row.output / 2),
      })) });
    }
    const offset = Number(query.get('offset') ?? 0);
    const share = (fromAt: number, i: number) => Number(decimal(spend(fromAt, now) / BigInt(keyCount) + (i === 0 ? spend(fromAt, now) % BigInt(keyCount) : 0n), 12));
    return ok({ data: Array.from({ length: keyCount }, (_, i) => i).slice(offset, offset + KEYS_PER_PAGE).map(i => ({
      hash: i.toString(16).padStart(64, '0'), name: `key ${i}`, label: 'sk-or-v1-au7...890', disabled: false, limit: null, limit_remaining: null, limit_reset: null,
      include_byok_in_limit: false, usage: share(month, i), usage_daily: share(today, i), usage_weekly: share(today, i), usage_monthly: share(month, i),
      byok_usage: 7, created_at: '2026-01-01T00:00:00Z', updated_at: null, expires_at: null,
    })) });
  };
}


const ok = (body: unknown): Answer => ({ status: 200, body });
const failure = (code: number, message: string): Answer => ({ status: code, body: { error: { code, message } } });
