import type { Account } from '../core/account';
import { accountView, turnsAt, type AccountFacts, type LastReading } from '../core/accountView';
import type { Failure } from '../core/errors';
import { paceOf } from '../core/schedule';
import type { EngineSettings } from '../core/settings';
import type { AccountView, Snapshot, UnreadLogs } from '../core/snapshot';
import type { EpochMs } from '../core/time';
import type { Provider } from '../providers/provider';
import { quarterEnd, type FigureCache } from './figures';

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

type AccountParts = Omit<SnapshotParts, 'accounts' | 'storeWarning' | 'priceDate'>;

/** Null: no adapter knows the account's provider any more. */
export function viewOf(account: Account, parts: AccountParts, now: EpochMs): AccountView | null {
  const facts = factsOf(account, parts, now);
  return facts === null ? null : accountView(facts, parts.settings, now);
}

function factsOf(account: Account, { providers, settings, figures, status }: AccountParts, now: EpochMs): AccountFacts | null {
  const provider = providers.find(({ info }) => info.id === account.providerId);
  if (provider === undefined) return null;
  const { reading, failure, nextPollAt, refreshing, unread } = status(account.id);
  return {
    account, info: provider.info, reading, nextPollAt, refreshing, unread,
    failure: failure === null ? null : { ...failure, retryAt: nextPollAt },
    ...figures.of(account, reading, settings.zone, now),
    intervalMs: paceOf(provider.info, account, settings).intervalMs,
  };
}

/** The next instant at which a snapshot made now says something else by time alone. Every day and month begins with a quarter of an hour. */
export function outdatedAt(accounts: readonly Account[], parts: AccountParts, now: EpochMs): EpochMs {
  const turns = accounts.map(account => factsOf(account, parts, now)).filter(facts => facts !== null).map(facts => turnsAt(facts, now));
  return Math.min(quarterEnd(now), ...turns);
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
