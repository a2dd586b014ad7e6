import fs from 'node:fs';
import path from 'node:path';
import { ProviderError } from '../../core/errors';
import type { LogFormat, LogSource } from '../../providers/logSource';
import type { Machine } from '../../providers/provider';

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
  /** Newest first: the days that people look at are known first. */
  readonly files: readonly ListedFile[];
  /** Folders and files that this user may not read. */
  readonly closed: ReadonlySet<string>;
  /** Folders that were listed, roots and below. */
  readonly listed: ReadonlySet<string>;
}

/** What SQLite keeps beside a database: parts of it, and no logs of their own. */
const BESIDE_DATABASE = /-(wal|shm|journal)$/;
/** What a log's name ends in once it is packed by zstd. */
const PACKED = '.zst';

/** Where the bytes of a listed file are. */
export const placeOf = ({ path, packed }: ListedFile): string => (packed ? path + PACKED : path);

/** The roots of a source that exist, each once by its real path. Looks at names only. @param more folders beside the tool's default ones. */
export const existingRoots = (source: LogSource, machine: Machine, home: string | undefined, more: readonly string[] = []): readonly string[] =>
  existing([...source.roots(machine, home), ...(home === undefined ? more.flatMap(folder => source.roots(machine, folder)) : [])]);

/** Of files and folders those that exist, each once by its real path. */
export function existing(paths: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const root of paths) {
    const stat = fs.existsSync(root) ? attempt(() => fs.statSync(root)) : 'gone'; // most are not there, and an error is slow to make
    if (typeof stat === 'string' || !(stat.isDirectory() || stat.isFile())) continue; // not there, or not ours to see
    const real = attempt(() => fs.realpathSync.native(root));
    if (real !== 'gone' && real !== 'closed') found.add(real);
  }
  return [...found];
}

/**
 * Lists all logs below the roots, plain or packed; of a log that is there as both, the plain one.
 * @throws {ProviderError} 'unreadable' when there is no root, or none may be read.
 */
export async function listLogs(source: LogSource, roots: readonly string[], rest: () => Promise<void>): Promise<Listing> {
  const files: ListedFile[] = [];
  const listed = new Set<string>();
  const closed = new Set<string>();
  const visit = async (root: string, folder: string): Promise<void> => {
    if (listed.has(folder)) return;
    const entries = attempt(() => fs.readdirSync(folder, { withFileTypes: true }));
    if (entries === 'closed') closed.add(folder);
    if (entries === 'closed' || entries === 'gone') return;
    listed.add(folder);
    await rest();
    for (const entry of entries) {
      const full = folder + path.sep + entry.name;
      if (entry.isDirectory()) await enter(root, full, full);
      else if (entry.isSymbolicLink()) await follow(root, full);
      else if (entry.isFile()) look(root, full, full);
    }
  };
  const enter = async (root: string, seen: string, full: string): Promise<void> => {
    if (source.enters?.(below(root, seen)) !== false) await visit(root, full);
  };
  const follow = async (root: string, link: string): Promise<void> => {
    const target = attempt(() => ({ real: fs.realpathSync(link), directory: fs.statSync(link).isDirectory() }));
    if (target === 'closed') closed.add(link);
    if (target === 'closed' || target === 'gone') return;
    if (target.directory) await enter(root, link, target.real);
    else look(root, link, target.real);
  };
  const look = (root: string, seen: string, full: string): void => {
    const found = lookAt(source, root, seen, full);
    if (found === 'closed') closed.add(full);
    else if (typeof found === 'object') files.push(found);
  };
  for (const root of roots) {
    if (attempt(() => fs.statSync(root).isFile()) === true) look(path.dirname(root), root, root);
    else await visit(root, root);
  }
  if (listed.size === 0 && files.length === 0) throw new ProviderError('unreadable', roots.length === 0 ? 'No log folder was found.' : `The log folder ${roots[0]} cannot be read.`);
  const once = new Map<string, ListedFile>();
  for (const file of files) if (!file.packed || !once.has(file.path)) once.set(file.path, file);
  return { files: [...once.values()].sort((a, b) => b.mtimeMs - a.mtimeMs), closed, listed };
}

/**
 * Lists those of some files that are logs below the roots, as `listLogs` does. Null: more than such files changed, or it is not
 * told what, so that all must be listed.
 */
export function listChanged(source: LogSource, roots: readonly string[], changed: Iterable<string>): Listing | null {
  const files: ListedFile[] = [];
  const closed = new Set<string>();
  for (const name of changed) {
    const full = name.replace(BESIDE_DATABASE, ''); // beside what is no database there is no such file
    const root = roots.find(folder => full.startsWith(folder + path.sep));
    if (root === undefined || full.endsWith(PACKED)) return null;
    if (attempt(() => fs.lstatSync(full).isFile()) === false) return null; // a new folder, or a link
    const found = lookAt(source, root, full, full);
    if (found === 'closed') closed.add(full);
    else if (typeof found === 'object' && !files.some(file => file.path === found.path)) files.push(found);
  }
  return { files: files.sort((a, b) => b.mtimeMs - a.mtimeMs), closed, listed: new Set() };
}

/** The folders of a listing, those with the newest logs below them first. */
export function newestFirst({ files, listed }: Listing): readonly string[] {
  const folders = new Set<string>();
  for (const file of files) {
    for (let folder = path.dirname(file.path); listed.has(folder) && !folders.has(folder); folder = path.dirname(folder)) folders.add(folder);
  }
  return [...new Set([...folders, ...listed])];
}

/** 'other': it is no log. */
function lookAt(source: LogSource, root: string, seen: string, full: string): ListedFile | 'closed' | 'gone' | 'other' {
  const relative = below(root, seen);
  const packed = relative.endsWith(PACKED);
  const format = source.formats.find(({ kind, matches }) => (packed ? kind === 'lines' && matches(relative.slice(0, -PACKED.length)) : matches(relative)));
  if (format === undefined || (format.kind === 'database' && BESIDE_DATABASE.test(full))) return 'other';
  const stat = attempt(() => (format.kind === 'database' ? databaseStat(full) : fs.statSync(full)));
  if (typeof stat === 'string') return stat;
  return { path: packed ? full.slice(0, -PACKED.length) : full, packed, format, size: stat.size, mtimeMs: stat.mtimeMs, inode: stat.ino };
}

/** The path relative to the root, with '/' between names. What a link led to lies elsewhere. */
const below = (root: string, seen: string): string =>
  (seen.startsWith(root + path.sep) ? seen.slice(root.length + 1) : path.relative(root, seen)).replaceAll(path.sep, '/');

/** New rows may be in its write-ahead log alone, in which case nothing else of a database changes. */
function databaseStat(full: string): Pick<fs.Stats, 'size' | 'mtimeMs' | 'ino'> {
  const { size, mtimeMs, ino } = fs.statSync(full);
  const wal = fs.statSync(`${full}-wal`, { throwIfNoEntry: false });
  return { size: size + (wal?.size ?? 0), mtimeMs: Math.max(mtimeMs, wal?.mtimeMs ?? 0), ino };
}

/** 'gone': it was there a moment ago. */
function attempt<T>(look: () => T): T | 'closed' | 'gone' {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ELOOP' ? 'gone' : 'closed';
  }
}
