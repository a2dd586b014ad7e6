/** A snapshot with every state, kind of meter and kind of figure, as the engine would push it, and 30 days of usage to go with it. */
import type { Account } from '../../src/core/account';
import type { Failure } from '../../src/core/errors';
import { usd, type Money } from '../../src/core/money';
import type { DashboardResults, DashboardState } from '../../src/core/protocol';
import { Snapshot, type AccountView, type Figure, type MeterView, type ProviderInfo, type Sparkline, type UsageRow } from '../../src/core/snapshot';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/time';

/** Tue 10 Nov 2026, 14:05 in Berlin. */
export const SAMPLE_NOW = Date.UTC(2026, 10, 10, 13, 5);
export const SAMPLE_ZONE = 'Europe/Berlin';

/** Half a minute more than said, so that the words stay the same while a test runs. */
const inAWhile = (ms: number): number => SAMPLE_NOW + ms + MINUTE_MS / 2;

/** The same numbers on every run, 0 to 1. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const apiKey = (url: string, hint: string): ProviderInfo['credential'] => ({ kind: 'api-key', hint, url, example: 'sk-…' });
const provider = (id: string, name: string, summary: string, extra: Partial<ProviderInfo> = {}): ProviderInfo => ({
  id, name, summary, standing: 'official', credential: apiKey(`https://${id}.example/keys`, 'Admin key'), baseUrl: `https://api.${id}.example`,
  minIntervalMs: MINUTE_MS, defaultIntervalMs: 5 * MINUTE_MS, ...extra,
});
const local = (reads: string): Partial<ProviderInfo> => ({ standing: 'vendor-file', credential: { kind: 'local', reads }, baseUrl: null });

export const sampleProviders: readonly ProviderInfo[] = [
  provider('claude', 'Claude Code', 'Windows of the plan, tokens and their API equivalent from local logs', local('Token counts in ~/.claude/projects')),
  provider('codex', 'Codex', 'Rate limits and tokens from local logs', local('Token counts in ~/.codex/sessions')),
  provider('openrouter', 'OpenRouter', 'Credits, key limits and activity'),
  provider('openai', 'OpenAI', 'Costs and usage of the organization'),
  provider('anthropic', 'Anthropic', 'Cost and usage reports of the organization'),
];

export function sampleMeter(extra: Partial<MeterView> = {}): MeterView {
  return {
    id: 'five-hour', label: '5-hour window', kind: 'window', unit: 'percent', currency: null, used: 42, left: null,
    cap: { kind: 'limited', amount: 100 }, resetsAt: inAWhile(2 * HOUR_MS + 10 * MINUTE_MS), durationMs: 5 * HOUR_MS,
    trueAt: SAMPLE_NOW - 2 * MINUTE_MS, provenance: 'reported', standing: 'vendor-file', ratio: 0.42, level: 'ok', expired: false, ...extra,
  };
}

export function sampleFigure(extra: Partial<Figure> = {}): Figure {
  return {
    costs: [usd(3.21)], costKind: 'spent', costProvenance: 'billed', tokens: 1_234_567, tokenProvenance: 'billed', requests: 412, unpriced: [],
    dayZone: 'UTC', ...extra,
  };
}
const equivalent = (amount: number, tokens: number, extra: Partial<Figure> = {}): Figure => sampleFigure({
  costs: [usd(amount)], costKind: 'equivalent', costProvenance: 'estimated', tokens, tokenProvenance: 'measured', dayZone: SAMPLE_ZONE, ...extra,
});

export function sampleSparkline(extra: Partial<Sparkline> = {}, seed = 7): Sparkline {
  const next = noise(seed);
  let level = 0.1;
  const values = Array.from({ length: 24 }, (_, i) => {
    level = i % 9 === 0 ? 0.04 : Math.min(0.96, level + next() * 0.12);
    return i === 4 || i === 5 ? null : Math.round(level * 1000) / 1000;
  });
  return { label: '5-hour window, used %', unit: 'ratio', startAt: SAMPLE_NOW - DAY_MS, stepMs: HOUR_MS, values, ...extra };
}

export function sampleAccount(extra: Partial<AccountView> & Pick<Account, 'id'>): AccountView {
  return {
    providerId: 'claude', alias: 'Claude Code', options: {}, createdAt: SAMPLE_NOW - 40 * DAY_MS, providerName: 'Claude Code', standing: 'vendor-file',
    state: 'ok', identity: null, plan: null, meters: [], today: null, month: null, sparkline: null, takenAt: SAMPLE_NOW - 2 * MINUTE_MS,
    oldFigures: false, nextPollAt: SAMPLE_NOW + 3 * MINUTE_MS, refreshing: false, failure: null, notes: [], activity: null, unread: null, ...extra,
  };
}

const failure = (kind: Failure['kind'], message: string, retryAt: number | null): Failure => ({ kind, message, at: SAMPLE_NOW - MINUTE_MS, retryAt });
const money = (amount: number, unit = 'USD'): Money => ({ ...usd(amount), currency: unit });
const tokenLine = (seed: number): Sparkline => {
  const next = noise(seed);
  const values = Array.from({ length: 24 }, (_, i) => (i < 7 || i === 18 ? 0 : Math.round(next() * next() * 1_400_000)));
  return sampleSparkline({ label: 'tokens per hour', unit: 'tokens', values });
};

/** One account per state, over all five providers. */
export const sampleAccounts: readonly AccountView[] = [
  sampleAccount({
    id: 'claude-max', plan: 'Max', identity: 'dev@example.com', sparkline: sampleSparkline(),
    meters: [
      sampleMeter(),
      sampleMeter({ id: 'weekly', label: 'Weekly window, all models', used: 18, ratio: 0.18, resetsAt: inAWhile(4 * DAY_MS), durationMs: 7 * DAY_MS }),
      sampleMeter({ id: 'weekly-opus', label: 'Weekly window, Opus', used: null, ratio: null, resetsAt: null, durationMs: 7 * DAY_MS }),
    ],
    today: equivalent(12.4, 8_412_000), month: equivalent(241.03, 196_000_000, { unpriced: [{ model: 'claude-next-preview', tokens: 903_000 }] }),
  }),
  sampleAccount({
    id: 'codex-plus', providerId: 'codex', alias: 'Codex', providerName: 'Codex', plan: 'Plus', state: 'warning', sparkline: tokenLine(3), unread: { readShare: 0.37, stopped: false },
    meters: [
      sampleMeter({ id: 'primary', used: 76, ratio: 0.76, level: 'warning', trueAt: SAMPLE_NOW - 34 * MINUTE_MS }),
      sampleMeter({ id: 'secondary', label: 'Weekly window', used: 31, ratio: 0.31, resetsAt: inAWhile(2 * DAY_MS), trueAt: SAMPLE_NOW - 34 * MINUTE_MS }),
    ],
    today: equivalent(4.87, 3_120_000), month: equivalent(66.2, 41_000_000),
  }),
  sampleAccount({
    id: 'openrouter-work', providerId: 'openrouter', alias: 'OpenRouter work', providerName: 'OpenRouter', standing: 'official', state: 'critical',
    identity: 'key work-laptop', refreshing: true,
    meters: [
      sampleMeter({
        id: 'key-limit', label: 'Key limit', kind: 'limit', unit: 'micros', currency: 'USD', used: 46.9e6, cap: { kind: 'limited', amount: 50e6 },
        ratio: 0.938, level: 'critical', resetsAt: inAWhile(20 * DAY_MS), durationMs: null, standing: 'official',
      }),
      sampleMeter({
        id: 'credits', label: 'Credits', kind: 'balance', unit: 'micros', currency: 'USD', used: null, left: 3.1e6, cap: { kind: 'unknown' }, ratio: null,
        resetsAt: null, durationMs: null, standing: 'official',
      }),
    ],
    today: sampleFigure({ costs: [money(1.72)], tokens: 402_000 }), month: sampleFigure({ costs: [money(46.9)], tokens: 11_900_000 }),
  }),
  sampleAccount({
    id: 'openai-org', providerId: 'openai', alias: 'OpenAI org', providerName: 'OpenAI', standing: 'official', state: 'stale',
    identity: 'Example GmbH', takenAt: SAMPLE_NOW - 5 * HOUR_MS, oldFigures: true,
    failure: failure('unreachable', 'api.openai.com did not answer within 20 seconds.', SAMPLE_NOW + 9 * MINUTE_MS),
    meters: [sampleMeter({
      id: 'budget', label: 'Monthly budget', kind: 'budget', unit: 'micros', currency: 'USD', used: 84.1e6, cap: { kind: 'limited', amount: 200e6 }, ratio: 0.4205,
      resetsAt: inAWhile(20 * DAY_MS), durationMs: null, provenance: 'billed', standing: 'official', trueAt: SAMPLE_NOW - 5 * HOUR_MS,
    })],
    today: sampleFigure({ costs: [money(3.21)] }), month: sampleFigure({ costs: [money(84.1), money(12, 'EUR')], tokens: 61_500_000 }),
    notes: ['Today is billed in UTC days and can be some hours late.'],
  }),
  sampleAccount({
    id: 'anthropic-org', providerId: 'anthropic', alias: 'Anthropic org', providerName: 'Anthropic', standing: 'official', state: 'signed-out',
    takenAt: null, nextPollAt: null, failure: failure('wrong-key', 'This is a normal API key; costs need an admin key, which starts with sk-ant-admin.', null),
  }),
  sampleAccount({
    id: 'openrouter-home', providerId: 'openrouter', alias: 'OpenRouter home', providerName: 'OpenRouter', standing: 'official', state: 'error',
    takenAt: SAMPLE_NOW - 26 * HOUR_MS, oldFigures: true, failure: failure('changed', 'OpenRouter answered with something new: data.usage.', SAMPLE_NOW + 58 * MINUTE_MS),
    meters: [sampleMeter({
      id: 'credits', label: 'Credits', kind: 'balance', unit: 'micros', currency: 'USD', used: 21.4e6, cap: { kind: 'unlimited' }, ratio: null, resetsAt: null,
      durationMs: null, standing: 'official', trueAt: SAMPLE_NOW - 26 * HOUR_MS,
    })],
    today: sampleFigure({ costs: [], costProvenance: null, tokens: null, tokenProvenance: null, requests: null }),
    month: sampleFigure({ costs: [money(0)], tokens: 0 }),
  }),
  sampleAccount({
    id: 'claude-home', alias: 'Claude second login', state: 'stale', plan: 'Pro', takenAt: SAMPLE_NOW - 9 * HOUR_MS, oldFigures: true,
    meters: [sampleMeter({ used: 88, ratio: 0.88, level: 'warning', expired: true, resetsAt: SAMPLE_NOW - HOUR_MS, trueAt: SAMPLE_NOW - 9 * HOUR_MS })],
    sparkline: sampleSparkline({ values: Array.from({ length: 24 }, () => null) }),
    today: equivalent(0, 0), month: equivalent(0, 903_000_000, { costs: [], costProvenance: null, unpriced: [{ model: 'model-x', tokens: 903_000_000 }] }),
  }),
  sampleAccount({
    id: 'codex-new', providerId: 'codex', alias: 'Codex build server', providerName: 'Codex', state: 'waiting', takenAt: null, refreshing: true,
    nextPollAt: null,
  }),
];

/** Valid by the schema, or it throws. */
export function sampleSnapshot(extra: Partial<Snapshot> = {}): Snapshot {
  return Snapshot.parse({
    madeAt: SAMPLE_NOW, zone: SAMPLE_ZONE, warningRatio: 0.7, criticalRatio: 0.9, providers: [...sampleProviders], accounts: [...sampleAccounts],
    storeWarning: null, priceDate: '2026-09-23', ...extra,
  });
}

/** As many accounts as asked for, up to the most that are allowed: the sample ones again and again under other names. */
export function manyAccounts(count: number): AccountView[] {
  return Array.from({ length: count }, (_, i) => {
    const account = sampleAccounts[i % sampleAccounts.length] ?? sampleAccount({ id: 'a' });
    return { ...account, id: `${account.id}-${i}`, alias: `${account.alias} ${i + 1}`, sparkline: sampleSparkline({}, i + 1) };
  });
}

export function sampleState(extra: Partial<DashboardState> = {}): DashboardState {
  return { snapshot: sampleSnapshot(), engine: { state: 'running', message: null }, display: { locale: 'en-US', percent: 'used' }, ...extra };
}

const MODELS: readonly (readonly [provider: string, model: string | null, kind: UsageRow['costKind'], scale: number])[] = [
  ['claude', 'claude-opus-4-5', 'equivalent', 9], ['claude', 'claude-sonnet-4-5', 'equivalent', 4], ['claude', 'claude-next-preview', 'equivalent', 0],
  ['codex', 'gpt-5-codex', 'equivalent', 3], ['openrouter', 'qwen/qwen3-coder', 'spent', 1.4], ['openrouter', 'moonshotai/kimi-k2', 'spent', 0.8],
  ['openai', 'gpt-5', 'spent', 2.6], ['openai', 'gpt-5-mini', 'spent', 0.7], ['anthropic', null, 'spent', 1.9],
];

/** 30 days up to the sample's today; weekends are quiet, one model has no price. */
export function sampleUsage(days = 30): DashboardResults['usage'] {
  const next = noise(11);
  const dayAt = (i: number): Date => new Date(SAMPLE_NOW - (days - 1 - i) * DAY_MS);
  const key = (i: number): string => dayAt(i).toISOString().slice(0, 10);
  const rows = Array.from({ length: days }, (_, i) => MODELS.flatMap(([providerId, model, costKind, scale]): UsageRow[] => {
    const weekend = [0, 6].includes(dayAt(i).getUTCDay());
    const amount = (0.3 + next()) * scale * (weekend ? 0.15 : 1);
    if (weekend && next() < 0.4) return [];
    const unpriced = scale === 0;
    return [{
      day: key(i), accountId: sampleAccounts.find(account => account.providerId === providerId)?.id ?? providerId, providerId, model, project: null, tokens: model === null ? null : Math.round((amount + 0.2) * 310_000),
      requests: model === null ? null : Math.round(20 + amount * 30), cost: unpriced ? null : usd(amount), costKind,
      costProvenance: costKind === 'spent' ? 'billed' : 'estimated', unpriced, dayZone: costKind === 'spent' ? 'UTC' : SAMPLE_ZONE,
    }];
  })).flat();
  return { fromDay: key(0), toDay: key(days - 1), rows };
}
