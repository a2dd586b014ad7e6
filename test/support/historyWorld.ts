/** A history on a disk of its own, to which things happen. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ExportChoice } from '../../src/core/historyTools';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../src/core/time';
import { oldestKept } from '../../src/engine/history/apply';
import { History } from '../../src/engine/history/history';
import { readJournal } from '../../src/engine/history/journal';
import { filesIn } from '../../src/engine/history/open';
import { ratioSparkline, sumsOf, usageSparkline } from '../../src/engine/history/queries';
import type { OpenSql } from '../../src/engine/history/sql';
import { eachBucket } from '../../src/engine/history/usageBuckets';
import { backUp, checkBackup, restoreFiles } from '../../src/engine/historyTools/backup';
import { exportHistory } from '../../src/engine/historyTools/export';
import type { ExportHeader, ExportRow } from '../../src/engine/historyTools/exportForm';
import { importHistory } from '../../src/engine/historyTools/import';
import { type Task, Tasks } from '../../src/engine/historyTools/tasks';
import { type Row, rowOf } from './expectedUsage';
import type { FakeClock } from './fakeClock';
import { ACCOUNTS, readingOf, type Read, type Step } from './historyCourse';
import { account } from './readings';

const all: ExportChoice = { format: 'json', levels: ['raw', 'hourly', 'daily', 'usage'], accountIds: null, fromAt: null, toAt: null };
const accounts = ACCOUNTS.map(id => account(id));
const GRAIN_MS = { raw: SECOND_MS, hourly: HOUR_MS, daily: DAY_MS, usage: SECOND_MS } as const;
const DAMAGED = /^The history file was damaged; it is kept as history.sqlite.damaged, and [^.]* (used|shown)\.$/;
/** Whose days are shown. */
export const ZONE = 'Asia/Kolkata';
export const SHOWN_DAYS = 90;

export class World {
  history: History;
  private retentionDays: number | null = 60;
  private readonly storage: string;

  constructor(private readonly dir: string, private readonly clock: FakeClock, private openSql: OpenSql) {
    this.storage = path.join(dir, 'storage');
    mkdirSync(this.storage, { recursive: true });
    this.history = this.open();
  }

  /** The first instant whose usage is kept. */
  get oldest(): number {
    return oldestKept(this.clock.now(), this.retentionDays).usage * SECOND_MS;
  }

  /** @param days null: for ever. */
  keep(days: number | null): void {
    this.history.retentionDays = this.retentionDays = days;
  }

  read(read: Read): void {
    this.history.record(read.account, readingOf(read, this.clock.now()));
  }

  /** Steps that need nobody else. @param next the build of SQLite with which it is opened again. */
  do(step: Step, next: OpenSql): void {
    const { history } = this;
    switch (step.kind) {
      case 'keep': return this.keep(step.days);
      case 'fail': return history.recordFailure(step.account, { kind: 'unreachable', message: 'no', at: this.clock.now(), retryAt: null });
      case 'alert': return history.recordAlert(step.account, 'five-hour', { fired: [step.fired], resetsAt: null, pending: null });
      case 'touch': return history.touch(step.account, this.clock.now());
      case 'forget': return history.forget(step.account);
      case 'pass': return history.maintain();
      case 'checkpoint': return history.checkpoint();
      case 'close': case 'kill': case 'damage': {
        history.flush();
        if (step.kind === 'kill') history.sql.close();
        else history.close();
        if (step.kind === 'damage') flip(filesIn(this.storage).image, step.where);
        this.openSql = next;
        this.history = this.open(step.kind === 'damage' ? DAMAGED : null);
        return;
      }
      case 'read': case 'again': case 'import': case 'restore': case 'foreign': return;
    }
  }

  async export(): Promise<string> {
    const file = path.join(this.dir, 'out.json');
    await this.run(task => exportHistory(file, { sql: this.history.sql, accounts, choice: all, zone: ZONE, clients: [], now: this.clock.now(), storageDir: null }, task));
    return file;
  }

  /** @returns how many rows were taken. */
  async import(file: string): Promise<number> {
    return (await this.run(task => importHistory(file, { history: this.history, accounts, now: this.clock.now() }, task))).taken;
  }

  /** Backs up, and restores that. @param checker the build that looks at it. */
  async restore(checker: OpenSql): Promise<void> {
    const file = path.join(this.dir, 'backup');
    await this.run(task => backUp(file, { sql: this.history.sql, accounts, storageDir: null, now: this.clock.now() }, task));
    const checked = await this.run(task => checkBackup(file, accounts, checker, task));
    this.history.close();
    restoreFiles(this.storage, checked, () => undefined);
    this.history = this.open();
  }

  /** All that is in it and that it answers, whatever the build. */
  seen(): unknown {
    const { history, storage } = this;
    const { sql } = history;
    const now = this.clock.now();
    const tables = sql.all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").map(([name]) => String(name));
    const columns = (table: string): string => sql.all('SELECT name FROM pragma_table_info(?)', table).map(([name]) => `quote("${String(name)}")`).join();
    return {
      tables: tables.map(name => [name, sql.all(`SELECT ${columns(name)} FROM ${name}`)]),
      journal: readJournal(filesIn(storage).journal)?.texts,
      last: ACCOUNTS.map(id => [history.lastReading(id), history.lastFailure(id)]), alerts: history.alertStates(),
      days: history.days.of(SHOWN_DAYS, ZONE, now),
      sums: ACCOUNTS.map(id => sumsOf(sql, id, { fromAt: now - 30 * DAY_MS, toAt: now + DAY_MS }, now)),
      lines: ACCOUNTS.map(id => [usageSparkline(sql, id, now), ratioSparkline(sql, id, { id: 'five-hour', label: 'x' }, now)]),
    };
  }

  /** Its usage by account and source. @param from an instant. */
  usage(from: number): ReadonlyMap<string, readonly Row[]> {
    const { sql } = this.history;
    return new Map(sql.all('SELECT source.id, account.account, source FROM source JOIN account ON account.id = source.account').map(([id, owner, source]) => {
      const rows: Row[] = [];
      eachBucket(sql, Number(id), [Math.max(0, from / SECOND_MS), 1e12], bucket => rows.push(rowOf(bucket)));
      return [JSON.stringify([owner, source]), rows];
    }));
  }

  /** What of an export of now an import takes, in some order. */
  lasting(file: string): unknown {
    const { rows, meters, sources } = JSON.parse(readFileSync(file, 'utf8')) as ExportHeader & { rows: ExportRow[] };
    const oldest = oldestKept(this.clock.now(), this.retentionDays);
    const kept = rows.filter(({ level, start }) => Math.floor(Date.parse(start) / GRAIN_MS[level]) >= oldest[level]);
    const named = new Set(kept.map(row => JSON.stringify([row.account, row.level === 'usage' ? row.source : row.meter])));
    const lines = (some: readonly unknown[]): string[] => some.map(each => JSON.stringify(each)).sort();
    return [
      lines(kept), lines(meters.filter(({ account: id, meter }) => named.has(JSON.stringify([id, meter.id])))),
      lines(sources.filter(({ account: id, source }) => named.has(JSON.stringify([id, source])))),
    ];
  }

  private open(warning: RegExp | null = null): History {
    const history = new History({ dir: this.storage, openSql: this.openSql, clock: this.clock, retentionDays: this.retentionDays });
    if (history.warning !== null) assert.match(history.warning, warning ?? /^$/);
    return history;
  }

  private run<T>(work: (task: Task) => Promise<T>): Promise<T> {
    return new Tasks(this.clock, () => undefined).run('t', work);
  }
}

/** A bit of a file, if it is there. */
function flip(file: string, where: number): void {
  if (!existsSync(file)) return;
  const bytes = readFileSync(file);
  bytes[Math.floor(bytes.length * where)]! ^= 1;
  writeFileSync(file, bytes);
}
