import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { noPrices } from '../../../src/core/pricing';
import type { UsageReport } from '../../../src/core/reading';
import { JsLine } from '../../../src/engine/logs/bytesJs';
import { LogScanner } from '../../../src/engine/logs/logScanner';
import type { LogScannerOptions, ScanOptions } from '../../../src/engine/logs/scanOptions';
import type { LineFormat, LogFile, LogParser, LogSink, LogSource } from '../../../src/providers/logSource';
import type { LogScan, Machine, Provider } from '../../../src/providers/provider';
import { writeSqlite } from '../../support/nodeSqlite';

/** A throw-away home folder. */
export class TestHome {
  readonly dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quota-logs-')));
  readonly machine: Machine = { home: this.dir, platform: 'linux', env: {} };
  readonly stateDir = path.join(this.dir, 'state');

  write(file: string, content: string | Uint8Array): string {
    const full = path.join(this.dir, file);
    fs.mkdirSync(path.dirname(full), { recursive: true });
    fs.writeFileSync(full, content);
    return full;
  }

  /** Each line with its newline. */
  lines(file: string, ...lines: readonly string[]): string {
    return this.write(file, lines.map(line => `${line}\n`).join(''));
  }

  append(file: string, content: string | Uint8Array): void {
    fs.appendFileSync(path.join(this.dir, file), content);
  }

  /** Does some statements to a database, which is made if it is not there. */
  database(file: string, statements: readonly string[]): string {
    const full = path.join(this.dir, file);
    fs.mkdirSync(path.dirname(full), { recursive: true });
    const db = writeSqlite(full);
    for (const statement of ['PRAGMA synchronous=OFF', ...statements]) db.exec(statement);
    db.close();
    return full;
  }

  scanner(provider: Provider, options: Partial<LogScannerOptions> = {}): LogScanner {
    const { logs } = provider;
    if (logs === undefined) throw new Error(`${provider.info.id} has no logs`);
    return new LogScanner({ source: logs, machine: this.machine, home: undefined, stateDir: null, zone: 'UTC', prices: noPrices, help: null, log: () => undefined, ...options });
  }

  /** A scan by a scanner of its own, as after a restart. */
  async scan(provider: Provider, options: Parameters<TestHome['scanner']>[1] & ScanOptions = {}): Promise<LogScan> {
    const scanner = this.scanner(provider, options);
    try {
      return await scanner.scan(options);
    } finally {
      scanner.dispose();
    }
  }

  remove(): void {
    fs.rmSync(this.dir, { recursive: true, force: true });
  }
}

export interface Sum { input: number; cacheRead: number; cacheWrite: number; output: number; reasoning: number; requests: number }

/** The first form of a source, which is told by lines. */
export function lineFormat({ formats: [format] }: LogSource): LineFormat {
  if (format?.kind !== 'lines') throw new Error('it is not told by lines');
  return format;
}

/** A file that a parser is told to read; nothing is near it. */
export const someFile: LogFile = { path: '/home/dev/log', modifiedAt: Date.UTC(2026, 9, 31), near: () => null };

/** Hands lines to a parser as the engine does: those that are no JSON are damaged. */
export function tellLine({ fields }: LineFormat, parser: LogParser, text: string, sink: LogSink): void {
  const line = JsLine.parse(text, fields);
  if (line === null) sink.damaged();
  else parser.line(line, sink);
}

/** All buckets of a report together. */
export function total({ buckets }: UsageReport): Sum {
  const sum: Sum = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0, requests: 0 };
  for (const { tokens, requests } of buckets) {
    sum.requests += requests ?? 0;
    for (const part of ['input', 'cacheRead', 'cacheWrite', 'output', 'reasoning'] as const) sum[part] += tokens?.[part] ?? 0;
  }
  return sum;
}

interface ClaudeParts {
  readonly id?: string | null; readonly request?: string | null; readonly at?: string; readonly model?: string; readonly type?: string;
  readonly input?: number; readonly read?: number; readonly write?: number; readonly oneHour?: number; readonly output?: number;
  readonly cwd?: string; readonly extra?: object; readonly usage?: object;
}

/** An assistant's line of a Claude Code log. */
export function claudeLine({
  id = 'msg_1', request = 'req_1', at = '2026-10-31T10:05:00.000Z', model = 'claude-sonnet-4-5-20250929', type = 'assistant',
  input = 10, read = 0, write = 0, oneHour = 0, output = 100, cwd = '/home/dev/app', extra = {}, usage = {},
}: ClaudeParts = {}): string {
  return JSON.stringify({
    cwd, sessionId: 'session', version: '2.1.3',
    message: {
      ...(id !== null && { id }), role: 'assistant', model, content: [{ type: 'text', text: 'naïve ✅' }],
      usage: {
        input_tokens: input, cache_creation_input_tokens: write, cache_read_input_tokens: read,
        cache_creation: { ephemeral_5m_input_tokens: write - oneHour, ephemeral_1h_input_tokens: oneHour }, output_tokens: output, service_tier: 'standard', ...usage,
      },
    },
    ...(request !== null && { requestId: request }), type, timestamp: at, ...extra,
  });
}

/** Input, cached, output, reasoning. */
export type Usage = readonly [input: number, cached: number, output: number, reasoning: number];
const codexUsage = ([input, cached, output, reasoning]: Usage): object =>
  ({ input_tokens: input, cached_input_tokens: cached, output_tokens: output, reasoning_output_tokens: reasoning, total_tokens: input + output });

/** Lines of a Codex rollout log. */
export const codexLine = {
  meta: (at: string, payload: object = {}): string =>
    JSON.stringify({ timestamp: at, type: 'session_meta', payload: { id: 'session-1', timestamp: at, cwd: '/home/dev/app', source: 'cli', ...payload } }),
  turn: (at: string, model = 'gpt-5.1-codex', payload: object = {}): string =>
    JSON.stringify({ timestamp: at, type: 'turn_context', payload: { cwd: '/home/dev/app', model, ...payload } }),
  event: (at: string, payload: object): string => JSON.stringify({ timestamp: at, type: 'event_msg', payload }),
  tokens: (at: string, total: Usage | null, last: Usage | null, limits: object | null = null): string => JSON.stringify({
    timestamp: at, type: 'event_msg',
    payload: {
      type: 'token_count', rate_limits: limits,
      info: total === null && last === null ? null : { ...(total && { total_token_usage: codexUsage(total) }), ...(last && { last_token_usage: codexUsage(last) }) },
    },
  }),
};
