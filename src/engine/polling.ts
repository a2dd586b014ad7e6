/** What polling is about: targets, reads, outcomes, and what the poller needs. */
import type { Account } from '../core/account';
import { ProviderError } from '../core/errors';
import type { Reading } from '../core/reading';
import { asksNobody, type Ending } from '../core/schedule';
import type { EngineSettings } from '../core/settings';
import { MINUTE_MS, type Clock, type EpochMs } from '../core/time';
import { HttpError } from '../providers/httpError';
import type { Provider } from '../providers/provider';
import type { PollMarks } from './pollMarks';

/** What is polled: an account and its adapter. */
export interface Target { readonly account: Account; readonly provider: Provider }

export type Outcome =
  | { readonly ok: true; readonly reading: Reading }
  | { readonly ok: false; readonly error: ProviderError };

/** What the poller knows of a target. */
export interface Entry {
  target: Target;
  pauseKey: string;
  /** As planned for a user who is there; `dueAt` tells when it really comes. */
  nextPollAt: EpochMs | null;
  /** Among those that are due, who waited longest comes first: accounts with one key take turns. 0: was not read yet. */
  readAt: EpochMs;
  /** How long it may wait for others that are due soon. 0: planned by a user or a start of the program, who wait, not by a poll that ended. */
  patienceMs: number;
  running: { readonly abort: AbortController; readonly ended: Promise<void> } | null;
  /** There is something new to be read, which costs no vendor anything. */
  hurried: boolean;
}

export const newEntry = (target: Target, pauseKey: string, readAt: EpochMs): Entry =>
  ({ target, pauseKey, nextPollAt: null, readAt, patienceMs: 0, running: null, hurried: false });

/** The loop looks at the clock at least this often, to notice that it was set. */
export const LOOK_MS = MINUTE_MS;
/** While nobody is there to see it. A window that gets the focus looks at once. */
export const UNFOCUSED_LOOK_MS = 10 * MINUTE_MS;

/** A read that has what it needs. Accounts with the same `credentialKey` share floors and back-off. */
export interface PreparedRead { readonly credentialKey: string; readonly run: (signal: AbortSignal) => Promise<Reading> }

export interface PollerOptions {
  readonly clock: Clock;
  /** 0 up to but not including 1. */
  readonly random: () => number;
  settings(): EngineSettings;
  /** What is known of the requests of earlier runs. */
  readonly marks: Pick<PollMarks, 'get' | 'usedAt' | 'asked' | 'answered'>;
  /** Gets the secret. @param live see `Poller.hurry`. @throws {ProviderError} */
  prepare(target: Target, live: boolean): Promise<PreparedRead>;
  /** Keeps the outcome; called before the next poll is shown as planned. Not called for accounts that went away. */
  onOutcome(target: Target, outcome: Outcome, nextPollAt: EpochMs | null): void;
  /** A poll began or ended, or a plan changed. @param soon somebody waits to see it. */
  onChange(soon: boolean): void;
  /** The loop looks at the clock: windows expire and readings grow old by time alone. */
  onLook(): void;
  log(level: 'debug' | 'warn', message: string): void;
}

/** An error that is none of a provider's is a fault of ours: it is told in the log. */
export function asProviderError({ provider: { info } }: Target, error: unknown, log: PollerOptions['log']): ProviderError {
  if (error instanceof ProviderError) return error;
  log('warn', `Reading ${info.name} failed by a fault of this extension: ${error instanceof Error ? error.stack ?? error.message : 'no error'}`);
  return new ProviderError('internal', `Reading ${info.name} failed by a fault of this extension; the log tells more.`);
}

/** Whether its vendor said anything. @param error of the read; null: it went well. */
export const isAnswered = (error: ProviderError | null): boolean => error === null || error instanceof HttpError;

/** @param error as above. */
export function endingOf({ provider: { info } }: Target, error: ProviderError | null): Ending {
  if (error === null) return { ok: true };
  const { kind, retryAfterMs } = error;
  const noAnswer = kind === 'unreachable' && retryAfterMs === null && !isAnswered(error);
  return { ok: false, kind, retryAfterMs, unheard: (noAnswer || kind === 'unreadable') && !asksNobody(info) }; // logs that took too long are work
}

/** By which pauses are kept: of an account whose credential is not known yet, */
export const ownKey = (accountId: string): string => `account:${accountId}`;
/** and of a credential, what an earlier run left. */
export const earlierKey = (tag: string): string => `earlier:${tag}`;
