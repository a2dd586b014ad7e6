import type { Account } from '../core/account';
import type { LastReading } from '../core/accountView';
import type { Failure, ProviderError } from '../core/errors';
import type { Alert } from '../core/protocol';
import type { Reading } from '../core/reading';
import type { EngineSettings } from '../core/settings';
import type { AccountView } from '../core/snapshot';
import type { Clock, Disposable, EpochMs } from '../core/time';
import { emptyReading } from '../providers/provider';
import { AlertDesk } from './alertDesk';
import { Corrections } from './corrections';
import type { EarlierRun } from './earlierRun';
import { FigureCache } from './figures';
import { filled } from './gaps';
import { History } from './history/history';
import type { OpenSql } from './history/sql';

export interface KnownOptions {
  /** Null: in memory only. */
  readonly storageDir: string | null;
  readonly openSql: OpenSql;
  readonly clock: Clock;
  readonly guard: () => void;
  settings(): EngineSettings;
  deliver(alert: Alert): void;
}

/** What is known of accounts: their history, their newest readings and failures, what follows from them, and their alerts. */
export class Known implements Disposable {
  history!: History;
  figures!: FigureCache;
  private alerts!: AlertDesk;
  /** Newer than what the history has of them: it records changes only. */
  private readonly readings = new Map<string, LastReading>();
  private readonly failures = new Map<string, Failure>();
  /** Accounts that have got another key, or are read somewhere else, and were not read since. */
  private readonly otherKey = new Set<string>();
  private readonly corrections = new Corrections();

  constructor(private readonly options: KnownOptions) {
    this.open();
  }

  reading(accountId: string): LastReading | null {
    const reading = this.readings.get(accountId) ?? null;
    const corrected = this.corrections.of(accountId, this.options.clock.now());
    return reading === null || corrected.length === 0 ? reading : { ...reading, notes: [...reading.notes, ...corrected] };
  }

  failure(accountId: string): Failure | null {
    return this.failures.get(accountId) ?? null;
  }

  /** Takes up what the history has of an account. */
  load(accountId: string): EarlierRun {
    const reading = this.history.lastReading(accountId);
    const failure = this.history.lastFailure(accountId);
    if (reading !== null) this.readings.set(accountId, reading);
    if (failure !== null) this.failures.set(accountId, failure);
    const asked = [reading?.takenAt, failure?.at].filter(at => at !== undefined);
    return { askedAt: asked.length === 0 ? null : Math.max(...asked), notBefore: failure?.retryAt ?? null, mayAsk: failure?.kind !== 'rate-limited' && failure?.held !== true };
  }

  /**
   * @param view of the account with this reading; null: its provider is not known any more.
   * @returns whether it tells anything new but its time.
   */
  keep({ id }: Account, told: Reading, view: () => AccountView | null): boolean {
    const before = this.readings.get(id);
    const reading = filled(told, this.otherKey.delete(id) ? null : before ?? null);
    const { usage, ...last } = reading;
    const { fallen, usageChanged } = this.history.record(id, reading);
    const news = usageChanged || this.failures.has(id) || before === undefined || timelessOf(before) !== timelessOf(last);
    if (usageChanged) this.figures.drop(id);
    else if (news) this.figures.dropReading(id);
    this.corrections.note(id, fallen, this.options.clock.now());
    this.readings.set(id, last);
    this.failures.delete(id);
    const shown = view();
    if (shown !== null) this.alerts.step(shown, this.options.settings(), this.options.clock.now());
    return news;
  }

  /** The last good reading stays. */
  keepFailure({ id }: Account, { kind, message, retryAfterMs }: ProviderError, nextPollAt: EpochMs | null): Failure {
    const failure: Failure = { kind, message: message.slice(0, 500), at: this.options.clock.now(), retryAt: nextPollAt, ...(retryAfterMs !== null && { held: true }) };
    this.failures.set(id, failure);
    this.history.recordFailure(id, failure);
    return failure;
  }

  /**
   * @param mayWorkNow what failed with the old options may work with the new ones. @param moved it is read somewhere else from now on:
   * what was read last, the limits of another login perhaps, is not shown as its own. Its history stays.
   */
  changed(accountId: string, mayWorkNow: boolean, moved: boolean): void {
    const last = this.readings.get(accountId);
    if (moved && last !== undefined) {
      const nothing = emptyReading(last.takenAt);
      this.history.record(accountId, nothing);
      this.readings.set(accountId, nothing);
    }
    if (mayWorkNow) {
      this.failures.delete(accountId);
      this.otherKey.add(accountId);
    }
    this.figures.drop(accountId);
  }

  /** @param forget its history too. */
  remove(accountId: string, forget: boolean): void {
    this.corrections.forget(accountId);
    this.readings.delete(accountId);
    this.failures.delete(accountId);
    this.otherKey.delete(accountId);
    this.figures.drop(accountId);
    if (forget) {
      this.history.forget(accountId);
      this.alerts.forget(accountId);
    }
    this.history.flush();
  }

  /** Alerts that no window has shown. */
  waitingAlerts(accounts: readonly Account[]): Alert[] {
    return this.alerts.waiting(new Set(accounts.map(({ id }) => id)), this.options.clock.now());
  }

  /** @returns false when a window has shown it before. */
  alertShown(alertId: string): boolean {
    const first = this.alerts.shown(alertId);
    this.history.flush();
    return first;
  }

  /** Begins anew from the files that `swap` leaves. */
  reopen(swap: () => void): void {
    this.history.close();
    this.readings.clear();
    this.failures.clear();
    try {
      swap();
    } finally {
      this.open();
    }
  }

  dispose(): void {
    for (const [id, { takenAt }] of this.readings) this.history.touch(id, takenAt);
    this.history.close();
  }

  private open(): void {
    const { storageDir: dir, openSql, clock, guard, settings, deliver } = this.options;
    this.history = new History({ dir, openSql, clock, retentionDays: settings().retentionDays, guard });
    this.figures = new FigureCache(this.history.sql);
    this.alerts = new AlertDesk(this.history, alert => {
      this.history.flush(); // an alert that was told is not told again after a crash
      deliver(alert);
    });
  }
}

/** A reading as text, without when it was taken. */
const timelessOf = (reading: LastReading): string => JSON.stringify({ ...reading, takenAt: 0, meters: reading.meters.map(meter => ({ ...meter, trueAt: 0 })) });
