import type { Account } from '../core/account';
import { accountView, type LastReading } from '../core/accountView';
import type { Failure } from '../core/errors';
import { paceOf } from '../core/schedule';
import type { EngineSettings } from '../core/settings';
import type { AccountView, Snapshot, UnreadLogs } from '../core/snapshot';
import { SECOND_MS, type Clock, type Disposable, type EpochMs } from '../core/time';
import type { Provider } from '../providers/provider';
import type { FigureCache } from './figures';

/** What the rest of the engine knows of one account. */
export interface AccountStatus {
  readonly reading: LastReading | null;
  readonly failure: Failure | null;
  readonly nextPollAt: EpochMs | null;
  readonly refreshing: boolean;
  readonly unread: UnreadLogs | null;
}

export interface SnapshotParts {
  readonly providers: readonly Provider[];
  readonly accounts: readonly Account[];
  readonly settings: EngineSettings;
  readonly figures: FigureCache;
  readonly storeWarning: string | null;
  readonly priceDate: string | null;
  status(accountId: string): AccountStatus;
}

/** Null: no adapter knows the account's provider any more. */
export function viewOf(account: Account, parts: Omit<SnapshotParts, 'accounts' | 'storeWarning' | 'priceDate'>, now: EpochMs): AccountView | null {
  const provider = parts.providers.find(({ info }) => info.id === account.providerId);
  if (provider === undefined) return null;
  const { reading, failure, nextPollAt, refreshing, unread } = parts.status(account.id);
  return accountView({
    account, info: provider.info, reading, nextPollAt, refreshing, unread,
    failure: failure === null ? null : { ...failure, retryAt: nextPollAt },
    ...parts.figures.of(account, reading, parts.settings.zone, now),
    intervalMs: paceOf(provider.info, account, parts.settings).intervalMs,
  }, parts.settings, now);
}

export function makeSnapshot(parts: SnapshotParts, now: EpochMs): Snapshot {
  const { zone, warningRatio, criticalRatio } = parts.settings;
  return {
    madeAt: now, zone, warningRatio, criticalRatio,
    providers: parts.providers.map(({ info }) => info),
    accounts: parts.accounts.map(account => viewOf(account, parts, now)).filter(view => view !== null),
    storeWarning: parts.storeWarning,
    priceDate: parts.priceDate,
  };
}

/** The delay of what somebody waits to see; doubled by each run that follows close on the last one, up to the maximum. */
const SOON_MS = 250;
const MAX_SOON_MS = SECOND_MS;
const CLOSE_MS = 2 * SECOND_MS;
/** The delay of what tells nothing new but ages and plans. */
const LATE_MS = 5 * SECOND_MS;

/**
 * Runs a task for many wishes: at once for the very first, then a quarter of a second after a wish for soon and five seconds after
 * another. While such wishes keep coming it runs once a second, as every window parses and draws each snapshot.
 */
export class Coalescer implements Disposable {
  private timer: Disposable | null = null;
  private dueAt: EpochMs = 0;
  /** Null: it never ran. */
  private ranAt: EpochMs | null = null;
  private soonMs = SOON_MS;

  constructor(private readonly clock: Clock, private readonly task: () => void) {}

  wish(soon: boolean): void {
    const now = this.clock.now();
    const dueAt = now + (this.ranAt === null ? 0 : !soon ? LATE_MS : this.isClose(now) ? this.soonMs : SOON_MS);
    if (this.timer !== null && this.dueAt <= dueAt) return;
    this.timer?.dispose();
    this.dueAt = dueAt;
    this.timer = this.clock.after(dueAt - now, () => this.run());
  }

  dispose(): void {
    this.timer?.dispose();
    this.timer = null;
  }

  private run(): void {
    const now = this.clock.now();
    this.soonMs = this.isClose(now) ? Math.min(MAX_SOON_MS, 2 * this.soonMs) : SOON_MS;
    this.ranAt = now;
    this.timer = null;
    this.task();
  }

  private isClose(now: EpochMs): boolean {
    return this.ranAt !== null && now - this.ranAt <= CLOSE_MS;
  }
}
