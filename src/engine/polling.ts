/** What polling is about: targets, reads, outcomes, and what the poller needs. */
import type { Account } from '../core/account';
import type { ProviderError } from '../core/errors';
import type { Reading } from '../core/reading';
import type { EngineSettings } from '../core/settings';
import type { Clock, EpochMs } from '../core/time';
import type { Provider } from '../providers/provider';
import type { PollMarks } from './pollMarks';

/** What is polled: an account and its adapter. */
export interface Target { readonly account: Account; readonly provider: Provider }

export type Outcome =
  | { readonly ok: true; readonly reading: Reading }
  | { readonly ok: false; readonly error: ProviderError };

/** A read that has what it needs. Accounts with the same `credentialKey` share floors and back-off. */
export interface PreparedRead { readonly credentialKey: string; readonly run: (signal: AbortSignal) => Promise<Reading> }

export interface PollerOptions {
  readonly clock: Clock;
  /** 0 up to but not including 1. */
  readonly random: () => number;
  settings(): EngineSettings;
  /** What is known of the requests of earlier runs. */
  readonly marks: Pick<PollMarks, 'get' | 'usedAt' | 'asked' | 'answered'>;
  /** Gets the secret. @throws {ProviderError} */
  prepare(target: Target): Promise<PreparedRead>;
  /** Keeps the outcome; called before the next poll is shown as planned. Not called for accounts that went away. */
  onOutcome(target: Target, outcome: Outcome, nextPollAt: EpochMs | null): void;
  /** A poll began or ended, a plan changed, or a minute passed, by which windows expire and readings grow old. */
  onChange(): void;
  log(level: 'debug' | 'warn', message: string): void;
}
