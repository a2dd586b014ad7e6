import type { Account } from '../core/account';
import { accountView, type LastReading } from '../core/accountView';
import type { Failure } from '../core/errors';
import { paceOf } from '../core/schedule';
import type { EngineSettings } from '../core/settings';
import type { AccountView, Snapshot, UnreadLogs } from '../core/snapshot';
import type { Clock, Disposable, EpochMs } from '../core/time';
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

const PUSH_MS = 250;

/**
 * Runs a task for the first wish at once, and for later ones a quarter of a second after the first of them: a poll that begins and
 * ends in that time is one change, as every window parses and draws each.
 */
export class Coalescer implements Disposable {
  private timer: Disposable | null = null;
  private delayMs = 0;

  constructor(private readonly clock: Clock, private readonly task: () => void) {}

  wish(): void {
    this.timer ??= this.clock.after(this.delayMs, () => {
      this.timer = null;
      this.delayMs = PUSH_MS;
      this.task();
    });
  }

  dispose(): void {
    this.timer?.dispose();
    this.timer = null;
  }
}
