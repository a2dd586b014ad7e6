import * as z from 'zod/mini';
import type { Account } from '../core/account';
import type { BlockEntry } from '../core/blocks';
import { ProviderError } from '../core/errors';
import type { Reading, UsageReport } from '../core/reading';
import type { ProviderInfo } from '../core/snapshot';
import type { EpochMs } from '../core/time';
import type { HttpError } from './httpError';
import type { LogSource } from './logSource';

/** What a provider may know of the machine; tests hand in a pretend one. */
export interface Machine {
  /** The user's home folder, absolute. */
  readonly home: string;
  /** 'linux', 'darwin', 'win32'… as Node names them. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where what the tools here send of their usage is written down. Absent: nowhere. */
  readonly telemetryDir?: string;
}

/** One vendor or tool. The adapter is pure but for what its context does for it. */
export interface Provider {
  /** What the editor shows of it; `info.id` is kebab-case, unique, never renamed. */
  readonly info: ProviderInfo;
  /** Hosts that the credential may go to, beside the origin of an account's own `baseUrl`; the HTTP client sees to it. */
  readonly hosts: readonly string[];
  /** The headers that carry the credential. Absent for providers without one. */
  readonly authorize?: (secret: string) => Readonly<Record<string, string>>;
  /** Says what is wrong with a key's form before it is sent, or null. Only for forms that can never work. */
  readonly refuseKey?: (secret: string) => string | null;
  /** Which key is needed, when the vendor answered 401 or 403 to a valid key of the wrong kind; null: a wrong key. Never repeats the key. */
  readonly explainRefusal?: (secret: string, refusal: HttpError) => string | null;
  /** Local logs to be counted; reached through `context.scanLogs`. */
  readonly logs?: LogSource;
  /** Providers that tell the same usage, and better: while one of them has an account, nothing of this one counts. */
  readonly yieldsTo?: readonly string[];
  /** @throws {ProviderError}; any other error is our bug. */
  read(context: ReadContext): Promise<Reading>;
}

export interface ReadContext {
  readonly now: EpochMs;
  readonly account: Pick<Account, 'id' | 'options'>;
  readonly machine: Machine;
  /** Aborts when the time for this read is over or the account went away. */
  readonly signal: AbortSignal;
  /**
   * GET with the credential attached. `path` begins with '/' and follows the account's `baseUrl` or the provider's.
   * A list value becomes a repeated parameter.
   * @throws {ProviderError} 401/403 'auth', 404 and unfit answers 'changed', 429 'rate-limited', the rest 'unreachable'.
   */
  getJson(path: string, query?: Readonly<Record<string, string | number | readonly string[] | undefined>>): Promise<unknown>;
  /**
   * Reads a whole small file of another tool. Null: there is no such file.
   * @throws {ProviderError} 'unreadable' without permission or above `maxBytes`.
   */
  readFile(path: string, maxBytes: number): Promise<string | null>;
  /** Counts what is new in this account's logs. Only for providers with `logs`. @throws {ProviderError} 'unreadable'. */
  scanLogs(): Promise<LogScan>;
}

/** What a scan of local logs gives. */
export interface LogScan {
  /** Restated hourly buckets: complete values of every bucket that changed since the last scan of this account. */
  readonly report: UsageReport;
  /** The newest value of each thing that a log parser noticed, such as rate limits; keyed by the parser. */
  readonly sightings: ReadonlyMap<string, Sighting>;
  /** Responses of the last twelve hours that the logs tell of, each once, in the order of their times. */
  recent(): readonly BlockEntry[];
  /** Sentences on what was skipped: "2 lines above 64 MB", "1 folder without permission". */
  readonly notes: readonly string[];
}

export interface Sighting {
  readonly at: EpochMs;
  /** Plain JSON. */
  readonly value: unknown;
}

/** @throws {ProviderError} 'changed', naming the fields that did not fit, never their values. */
export function parseBody<T extends z.core.$ZodType>(schema: T, body: unknown): z.output<T> {
  const result = z.safeParse(schema, body);
  if (result.success) return result.data;
  const fields = [...new Set(result.error.issues.map(issue => issue.path.join('.') || '(body)'))].slice(0, 5).join(', ');
  throw new ProviderError('changed', `The answer does not have the expected form: ${fields}.`);
}

/** A reading with nothing in it; adapters fill in what they know. */
export const emptyReading = (takenAt: EpochMs): Reading => ({
  takenAt, meters: [], usage: [], totals: [], identity: null, plan: null, notes: [], activity: null, gaps: [],
});
