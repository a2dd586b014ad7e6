/** What a look at a path tells: whether it is a log, and what is there. */
import { type Stats, statSync } from 'node:fs';
import path from 'node:path';
import type { EpochMs } from '../../core/time';
import type { LogFormat, LogSource } from '../../providers/logSource';

export interface ListedFile {
  /** Real, absolute; of a packed file without its ending, so that a log stays the same one when it is packed. */
  readonly path: string;
  readonly packed: boolean;
  readonly format: LogFormat;
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

export interface Listing {
  /** Those that are new, or changed since they were read. */
  readonly fresh: readonly ListedFile[];
  /** How many there are in all, and their bytes. */
  readonly count: number;
  readonly bytes: number;
  /** Folders and files that this user may not read. */
  readonly closed: ReadonlySet<string>;
  /** Folders that were listed, roots and below. */
  readonly listed: ReadonlySet<string>;
  /** When the newest log right in a folder was written, for those that have one. */
  readonly newest: ReadonlyMap<string, EpochMs>;
}

/** What SQLite keeps beside a database: parts of it, and no logs of their own. */
export const BESIDE_DATABASE = /-(wal|shm|journal)$/;
/** What a log's name ends in once it is packed by zstd. */
export const PACKED = '.zst';

/** Where the bytes of a listed file are. */
export const placeOf = ({ path, packed }: ListedFile): string => (packed ? path + PACKED : path);

/** Null: it is no log. @param relative its path below the root, with '/' between names. */
export function formatOf({ formats }: LogSource, relative: string): LogFormat | null {
  const packed = relative.endsWith(PACKED);
  const name = packed ? relative.slice(0, -PACKED.length) : relative;
  const format = formats.find(({ kind, matches }) => (!packed || kind === 'lines') && matches(name));
  return format === undefined || (format.kind === 'database' && BESIDE_DATABASE.test(relative)) ? null : format;
}

/** The path relative to the root, with '/' between names. What a link led to lies elsewhere. */
export const below = (root: string, full: string): string =>
  (full.startsWith(root + path.sep) ? full.slice(root.length + 1) : path.relative(root, full)).replaceAll(path.sep, '/');

/** New rows may be in its write-ahead log alone, in which case nothing else of a database changes. */
export function databaseStat(full: string): Pick<Stats, 'size' | 'mtimeMs' | 'ino'> {
  const { size, mtimeMs, ino } = statSync(full);
  const wal = statSync(`${full}-wal`, { throwIfNoEntry: false });
  return { size: size + (wal?.size ?? 0), mtimeMs: Math.max(mtimeMs, wal?.mtimeMs ?? 0), ino };
}

/** 'gone': it was there a moment ago. */
export function attempt<T>(look: () => T): T | 'closed' | 'gone' {
  try {
    return look();
  } catch (error) {
    return unseen(error);
  }
}

export function unseen(error: unknown): 'closed' | 'gone' {
  if (!(error instanceof Error && 'code' in error)) throw error;
  return error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ELOOP' ? 'gone' : 'closed';
}
