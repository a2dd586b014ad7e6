import { renameSync } from 'node:fs';
import type { LastReading } from '../../core/accountView';
import { AlertState } from '../../core/alerts';
import type { Failure } from '../../core/errors';
import type { Reading } from '../../core/reading';
import { DAY_MS, HOUR_MS, SECOND_MS, type Clock, type Disposable, type EpochMs } from '../../core/time';
import { replaceFile } from '../atomicFile';
import { applyRecord, oldestKept, prune } from './apply';
import { UsageDays } from './dailyUsage';
import { type DayFall, outcomeRecord } from './diff';
import { loadImage, saveImage, stampImage } from './image';
import { lastKnown, parseJson } from './lastKnown';
import { migrations } from './migrations';
import { codeOf, filesIn, openHistory, type Opened } from './open';
import { unpackRecent } from './packedUsage';
import type { HistoryRecord, ImportRecord } from './records';
import type { OpenSql, Sql } from './sql';

/** A journal of this size is read in about a second when the history opens, and an image of half a year is not much larger. */
const CHECKPOINT_BYTES = 4 * 1024 * 1024;
const CHECKPOINT_MS = 12 * HOUR_MS;
const RETRY_MS = HOUR_MS / 6;
/** Records of this long go to the disk together. */
const FLUSH_MS = SECOND_MS / 4;
const FLUSH_RETRY_MS = 15 * SECOND_MS;
/** Empty pages that wait for what comes; more are given back, so many with each image. */
const SPARE_SHARE = 1 / 8;
const SHRINK_PAGES = 1_000;

export interface HistoryOptions {
  /** Null: in memory only. */
  readonly dir: string | null;
  readonly openSql: OpenSql;
  readonly clock: Clock;
  readonly retentionDays: number | null;
  /** Called before every write. @throws once another process has taken the folder over. */
  readonly guard?: () => void;
}

/**
 * What was read, kept for ever or as long as the user says. The database is in memory, and its image is written seldom; a record
 * is in the journal on the disk a quarter of a second later at most, and before anything that knows of it is shown: whoever
 * shows or answers calls `flush` first.
 */
export class History {
  /** For reading; writes go through the methods. */
  readonly sql: Sql;
  readonly days: UsageDays;
  retentionDays: number | null;
  private readonly opened: Opened;
  private readonly last = new Map<string, LastReading>();
  private readonly failed = new Map<string, Failure>();
  private seq: number;
  /** What hinders the journal, and what the image; null: nothing. */
  private journalProblem: string | null = null;
  private imageProblem: string | null = null;
  private flushing: Disposable | null = null;
  private savedAt: EpochMs;
  private seenAt: EpochMs;
  private pruneAt: EpochMs;
  private repair: Opened['repair'];
  private closed = false;

  constructor(private readonly options: HistoryOptions) {
    const { dir, openSql, clock } = options;
    this.opened = openHistory(dir, openSql);
    this.sql = this.opened.sql;
    this.days = new UsageDays(this.sql);
    this.repair = this.opened.repair;
    this.seq = this.opened.seq;
    this.retentionDays = options.retentionDays;
    for (const { account, reading, failure } of lastKnown(this.sql)) {
      if (reading !== null) this.last.set(account, reading);
      if (failure !== null) this.failed.set(account, failure);
    }
    this.savedAt = this.pruneAt = clock.now();
    this.seenAt = this.last.size === 0 ? this.savedAt : Math.max(...[...this.last.values()].map(({ takenAt }) => takenAt)); // as the clock was before
    unpackRecent(this.sql, this.savedAt);
    if ((this.opened.journal?.bytes ?? 0) > CHECKPOINT_BYTES) this.savedAt -= RETRY_MS; // however short sessions are
    if (this.repair !== null) this.checkpoint();
  }

  /** For people; null: all is well. */
  get warning(): string | null {
    return [this.opened.warning, this.journalProblem, this.imageProblem].filter(text => text !== null).join(' ') || null;
  }

  /** Why what is on the disk could not be opened, so that nothing is kept; null: it could. */
  get unopened(): string | null {
    return this.opened.journal === null ? this.opened.warning : null;
  }

  lastReading(account: string): LastReading | null {
    return this.last.get(account) ?? null;
  }

  lastFailure(account: string): Failure | null {
    return this.failed.get(account) ?? null;
  }

  /** All states that are kept, for alerts that no window has shown yet. */
  alertStates(): { account: string; meter: string; state: AlertState }[] {
    return this.sql.all('SELECT a.account, meter, state FROM alert JOIN account a ON a.id = alert.account').flatMap(([account, meter, text]) => {
      const state = parseJson(AlertState, text);
      return state === null ? [] : [{ account: String(account), meter: String(meter), state }];
    });
  }

  /** @returns the days whose counted tokens became fewer by it, and whether its usage says anything else than before. */
  record(account: string, reading: Omit<Reading, 'gaps'>): { readonly fallen: readonly DayFall[]; readonly usageChanged: boolean } {
    const fallen: DayFall[] = [];
    const oldest = oldestKept(reading.takenAt, this.retentionDays).usage * SECOND_MS;
    const before = this.last.get(account) ?? null;
    const record = outcomeRecord(this.sql, account, before, reading, this.failed.has(account), oldest, fallen);
    if (record === null) return { fallen, usageChanged: false };
    this.write(record);
    this.failed.delete(account);
    const { usage: _usage, ...last } = reading;
    this.last.set(account, last);
    return { fallen, usageChanged: record.usage.length > 0 };
  }

  /** An unchanged reading is recorded once an hour; before the end this tells when it really was taken last. */
  touch(account: string, takenAt: EpochMs): void {
    const last = this.last.get(account);
    if (last === undefined || last.takenAt === takenAt || this.failed.has(account)) return;
    this.write({ kind: 'outcome', account, takenAt, head: null, meters: [], usage: [] });
    this.last.set(account, { ...last, takenAt });
  }

  recordFailure(account: string, failure: Failure): void {
    this.failed.set(account, failure);
    this.write({ kind: 'failure', account, failure });
  }

  recordAlert(account: string, meter: string, state: AlertState): void {
    this.write({ kind: 'alert', account, meter, state });
  }

  import(record: ImportRecord): void {
    this.write(record);
  }

  forget(account: string): void {
    this.last.delete(account);
    this.failed.delete(account);
    this.write({ kind: 'forget', account });
  }

  /** Sees to it that all records so far are on the disk. False: they are not; `warning` says so, and it is tried again. */
  flush(): boolean {
    const { journal } = this.opened;
    if (this.closed || journal === null) return false;
    if (journal.flushed) return true;
    this.flushing?.dispose();
    this.flushing = null;
    try {
      this.options.guard?.();
      journal.flush();
      this.journalProblem = null;
      return true;
    } catch (error) {
      this.journalProblem = `New readings cannot be kept (${codeOf(error)}); it is tried again.`;
      this.flushing = this.options.clock.after(FLUSH_RETRY_MS, () => void this.flush());
      return false;
    }
  }

  /** Call now and then, when nothing else is going on: drops what is past its time and writes the image when it is due. */
  maintain(): void {
    const now = this.options.clock.now();
    // A clock that jumped may be wrong: nothing is dropped until it has stood by its time for an hour.
    if (now < this.seenAt || now - this.seenAt > DAY_MS) this.pruneAt = now + HOUR_MS;
    if (now < this.seenAt) unpackRecent(this.sql, now);
    this.seenAt = now;
    if (now >= this.pruneAt) {
      if (this.sql.transaction(() => prune(this.sql, now, this.retentionDays))) this.days.clear();
      this.pruneAt = now + HOUR_MS;
    }
    const bytes = this.opened.journal?.bytes ?? 0;
    if (now < this.savedAt) this.savedAt = now;
    const soon = bytes > CHECKPOINT_BYTES || this.imageProblem !== null;
    if ((bytes > 0 || this.imageProblem !== null) && now - this.savedAt >= (soon ? RETRY_MS : CHECKPOINT_MS)) this.checkpoint();
  }

  /** Writes the image and begins a new journal. Needs no call before exit: the journal has it all. */
  checkpoint(): void {
    const { journal } = this.opened;
    if (journal === null || this.options.dir === null || this.closed) return;
    const files = filesIn(this.options.dir);
    this.flush();
    this.savedAt = this.options.clock.now();
    try {
      this.options.guard?.();
      this.shrink();
      if (this.repair === 'image-damaged') renameSync(files.image, `${files.image}.damaged`);
      if (this.repair !== null) {
        this.repair = 'no-image';
        if (loadImage(files.keptImage).kind === 'damaged') renameSync(files.keptImage, `${files.keptImage}.damaged`); // somebody may get something out of it
        replaceFile(files.keptImage, stampImage(this.sql.image()), this.options.guard); // before its journal is replaced
      }
      saveImage(files.image, files.keptImage, this.sql.image(), this.options.guard);
      this.options.guard?.();
      journal.rotate(files.keptJournal);
      this.repair = null;
      this.imageProblem = null;
    } catch (error) {
      this.imageProblem = `The history cannot be written (${codeOf(error)}); it is tried again.`;
    }
  }

  close(): void {
    if (this.closed) return;
    this.flush();
    this.flushing?.dispose();
    this.closed = true;
    this.opened.journal?.close();
    this.sql.close();
  }

  private write(record: HistoryRecord): void {
    if (this.closed) return;
    const seq = this.seq + 1;
    this.opened.journal?.append(JSON.stringify({ seq, version: migrations.length, record }));
    if (this.opened.journal !== null) this.flushing ??= this.options.clock.after(FLUSH_MS, () => void this.flush());
    this.seq = seq;
    this.sql.transaction(() => {
      applyRecord(this.sql, record);
      this.sql.run('UPDATE applied SET seq = ?', seq);
    });
    this.outdateDays(record);
  }

  private outdateDays(record: HistoryRecord): void {
    if (record.kind === 'forget') this.days.clear();
    if (record.kind !== 'outcome' && record.kind !== 'import') return;
    for (const { set, drop } of record.usage) {
      for (const { startAt } of [...set, ...drop]) this.days.touch(record.account, startAt);
    }
  }

  /** Gives back empty pages, a step at a time: VACUUM would copy all in one go, for a tenth of a second and three times the memory. */
  private shrink(): void {
    const [pages = 0, free = 0] = ['page_count', 'freelist_count'].map(name => Number(this.sql.one(`PRAGMA ${name}`)?.[0]));
    const spare = free - Math.ceil(pages * SPARE_SHARE);
    if (spare > 0) this.sql.script(`PRAGMA incremental_vacuum(${Math.min(spare, SHRINK_PAGES)})`);
  }
}
