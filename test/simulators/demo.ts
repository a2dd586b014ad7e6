/** What `npm start -- --demo` and the pictures show: simulated vendors and sample logs, without any account. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeClaude, writeCodex } from './demoLogs';
import { startSimulator, type Simulator } from './index';
import { COST_LAG_MS, openaiWorld } from './openai';
import { openrouterWorld } from './openrouter';
import { costOf, hourCells, type WorldOptions } from './world';

/** The share of its spend limit that the OpenAI account has used: a warning. */
const SPEND_SHARE = 0.78;
/** The share of its limit that the OpenRouter key has used: critical. */
const KEY_SHARE = 0.94;
/** Dollars that people choose as limits. */
const ROUND_LIMITS = [1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 80, 90, 100, 120, 150, 200];
const SEEDS = 400;

export interface Demo {
  readonly env: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

/** @param home an empty throw-away folder; `env.QUOTA_MONITOR_DEMO` names the file of accounts in it. */
export async function startDemo({ home, now = Date.now }: { readonly home: string; readonly now?: () => number }): Promise<Demo> {
  writeClaude(home, now());
  writeCodex(home, now());

  const budget = limited(openaiWorld, SPEND_SHARE, now(), COST_LAG_MS);
  const key = limited(openrouterWorld, KEY_SHARE, now(), 0);
  const [openai, anthropic, side, busy] = await Promise.all([
    startSimulator('openai', { now, seed: budget.seed, keys: { 'sk-admin-demo': 'admin' }, spendLimitCents: Math.round(budget.limit * 100) }),
    startSimulator('anthropic', { now, seed: 5, keys: { 'sk-ant-admin01-demo': 'admin' }, organization: 'Example GmbH' }),
    startSimulator('openrouter', {
      now, seed: key.seed, keys: { 'sk-or-v1-demo': 'inference' },
      limit: { amount: key.limit, remaining: Math.round((key.limit - key.spent) * 100) / 100, reset: 'monthly' },
    }),
    startSimulator('openrouter', {
      now, keys: { 'sk-or-v1-busy': 'management' }, faults: { '*': { kind: 'status', status: 429, headers: { 'retry-after': '1800' } } },
    }),
  ]);
  const simulators: readonly Simulator[] = [openai, anthropic, side, busy];
  const accounts = [
    { providerId: 'claude', alias: 'Claude', options: { home: path.join(home, '.claude') } },
    { providerId: 'codex', alias: 'Codex', options: { home: path.join(home, '.codex') } },
    { providerId: 'openai', alias: 'OpenAI', options: { baseUrl: openai.baseUrl }, secret: 'sk-admin-demo' },
    { providerId: 'anthropic', alias: 'Anthropic', options: { baseUrl: anthropic.baseUrl }, secret: 'sk-ant-admin01-demo' },
    { providerId: 'openrouter', alias: 'Side project', options: { baseUrl: side.baseUrl }, secret: 'sk-or-v1-demo' },
    { providerId: 'openrouter', alias: 'Team', options: { baseUrl: busy.baseUrl }, secret: 'sk-or-v1-busy' },
  ];
  const file = path.join(home, 'demo-accounts.json');
  writeFileSync(file, JSON.stringify(accounts, null, 2));
  return {
    env: { QUOTA_MONITOR_DEMO: file },
    settings: {},
    async close() {
      await Promise.all(simulators.map(simulator => simulator.close()));
    },
  };
}

/**
 * A world that has spent `share` of a round limit this month, to less than half a percent. Where there is none, as on the first
 * of a month, the limit is what makes it so.
 */
function limited(world: (seed: number) => WorldOptions, share: number, now: number, lagMs: number): { readonly seed: number; readonly spent: number; readonly limit: number } {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const spent = monthDollars(world(seed), now, lagMs);
    const limit = ROUND_LIMITS.find(dollars => Math.abs(spent / dollars - share) < 0.004);
    if (limit !== undefined) return { seed, spent, limit };
  }
  const spent = monthDollars(world(1), now, lagMs);
  return { seed: 1, spent, limit: Math.ceil(spent * 100 / share) / 100 + 0.01 };
}

/** What a simulated organization has spent this month, but for what is not told yet. */
function monthDollars(world: WorldOptions, now: number, lagMs: number): number {
  const monthAt = Date.UTC(new Date(now).getUTCFullYear(), new Date(now).getUTCMonth(), 1);
  return Number(hourCells(world, monthAt, now, now - lagMs).reduce((sum, cell) => sum + costOf(cell), 0n)) / 1e12;
}
