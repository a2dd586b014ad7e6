/**
 * The history at full size: accounts with four meters each, polled each minute, 180 days on a pretended clock (the last three with
 * every minute, 27 before with every hour and the rest with every six, which leaves the same tables). Goals P18-P21 of 50 accounts, and the growth beside them.
 * Run: npm run bench:history [-- ACCOUNTS...], with sql.js and then with Node's own SQLite as the history's. The yardstick is node:sqlite on the same file with the same statements.
 * Only ratios within one run count: machines differ, and are noisy.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { dayOf } from '../../src/core/format';
import { FigureCache } from '../../src/engine/figures';
import { UsageDays } from '../../src/engine/history/dailyUsage';
import { History } from '../../src/engine/history/history';
import { filesIn } from '../../src/engine/history/open';
import { loadSql, type Sql } from '../../src/engine/history/sql';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/time';
import { FakeClock } from '../support/fakeClock';
import { nodeSqlite } from '../support/nodeSqlite';
import { account } from '../support/readings';
import { chosenSqlite, SQLITE_ENV, WASM } from '../support/sql';
import { Fleet } from './fleet';

const DAYS = 180;
const HOUR_DAYS = 30;
const MINUTE_DAYS = 3;
const PAIRS = 9;
const SAVES = 20;
const ZONE = 'Europe/Berlin';

interface Written { readonly disk: number; readonly calls: number }
interface Memory { readonly growthMb: number; /** Of the whole process, with what runs TypeScript. */ readonly mostMb: number }
interface Result {
  readonly rows: Record<string, number>;
  readonly imageBytes: number;
  readonly perDay: Written;
  readonly savingEachPoll: Written;
  readonly cpuPerPollMs: number;
  readonly worstPollMs: number;
  readonly saveMs: number;
  readonly openMs: number;
  readonly memory: Memory;
  readonly queries: Record<string, { readonly ours: number; readonly theirs: number; readonly ratio: number }>;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const timed = <T>(work: () => T): number => {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
};

/** Bytes that this process gave to write calls, and those that went towards a disk, as the system counts them. */
function written(): Written {
  const text = fs.readFileSync('/proc/self/io', 'utf8');
  const count = (name: string): number => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(text)?.[1]);
  return { disk: count('write_bytes'), calls: count('wchar') };
}
const minus = (a: Written, b: Written): Written => ({ disk: a.disk - b.disk, calls: a.calls - b.calls });
const times = ({ disk, calls }: Written, factor: number): Written => ({ disk: disk * factor, calls: calls * factor });

/** What no view asks for yet: told, and held to no goal. */
const NO_VIEW = new Set(['usage, 180 days, first time']);

/** What the dashboard asks: everything of a snapshot, and its charts; and what longer charts will. */
function queriesOf(fleet: Fleet, now: number): Record<string, (sql: Sql) => unknown> {
  const kept = new Map<Sql, UsageDays>();
  return {
    'figures of all accounts': sql => {
      const figures = new FigureCache(sql);
      return fleet.ids.map(id => figures.of(account(id), fleet.reading(id, now), ZONE, now));
    },
    'figures of one account': sql => new FigureCache(sql).of(account(fleet.ids[0] ?? ''), fleet.reading(fleet.ids[0] ?? '', now), ZONE, now),
    'usage, 30 days, first time': sql => new UsageDays(sql).of(30, ZONE, now),
    'usage, 180 days, first time': sql => new UsageDays(sql).of(180, ZONE, now),
    'usage, 180 days, after a poll': sql => {
      let days = kept.get(sql);
      if (days === undefined) kept.set(sql, days = new UsageDays(sql));
      else days.touch(fleet.ids[0] ?? '', now - MINUTE_MS);
      return days.of(180, ZONE, now);
    },
    'all meters, 180 days by day': sql => sql.all('SELECT series, day, low, high, last FROM daily WHERE day > ?', Math.floor(now / DAY_MS) - 180),
    'one account, 30 days by hour': sql => sql.all('SELECT series, hour, last FROM hourly WHERE series IN (SELECT id FROM meter WHERE account = 1) AND hour > ?', Math.floor(now / HOUR_MS) - 720),
    'one meter, 48 hours': sql => sql.all('SELECT at_s, ratio, amount FROM raw WHERE series = 1'),
  };
}

async function measure(accounts: number, dir: string): Promise<Result> {
  const clock = new FakeClock(Date.parse(`${dayOf(Date.UTC(2026, 5, 1), 'UTC')}T00:00:00Z`));
  const openSql = await loadSql(WASM, chosenSqlite());
  const fleet = new Fleet(accounts);
  const open = () => new History({ dir, openSql, clock, retentionDays: DAYS });
  let history = open();
  const poll = (): void => {
    for (const [id, reading] of fleet.poll(clock.now())) history.record(id, reading);
    history.flush();
    history.maintain();
  };
  for (let quarter = 0; quarter < (DAYS - HOUR_DAYS) * 4; quarter++, clock.jump(6 * HOUR_MS)) poll();
  for (let hour = 0; hour < (HOUR_DAYS - MINUTE_DAYS) * 24; hour++, clock.jump(HOUR_MS)) poll();
  for (let minute = 0; minute < (MINUTE_DAYS - 1) * 1440; minute++, clock.jump(MINUTE_MS)) poll();
  const before = written();
  const cpu = process.cpuUsage();
  let worstPollMs = 0;
  for (let minute = 0; minute < 1440; minute++, clock.jump(MINUTE_MS)) worstPollMs = Math.max(worstPollMs, timed(poll));
  const { user, system } = process.cpuUsage(cpu);
  const perDay = minus(written(), before);
  const saveMs = median(Array.from({ length: 5 }, () => timed(() => history.checkpoint())));
  const beforeSaves = written();
  for (let save = 0; save < SAVES; save++) history.checkpoint();
  const savingEachPoll = times(minus(written(), beforeSaves), 1440 / SAVES);
  history.close();
  const openMs = median(Array.from({ length: 5 }, () => timed(() => {
    history = open();
    history.close();
  })));
  const now = clock.now();
  history = open();
  const theirs = nodeSqlite(filesIn(dir).image);
  const queries = Object.fromEntries(Object.entries(queriesOf(fleet, now)).map(([name, query]) => {
    const pairs = Array.from({ length: PAIRS + 1 }, () => [timed(() => query(history.sql)), timed(() => query(theirs))] as const).slice(1);
    return [name, { ours: median(pairs.map(([a]) => a)), theirs: median(pairs.map(([, b]) => b)), ratio: median(pairs.map(([a, b]) => a / b)) }];
  }));
  const rows = Object.fromEntries(['raw', 'hourly', 'daily', 'usage'].map(table => [table, Number(history.sql.one(`SELECT count(*) FROM ${table}`)?.[0])]));
  const imageBytes = fs.statSync(filesIn(dir).image).size;
  history.close();
  return { rows, imageBytes, perDay, savingEachPoll, cpuPerPollMs: (user + system) / 1000 / 1440, worstPollMs, saveMs, openMs, memory: { growthMb: 0, mostMb: 0 }, queries };
}

/** A process, with as much room for what lives briefly as the worker has, that has an empty history, then opens what is there and lives a day of polls, questions and an image: what that adds to its memory. */
async function growth(accounts: number, dir: string, now: number): Promise<Memory> {
  const clock = new FakeClock(now);
  const fleet = new Fleet(accounts);
  const openSql = await loadSql(WASM, chosenSqlite());
  const empty = new History({ dir: null, openSql, clock, retentionDays: DAYS });
  for (const [id, reading] of fleet.poll(clock.now())) empty.record(id, reading);
  empty.close();
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let most = before;
  const history = new History({ dir, openSql, clock, retentionDays: DAYS });
  for (let minute = 0; minute < 1440; minute++, clock.jump(MINUTE_MS)) {
    for (const [id, reading] of fleet.poll(clock.now())) history.record(id, reading);
    history.flush();
    history.maintain();
    if (minute % 5 === 0) {
      const figures = new FigureCache(history.sql);
      for (const id of fleet.ids) figures.of(account(id), fleet.reading(id, clock.now()), ZONE, clock.now());
      history.days.of(minute === 0 ? 180 : 30, ZONE, clock.now());
    }
    if (minute === 1000) history.checkpoint();
    most = Math.max(most, process.memoryUsage.rss());
  }
  history.close();
  return { growthMb: (most - before) / 1024 / 1024, mostMb: most / 1024 / 1024 };
}

function child(sqlite: string, mode: string, ...args: readonly (string | number)[]): unknown {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--max-old-space-size=2000', '--max-semi-space-size=4', '--expose-gc', '--require', 'tsx/cjs', __filename, mode, ...args.map(String)], { encoding: 'utf8', maxBuffer: 1e8, env: { ...process.env, [SQLITE_ENV]: sqlite } });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as unknown;
}

const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function report(accounts: number, sqlite: string, result: Result): void {
  const { rows, imageBytes, perDay, savingEachPoll } = result;
  const goal = (ok: boolean, text: string): string => `goal ${text}: ${ok ? 'met' : 'MISSED'}`;
  console.log(`\n${sqlite}: ${accounts} accounts, ${accounts * 4} meters, ${DAYS} days (${Object.entries(rows).map(([table, count]) => `${table} ${count}`).join(', ')} rows)`);
  console.log(`  P18 image              ${mb(imageBytes).padStart(10)}                        ${goal(imageBytes <= 8_000_000, '8 MB')}`);
  for (const name of ['disk', 'calls'] as const) {
    const ratio = perDay[name] / savingEachPoll[name];
    console.log(`  P19 written a day      ${mb(perDay[name]).padStart(10)}  (${name === 'disk' ? 'to the disk' : 'by write calls'}; saving each poll ${mb(savingEachPoll[name])})  1/${(1 / ratio).toFixed(0)}  ${goal(ratio <= 1 / 200, '1/200')}`);
  }
  console.log(`  P17 CPU of a poll      ${result.cpuPerPollMs.toFixed(2).padStart(7)} ms, worst ${result.worstPollMs.toFixed(0)} ms (history's part; all in the worker)`);
  console.log(`  P20 save, open         ${result.saveMs.toFixed(0).padStart(7)} ms, ${result.openMs.toFixed(0)} ms (in the worker)`);
  console.log(`  memory growth          ${result.memory.growthMb.toFixed(0).padStart(7)} MB, to ${result.memory.mostMb.toFixed(0)} MB in all       ${goal(result.memory.growthMb < 60, '60 MB')}`);
  for (const [name, { ours, theirs, ratio }] of Object.entries(result.queries)) {
    console.log(`  P21 ${name.padEnd(28)} ${ours.toFixed(2).padStart(7)} ms; node:sqlite ${theirs.toFixed(2).padStart(7)} ms; ratio ${ratio.toFixed(2)}  ${NO_VIEW.has(name) ? 'no view asks for it' : goal(ours <= 30 && ratio <= 1.5, '30 ms, 1.5x')}`);
  }
}

async function main(): Promise<void> {
  const [mode = '', ...rest] = process.argv.slice(2);
  if (mode === 'measure') return console.log(JSON.stringify(await measure(Number(rest[0]), rest[1] ?? '')));
  if (mode === 'growth') return console.log(JSON.stringify(await growth(Number(rest[0]), rest[1] ?? '', Number(rest[2]))));
  const sizes = process.argv.slice(2).map(Number);
  for (const sqlite of ['sql.js', 'Node\'s SQLite']) for (const accounts of sizes.length === 0 ? [10, 50, 100] : sizes) {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'quota-bench-'));
    try {
      const result = child(sqlite, 'measure', accounts, dir) as Result;
      const now = Date.UTC(2026, 5, 1) + DAYS * DAY_MS;
      report(accounts, sqlite, { ...result, memory: child(sqlite, 'growth', accounts, dir, now) as Memory });
    } finally {
      fs.rmSync(dir, { recursive: true, force: true });
    }
  }
}
void main();
