import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { ProviderError, type FailureKind } from '../../src/core/errors';
import { Reading, type UsageReport } from '../../src/core/reading';
import { systemClock } from '../../src/core/time';
import { createHttp, type Http } from '../../src/engine/http/http';
import { makeGetJson } from '../../src/engine/http/getJson';
import { HttpError } from '../../src/providers/httpError';
import type { Provider, ReadContext } from '../../src/providers/provider';
import type { Simulator } from '../simulators';

export const NOW = Date.parse('2026-11-22T12:34:56Z');

export const fixture = (name: string): unknown => JSON.parse(readFileSync(path.join(__dirname, '../fixtures', name), 'utf8'));

const context = (now: number, getJson: ReadContext['getJson']): ReadContext => ({
  now, getJson, account: { id: 'one', options: {} }, machine: { home: '/', platform: 'linux', env: {} }, signal: new AbortController().signal,
  readFile: () => assert.fail('reads no file'), scanLogs: () => assert.fail('reads no logs'),
});

export type Query = NonNullable<Parameters<ReadContext['getJson']>[1]>;

/** Answers by path: JSON, or what a question gets. A number is the status of a failure. */
export type Answers = Readonly<Record<string, unknown>>;

/** One read on answers made by hand. */
export async function readAnswers(provider: Provider, answers: Answers, now = NOW): Promise<Reading> {
  const reading = await provider.read(context(now, async (path, query = {}) => {
    const answer = answers[path] ?? 404;
    if (typeof answer === 'number') throw new HttpError(answer === 403 || answer === 401 ? 'auth' : 'unreachable', `It answered ${answer}.`, { status: answer });
    return typeof answer === 'function' ? (answer as (query: Query) => unknown)(query) : answer;
  }));
  return Reading.parse(reading);
}

/** One read over HTTP. */
export async function readSimulator(provider: Provider, { baseUrl }: Simulator, secret: string, now = NOW): Promise<Reading> {
  const http: Http = createHttp({ settings: { proxy: null, proxyAuthorization: null, noProxy: [], proxyStrictSsl: true }, clock: systemClock, userAgent: 'test', env: {} });
  try {
    const { signal } = new AbortController();
    return Reading.parse(await provider.read(context(now, makeGetJson({ http, provider, account: { options: { baseUrl } }, secret, signal, guard: () => undefined }))));
  } finally {
    http.dispose();
  }
}

export async function fails(reading: Promise<unknown>, kind: FailureKind, sentence: RegExp): Promise<void> {
  const error = await reading.then(() => assert.fail('the read should have failed'), (error: unknown) => error);
  assert.ok(error instanceof ProviderError, inspect(error));
  assert.equal(error.kind, kind, error.message);
  assert.match(error.message, sentence);
}

export const report = ({ usage }: Reading, source: string): UsageReport => usage.find(report => report.source === source) ?? assert.fail(`no report ${source}`);

/** Micros of all buckets of a report, rounded to a thousandth of one: what floats can hold. */
export const micros = ({ buckets }: UsageReport): number => Math.round(buckets.reduce((sum, { cost }) => sum + (cost?.micros ?? 0), 0) * 1000) / 1000;

export type TokenPart = 'input' | 'cacheRead' | 'cacheWrite' | 'output';
export const tokenSum = ({ buckets }: UsageReport, part: TokenPart): number => buckets.reduce((sum, { tokens }) => sum + (tokens?.[part] ?? 0), 0);
