import { MICROS_PER_UNIT } from '../core/money';
import type { EpochMs } from '../core/time';
import type { Machine, Sighting } from './provider';

/** How to count the local logs of one tool. Pure: the engine lists, reads and remembers. */
export interface LogSource {
  /** Folders that may hold logs, or single logs, most wanted first; the engine keeps those that exist, once per real path. */
  roots(machine: Machine, home: string | undefined): readonly string[];
  /** Folders that show that the tool is on this machine, where its roots are other programs' too; absent: the roots show it. */
  signs?(machine: Machine, home: string | undefined): readonly string[];
  /** Whether a folder below a root may hold logs, by its path as of `matches`; absent: each may. */
  enters?(relativePath: string): boolean;
  /** Set where the tool itself guesses what it writes down; absent: the vendor's own counts. */
  readonly tokenProvenance?: 'estimated';
  /** False where logs tell running totals: how many requests a rise was, nobody knows. Absent: a response is one. */
  readonly countsRequests?: false;
  /** The forms that its logs have. A file below a root is read in the first one that takes its path. */
  readonly formats: readonly LogFormat[];
  /** 'reported': its logs tell what each response cost, and what does not is unpriced. Otherwise the price table fills in. */
  readonly costs?: 'reported';
}

export type LogFormat = LineFormat | DocumentFormat | DatabaseFormat;

/** Logs that grow by a line of JSON at a time. */
export interface LineFormat {
  readonly kind: 'lines';
  /**
   * Whether a file below a root is such a log, by its path relative to the root with '/' between names. One that is packed by zstd
   * is asked for without its ".zst".
   */
  matches(relativePath: string): boolean;
  /** Byte strings (ASCII) of which a line must hold one to be looked at at all. */
  readonly markers: readonly string[];
  /** What a parser reads of a line: paths with '.' between keys, none of which is the beginning of another. */
  readonly fields: readonly string[];
  /** A parser for one file; `state` is what an earlier parser of the same file gave for the lines before, or undefined. */
  parser(state: unknown, file: LogFile): LogParser;
}

/** Logs that are one JSON value each, written anew with every change. */
export interface DocumentFormat {
  readonly kind: 'document';
  /** As of LineFormat; these are never packed. */
  matches(relativePath: string): boolean;
  /**
   * Told whenever the file changed; gives what is to be remembered of it, plain JSON, or undefined.
   * @param document what JSON gave, not yet checked. `state`: what was remembered of this file, or undefined.
   */
  read(document: unknown, state: unknown, file: LogFile, emit: LogSink): unknown;
}

/** Logs that are rows of a SQLite database, which its tool may be writing meanwhile. */
export interface DatabaseFormat {
  readonly kind: 'database';
  /** As of LineFormat; these are never packed, and files that SQLite keeps beside a database are not asked for. */
  matches(relativePath: string): boolean;
  /**
   * Told whenever the database changed, and again at once for as long as `rows` leaves something; gives what is to be remembered of
   * it, plain JSON, or undefined. Should the database have changed meanwhile, what was emitted and remembered is dropped, and this told
   * again.
   * @param state what was remembered of this file, or undefined.
   */
  read(tables: LogTables, state: unknown, file: LogFile, emit: LogSink): unknown;
}

/** One state of a database, for reading. */
export interface LogTables {
  /**
   * Tells rows of a table in the order of their rowids; none of a table that is not there.
   * @param after the rowid to begin behind; null: with the first row.
   * @returns whether rows may be left, because this was enough for one go: then remember the last rowid told, to go on behind it.
   */
  rows<C extends string>(table: string, columns: readonly C[], after: number | null, tell: (row: LogRow<C>, rowid: number) => void): 'all' | 'left';
  /** A row by its rowid, or by what its primary key, or another unique column, has; null: there is none. */
  row<C extends string>(table: string, columns: readonly C[], key: number | { readonly column: string; readonly text: string }): LogRow<C> | null;
  /** What zstd packed, as text; null: damaged, or above `maxBytes`. */
  unpack(packed: Uint8Array, maxBytes: number): string | null;
}

/** Values by the columns that were asked for; one that the table does not have is null. */
export type LogRow<C extends string> = Readonly<Record<C, string | number | Uint8Array | null>>;

/** The file that is being read. */
export interface LogFile {
  /** Real, absolute. */
  readonly path: string;
  /** When it was last written. */
  readonly modifiedAt: EpochMs;
  /**
   * The text of a small file by its path relative to this file's folder, such as "../workspace.json".
   * Null: not there, not readable, or above `maxBytes`.
   */
  near(relativePath: string, maxBytes: number): string | null;
}

/** The fields of a line, by their number in the source's list; good until the next line. */
export interface LogLine {
  has(field: number): boolean;
  /** What JSON.parse gives of it; undefined: the line does not have it. */
  json(field: number): unknown;
  /** See `text`, `count` and `instant`. */
  text(field: number): string | null;
  count(field: number): number;
  instant(field: number): EpochMs | null;
}

/** The numbers of fields by their paths. */
export const numbered = <F extends string>(fields: readonly F[]): Readonly<Record<F, number>> =>
  Object.fromEntries(fields.map((field, number) => [field, number])) as Record<F, number>;

/** One file's lines, in order. */
export interface LogParser {
  /** A line of JSON that holds a marker. The last one so far may be told again, also after a restart, to a parser that goes on from before it. */
  line(line: LogLine, emit: LogSink): void;
  /** Plain JSON to go on from after a restart, which later lines do not change; undefined: nothing to remember. */
  state(): unknown;
}

export interface LogSink {
  /** Same `id` again, in any file: the same response, of which the greatest figures and the earliest time count. */
  response(event: LogResponse): void;
  /**
   * All that a session used so far, under its id: what is above the greatest figures told of it, in any file, was used at this time,
   * by this model. What was told before is counted already.
   */
  running(event: LogResponse): void;
  /**
   * The response of this id is a replay of one that is counted under another id: it counts nothing, told before or after. A running
   * total of this id tells what is counted under others: it counts nothing, told after.
   */
  replay(id: string): void;
  sighting(key: string, sighting: Sighting): void;
  /** The line held a marker but says something that cannot be. */
  damaged(): void;
}

/** One billed response. Token parts are disjoint, but for `reasoning`, which is inside `output`. */
export interface LogResponse {
  readonly id: string;
  readonly at: EpochMs;
  readonly model: string;
  /** The folder that the work was done in; null: the log does not say. */
  readonly project: string | null;
  /** The branch that was checked out in it; null: the log does not say. */
  readonly branch: string | null;
  /** The session that it belongs to, that of a sub-agent being its parent's; null: the log does not say. */
  readonly session: string | null;
  readonly input: number;
  readonly cacheRead: number;
  /** Kept for five minutes, or of unknown lifetime. */
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly output: number;
  readonly reasoning: number;
  /** Price tier, where the log tells: 'fast', 'priority', 'batch'; null: list price, or not told. */
  readonly tier: string | null;
  /** What the log itself says that it cost, in whole millionths of a US dollar (`dollarMicros`); wins over the price table. Null: the log does not say. */
  readonly costMicros: number | null;
}

/** What JSON gave, before anything is known of it. */
export type Json = Readonly<Record<string, unknown>>;

export const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const MAX_COUNT = 2 ** 32 - 1;
const MAX_TEXT = 1000;

/** A token count; missing and null are 0. NaN for what is no count, which spoils every sum it enters. */
export function count(value: unknown): number {
  if (value === undefined || value === null) return 0;
  return typeof value === 'number' && value >= 0 && value <= MAX_COUNT ? Math.round(value) : NaN;
}

/** Dollars as JSON told them, in whole micro-dollars. Null for what is no amount, or above 4,000 dollars for one response. */
export const dollarMicros = (value: unknown): number | null =>
  (typeof value === 'number' && value >= 0 && value <= MAX_DOLLARS ? Math.round(value * MICROS_PER_UNIT) : null);
const MAX_DOLLARS = 4000;

/** A name of reasonable length, or null. */
export const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' && value.length <= MAX_TEXT ? value : null);

/** An ISO 8601 instant of this century, or null. */
export function instant(value: unknown): EpochMs | null {
  const at = typeof value === 'string' ? Date.parse(value) : NaN;
  return at >= FIRST_AT && at < LAST_AT ? at : null;
}

/** As `instant`, a text without a zone being UTC, such as SQLite's own "2026-11-22 10:00:05". */
export const utcInstant = (value: unknown): EpochMs | null =>
  instant(typeof value === 'string' && /^\d{4}-\d\d-\d\d[ T][\d:.]+$/.test(value) ? `${value.replace(' ', 'T')}Z` : value);

/** As `instant`, or a number of milliseconds, or of seconds, since the epoch. */
export function moment(value: unknown): EpochMs | null {
  if (typeof value !== 'number') return instant(value);
  const at = Math.round(value < LEAST_MS ? value * 1000 : value);
  return at >= FIRST_AT && at < LAST_AT ? at : null;
}
/** No number of seconds of this century is as great, no number of milliseconds as small. */
const LEAST_MS = 1e11;
const FIRST_AT = Date.UTC(2000, 0, 1);
const LAST_AT = Date.UTC(2100, 0, 1);
