/** Sample logs of Claude Code and Codex with times of today, so that every card shows something. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chance, DAY_MS, HOUR_MS } from './world';

const DAYS = 14;
const SEED = 11;
const PROJECTS = ['/home/dev/storefront', '/home/dev/billing-api', '/home/dev/handbook'];
/** How many hours ago the sessions of the last day, and of each day before it, began. */
const SESSION_HOURS = [0.6, 2.1, 3.9, 6.2, 8.5, 13, 19.4, 22];
/** The last one has no known price. */
const CLAUDE_MODELS = ['claude-opus-4-8', 'claude-opus-4-8', 'claude-sonnet-4-6', 'claude-haiku-4-5', 'claude-saga-preview'];
const CODEX_MODELS = ['gpt-5.6-sol', 'gpt-5.5'];

const id = (...words: readonly (string | number)[]): string => createHash('sha256').update(words.join(' ')).digest('hex');
const uuid = (...words: readonly (string | number)[]): string => id(...words).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
const iso = (at: number): string => new Date(at).toISOString();
const pick = <T>(list: readonly T[], luck: number): T => list[Math.floor(luck * list.length)] as T;

interface Session {
  readonly key: string;
  readonly startAt: number;
  readonly project: string;
  readonly model: string;
  /** Instants of its responses, none in the future. */
  readonly turns: readonly number[];
}

function sessions(tool: string, models: readonly string[], now: number): Session[] {
  return Array.from({ length: DAYS }, (_, day) => SESSION_HOURS.map((hour, i) => ({ day, hour, key: `${tool} ${day} ${i}` }))).flat()
    .filter(({ day, key }) => day === 0 || chance(SEED, 'session', key) < 0.6)
    .map(({ day, hour, key }) => {
      const startAt = Math.floor(now - day * DAY_MS - hour * HOUR_MS);
      const turns = Array.from({ length: 6 + Math.floor(chance(SEED, 'turns', key) * 24) }, (_, turn) => startAt + turn * 95_000).filter(at => at < now);
      return { key, startAt, project: pick(PROJECTS, chance(SEED, 'project', key)), model: pick(models, chance(SEED, 'model', key)), turns };
    });
}

/** Writes `.claude/projects` and `.claude.json` below `home`. */
export function writeClaude(home: string, now: number): void {
  for (const { key, project, model, turns } of sessions('claude', CLAUDE_MODELS, now)) {
    const sessionId = uuid('session', key);
    const lines = turns.flatMap((at, turn) => {
      const size = chance(SEED, 'size', key, turn);
      const cacheWrite = Math.floor(size * 5200);
      const line = (uuidOf: string, output: number) => JSON.stringify({
        type: 'assistant', timestamp: iso(at), sessionId, uuid: uuidOf, requestId: `req_${id('request', key, turn).slice(0, 24)}`, version: '2.1.284', cwd: project,
        gitBranch: 'main', isSidechain: false,
        message: {
          id: `msg_${id('message', key, turn).slice(0, 24)}`, role: 'assistant', model, content: [],
          usage: {
            input_tokens: 4 + Math.floor(size * 30), output_tokens: output, cache_creation_input_tokens: cacheWrite, cache_read_input_tokens: 18_000 + turn * 2600,
            cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: 0 }, service_tier: 'standard',
          },
        },
      });
      // One response stands in the log once per block of its content, first with a placeholder.
      return [line(uuid('block', key, turn), 1), line(uuid('last block', key, turn), 120 + Math.floor(size * 1400))];
    });
    write(path.join(home, '.claude', 'projects', project.replaceAll('/', '-'), `${sessionId}.jsonl`), `${lines.join('\n')}\n`);
  }
  const accountUuid = uuid('account');
  const session = iso(now + 2 * HOUR_MS + 13 * 60_000);
  const week = iso(now + 4 * DAY_MS + 5 * HOUR_MS);
  const limit = (kind: string, percent: number, resets_at: string, scope: unknown = null) =>
    ({ kind, group: kind === 'session' ? 'session' : 'weekly', percent, severity: 'normal', resets_at, scope, is_active: false });
  write(path.join(home, '.claude.json'), JSON.stringify({
    oauthAccount: {
      accountUuid, emailAddress: 'dev@example.org', organizationUuid: uuid('organization'), organizationName: 'Example GmbH',
      organizationType: 'claude_max', organizationRateLimitTier: 'default_claude_max_5x',
    },
    cachedUsageUtilization: {
      fetchedAtMs: now - 4 * 60_000, accountUuid,
      utilization: {
        five_hour: { utilization: 46, resets_at: session }, seven_day: { utilization: 39, resets_at: week },
        limits: [
          limit('session', 46, session), limit('weekly_all', 39, week),
          limit('weekly_scoped', 69, week, { model: { id: null, display_name: 'Fable' }, surface: null }),
        ],
      },
    },
  }));
}

/** Writes `.codex/sessions` below `home`. */
export function writeCodex(home: string, now: number): void {
  for (const { key, startAt, project, model, turns } of sessions('codex', CODEX_MODELS, now)) {
    const session = uuid('rollout', key);
    const total = { input_tokens: 0, cached_input_tokens: 0, cache_write_input_tokens: 0, output_tokens: 0, reasoning_output_tokens: 0, total_tokens: 0 };
    const lines: unknown[] = [
      { timestamp: iso(startAt), type: 'session_meta', payload: { id: session, timestamp: iso(startAt), cwd: project, originator: 'codex_cli_rs', cli_version: '0.153.4', source: 'cli', model_provider: 'openai' } },
      { timestamp: iso(startAt), type: 'turn_context', payload: { cwd: project, model, effort: 'medium' } },
    ];
    for (const [turn, at] of turns.entries()) {
      const input = 9000 + turn * 1500 + Math.floor(chance(SEED, 'input', key, turn) * 4000);
      const cached = Math.floor(input * 0.85);
      const output = 150 + Math.floor(chance(SEED, 'output', key, turn) * 900);
      const last = {
        input_tokens: input, cached_input_tokens: cached, cache_write_input_tokens: 0, output_tokens: output,
        reasoning_output_tokens: Math.floor(output / 2), total_tokens: input + output,
      };
      for (const part of Object.keys(total) as (keyof typeof total)[]) total[part] += last[part];
      lines.push({
        timestamp: iso(at), type: 'event_msg',
        payload: {
          type: 'token_count', info: { total_token_usage: { ...total }, last_token_usage: last, model_context_window: 400_000 },
          rate_limits: {
            limit_id: 'codex', limit_name: null, plan_type: 'plus', rate_limit_reached_type: null, secondary: null,
            primary: { used_percent: 23, window_minutes: 10_080, resets_at: Math.floor((now + 3 * DAY_MS + 4 * HOUR_MS) / 1000) },
            credits: { has_credits: false, unlimited: false, balance: '0' },
          },
        },
      });
    }
    const day = iso(startAt).slice(0, 10);
    const name = `rollout-${iso(startAt).slice(0, 19).replaceAll(':', '-')}-${session}.jsonl`;
    write(path.join(home, '.codex', 'sessions', ...day.split('-'), name), `${lines.map(line => JSON.stringify(line)).join('\n')}\n`);
  }
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
