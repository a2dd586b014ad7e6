import { knownZone } from '../core/days';
import type { PriceTable } from '../core/pricing';
import type { EngineEvent, EngineEventName } from '../core/protocol';
import type { EngineSettings } from '../core/settings';
import type { Clock } from '../core/time';
import type { Machine, Provider } from '../providers/provider';
import type { Accounts } from './accounts';
import type { OpenSql } from './history/sql';
import type { Receiver } from './otlp/receiver';
import type { ReaderOptions } from './reader';

export interface EngineOptions extends Pick<ReaderOptions, 'http' | 'watch' | 'threads'> {
  readonly prices: PriceTable;
  readonly accounts: Accounts;
  /** Where history and log readers keep what they know; null: in memory only. */
  readonly storageDir: string | null;
  readonly settings: EngineSettings;
  readonly providers: readonly Provider[];
  readonly machine: Machine;
  readonly clock: Clock;
  /** 0 up to but not including 1. */
  readonly random: () => number;
  readonly openSql: OpenSql;
  /** Takes what tools send of their usage; null: nobody does here. The engine ends it. */
  readonly receiver: Receiver | null;
  /** Null: none is kept. @throws {ProviderError} when nobody can say. */
  readonly secret: (accountId: string) => Promise<string | null>;
  readonly tell: <K extends EngineEventName>(name: K, data: EngineEvent<K>) => void;
  /** Called before anything is written or asked. @throws once another process has taken the folder over. */
  readonly guard: () => void;
}

/** The settings with days of UTC where this machine does not know their zone, which is told. */
export function withKnownZone(settings: EngineSettings, tell: EngineOptions['tell']): EngineSettings {
  const zone = knownZone(settings.zone);
  if (zone !== settings.zone) tell('log', { level: 'warn', message: `This machine knows no time zone "${settings.zone}": days are those of UTC.` });
  return { ...settings, zone };
}
