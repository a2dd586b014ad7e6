/**
 * `npm run bench:logs -- live [SIZE ...]`: what an appended response (five lines) costs an engine that runs, from the write to the new total in a snapshot,
 * with histories of several sizes in the same number of files.
 */
import { type ChildProcess, fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundle } from '../support/bundle';
import { LogWriter } from './logFiles';

/** What the engine's process tells with each snapshot. `waitedMs`: by its timers since it was last asked; `done`: it reads nothing now. */
export interface LiveReport { readonly tokens: number; readonly done: boolean; readonly waitedMs: number; readonly cpuMicros: number }

const FILES = 300;
const [WARM_UPS, UPDATES, BURSTS, PER_BURST] = [20, 200, 20, 100];

const bytesOf = (size: string): number => parseFloat(size) * (/gb$/i.test(size) ? 1e9 : 1e6);
const quantile = (values: readonly number[], q: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? NaN;

/** The engine's process, and the newest that it told. */
class Live {
  last: LiveReport = { tokens: 0, done: false, waitedMs: 0, cpuMicros: 0 };
  #heard = (): void => undefined;

  constructor(readonly process: ChildProcess) {
    process.on('message', message => {
      this.last = message as LiveReport;
      this.#heard();
    });
  }

  async until(wanted: (report: LiveReport) => boolean): Promise<LiveReport> {
    while (!wanted(this.last)) await new Promise<void>(resolve => (this.#heard = resolve));
    return this.last;
  }

  /** Once nothing was told for a while. */
  async rest(): Promise<void> {
    for (let told = -1; told !== this.last.cpuMicros;) {
      told = this.last.cpuMicros;
      await sleep(250);
    }
  }
}

async function benchOne(size: string, engine: string, assetsDir: string): Promise<void> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'quota-live-'));
  const files = Array.from({ length: FILES }, (_, i) => path.join(home, '.claude/projects/-home-dev-app', `${i}.jsonl`));
  fs.mkdirSync(path.dirname(files[0] ?? ''), { recursive: true });
  const now = Date.now();
  const old = new LogWriter(now - 40 * 86_400_000, 1);
  for (const file of files) old.append(file, bytesOf(size) / FILES);
  const fresh = new LogWriter(now, 1);
  fresh.responses = 1e9; // ids of their own
  const begun = fresh.responses;
  const child = fork(engine, [home, path.join(home, 'storage'), assetsDir]);
  const live = new Live(child);
  try {
    fresh.append(files[0] ?? '', 1);
    await live.until(({ tokens, done }) => tokens === 1 && done);
    await live.rest();
    const add = async (responses: number): Promise<{ ms: number; cpuMicros: number }> => {
      const before = live.last.cpuMicros;
      child.send('begin');
      const startedAt = performance.now();
      for (let i = 0; i < responses; i++) fresh.append(files[0] ?? '', 1);
      const { waitedMs } = await live.until(({ tokens }) => tokens === fresh.responses - begun);
      const ms = performance.now() - startedAt - waitedMs;
      await live.until(({ done }) => done);
      return { ms, cpuMicros: live.last.cpuMicros - before };
    };
    for (let i = 0; i < WARM_UPS; i++) await add(1);
    const updates: { ms: number; cpuMicros: number }[] = [];
    for (let i = 0; i < UPDATES; i++) updates.push(await add(1));
    const bursts: { ms: number; cpuMicros: number }[] = [];
    for (let i = 0; i < BURSTS; i++) bursts.push(await add(PER_BURST));
    const [ms, cpu] = [updates.map(update => update.ms), updates.map(update => update.cpuMicros)];
    const perResponse = bursts.map(({ cpuMicros }) => cpuMicros / PER_BURST);
    console.log(`| ${[size, FILES, ...[0.5, 0.9, 0.99].map(q => quantile(ms, q).toFixed(1)), quantile(cpu, 0.5).toFixed(0), quantile(perResponse, 0.5).toFixed(0)].join(' | ')} |`);
  } finally {
    const ended = new Promise(resolve => child.once('exit', resolve));
    child.disconnect();
    await ended;
    fs.rmSync(home, { recursive: true, force: true });
  }
}

/** @param assetsDir where the build put prices and sql.js. */
export async function benchLive(sizes: readonly string[], assetsDir: string): Promise<void> {
  const engine = await bundle('test/bench/liveEngine.ts');
  console.log('| history | files | append to total, ms, median | p90 | p99 | CPU of an update with one response, us | CPU of a response among a hundred, us |\n| --- | --- | --- | --- | --- | --- | --- |');
  for (const size of sizes) await benchOne(size, engine, assetsDir);
}
