/** No usage counts twice: an account whose provider yields to another one's tells none while that one has an account. */
import type { Account } from '../core/account';
import type { Reading, UsageReport } from '../core/reading';
import type { EpochMs } from '../core/time';
import type { Provider } from '../providers/provider';
import { telemetryProviders } from '../providers/telemetry';
import type { Known } from './known';
import type { Receiver } from './otlp/receiver';
import type { Poller } from './poller';
import type { Target } from './polling';
import type { Reader } from './reader';
import { ALL_TIME } from './sharedLogs';

export interface YieldingOptions {
  readonly providers: readonly Provider[];
  readonly known: Known;
  readonly reader: Reader;
  readonly poller: Poller;
  /** Null: no telemetry is taken here. */
  readonly receiver: Receiver | null;
  /** Those that there are now. */
  accounts(): readonly Account[];
  /** Keeps a reading of an account. */
  keep(account: Account, reading: Reading): void;
  now(): EpochMs;
}

/** Everything that was recorded, and nothing in its place. */
const emptied = (report: UsageReport): UsageReport => ({ ...report, covers: ALL_TIME, buckets: [] });
const NO_USAGE: UsageReport = { source: 'logs', covers: null, costKind: 'equivalent', costProvenance: 'estimated', tokenProvenance: 'measured', dayZone: null, buckets: [] };

/** The providers with an account that tell better what this one tells. */
export const winnersOver = ({ yieldsTo = [] }: Provider, accounts: readonly Account[]): readonly string[] =>
  yieldsTo.filter(id => accounts.some(({ providerId }) => providerId === id));

export class Yielding {
  constructor(private readonly options: YieldingOptions) {}

  /** What of a reading counts, and what there is to say of it. */
  counted({ provider }: Target, reading: Reading): Reading {
    const { accounts, providers, receiver } = this.options;
    const note = telemetryProviders.includes(provider) ? receiver?.noteFor(provider.info.id) ?? null : null;
    const notes = note === null ? reading.notes : [note, ...reading.notes];
    const winners = winnersOver(provider, accounts());
    if (winners.length === 0) return { ...reading, notes };
    const names = winners.map(id => providers.find(({ info }) => info.id === id)?.info.name ?? id);
    return { ...reading, usage: reading.usage.map(emptied), notes: [`Not counted here: ${names.join(' and ')} counts the same usage from the tool's own logs.`, ...notes] };
  }

  /** At once, for the new account may be read before those that yield to it are. */
  added({ providerId }: Account): void {
    for (const { account, provider } of this.yielding(providerId)) {
      const last = this.options.known.reading(account.id);
      if (last === null) continue;
      this.options.keep(account, this.counted({ account, provider }, { ...last, notes: [], takenAt: this.options.now(), usage: [NO_USAGE], gaps: [] }));
    }
  }

  /** What was held back counts again, all of it. */
  removed({ providerId }: Account): void {
    for (const target of this.yielding(providerId)) {
      this.options.reader.lost(target.account.id);
      this.options.poller.update(target, true);
    }
  }

  private yielding(to: string): readonly Target[] {
    const { accounts, providers } = this.options;
    return accounts().flatMap(account => {
      const provider = providers.find(({ info, yieldsTo }) => info.id === account.providerId && yieldsTo?.includes(to) === true);
      return provider === undefined ? [] : [{ account, provider }];
    });
  }
}
