import { type Dirent, existsSync, lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { ProviderError } from '../../core/errors';
import type { EpochMs } from '../../core/time';
import type { LogFormat, LogSource } from '../../providers/logSource';
import type { Machine } from '../../providers/provider';
import type { FileStates } from './fileStates';

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
    const stat = existsSync(root) ? attempt(() => statSync(root)) : 'gone'; // most are not there, and an error is slow to make
    if (typeof stat === 'string' || !(stat.isDirectory() || stat.isFile())) continue; // not there, or not ours to see
    const real = attempt(() => realpathSync.native(root));
    if (real !== 'gone' && real !== 'closed') found.add(real);
  }
  return [...found];
}

/**
 * Lists all logs below the roots, plain or packed; of a log that is there as both, the plain one.
 * @param known what was read, which is told what is still there. @param rest called after each folder; a promise is waited for.
 * @throws {ProviderError} 'unreadable' when there is no root, or none may be read.
 */
export async function listLogs(source: LogSource, roots: readonly string[], known: FileStates, rest: () => Promise<void> | null): Promise<Listing> {
  known.beginListing();
  const walk = new Walk(source, known);
  for (const root of roots) {
    walk.begin(root);
    for (let more = walk.step(); more; more = walk.step()) {
      const pause = rest();
      if (pause !== null) await pause;
    }
  }
  walk.end();
  if (walk.listed.size === 0 && walk.count === 0) throw new ProviderError('unreadable', roots.length === 0 ? 'No log folder was found.' : `The log folder ${roots[0]} cannot be read.`);
  return walk;
}

/** A folder amid its listing. `below`: its path relative to the root, with '/' between names; '': it is the root. */
interface Folder { readonly path: string; readonly below: string; readonly entries: readonly Dirent[]; next: number; newest: EpochMs }

/**
 * Goes through what lies below roots, depth first, a folder at a time. Every start of the command line goes through all of it, so that
 * nothing is made for a log that is as it was.
 */
class Walk implements Listing {
  readonly fresh: ListedFile[] = [];
  readonly listed = new Set<string>();
  readonly closed = new Set<string>();
  readonly newest = new Map<string, EpochMs>();
  count = 0;
  bytes = 0;
  readonly #source: LogSource;
  readonly #known: FileStates;
  readonly #open: Folder[] = [];
  /** To be looked at once it is known which logs are there unpacked. */
  readonly #packed: ListedFile[] = [];
  #root = '';

  constructor(source: LogSource, known: FileStates) {
    [this.#source, this.#known] = [source, known];
  }

  begin(root: string): void {
    this.#root = root;
    if (attempt(() => statSync(root).isFile()) === true) this.#note(path.dirname(root), this.#look(path.basename(root), root));
    else this.#visit(root, '');
  }

  /** Goes on until it has opened one more folder. False: there are no more. */
  step(): boolean {
    for (let folder = this.#open.at(-1); folder !== undefined; folder = this.#open.at(-1)) {
      for (let entry = folder.entries[folder.next++]; entry !== undefined; entry = folder.entries[folder.next++]) {
        const full = folder.path + path.sep + entry.name;
        const relative = folder.below === '' ? entry.name : `${folder.below}/${entry.name}`;
        if (entry.isFile()) folder.newest = Math.max(folder.newest, this.#look(relative, full));
        else if (entry.isDirectory() ? this.#enter(relative, full, relative) : entry.isSymbolicLink() && this.#follow(relative, full)) return true;
      }
      this.#open.pop();
      this.#note(folder.path, folder.newest);
    }
    return false;
  }

  end(): void {
    for (const file of this.#packed) if (!this.#known.isListed(file.path)) this.#take(file.format, file.path, true, file.size, file.mtimeMs, file.inode);
  }

  #note(folder: string, newest: EpochMs): void {
    if (newest > (this.newest.get(folder) ?? -Infinity)) this.newest.set(folder, newest);
  }

  /** @param seen as `below`, by which it was reached. @returns whether it was opened. */
  #enter(seen: string, full: string, relative: string): boolean {
    return this.#source.enters?.(seen) !== false && this.#visit(full, relative);
  }

  #visit(folder: string, relative: string): boolean {
    if (this.listed.has(folder)) return false;
    const entries = attempt(() => readdirSync(folder, { withFileTypes: true }));
    if (entries === 'closed') this.closed.add(folder);
    if (entries === 'closed' || entries === 'gone') return false;
    this.listed.add(folder);
    this.#open.push({ path: folder, below: relative, entries, next: 0, newest: -Infinity });
    return true;
  }

  #follow(seen: string, link: string): boolean {
    const target = attempt(() => ({ real: realpathSync(link), directory: statSync(link).isDirectory() }));
    if (target === 'closed') this.closed.add(link);
    if (target === 'closed' || target === 'gone') return false;
    if (target.directory) return this.#enter(seen, target.real, below(this.#root, target.real));
    this.#note(path.dirname(target.real), this.#look(seen, target.real));
    return false;
  }

  /** @returns when it was written; -Infinity: it is no log. */
  #look(relative: string, full: string): EpochMs {
    const format = formatOf(this.#source, relative);
    if (format === null) return -Infinity;
    try {
      const { size, mtimeMs, ino } = format.kind === 'database' ? databaseStat(full) : statSync(full);
      if (relative.endsWith(PACKED)) this.#packed.push({ path: full.slice(0, -PACKED.length), packed: true, format, size, mtimeMs, inode: ino });
      else this.#take(format, full, false, size, mtimeMs, ino);
      return mtimeMs;
    } catch (error) {
      if (unseen(error) === 'closed') this.closed.add(full);
      return -Infinity;
    }
  }

  #take(format: LogFormat, file: string, packed: boolean, size: number, mtimeMs: EpochMs, inode: number): void {
    const found = this.#known.list(file, packed, size, mtimeMs, inode);
    if (found === 'again') return; // by another way
    this.count++;
    this.bytes += size;
    if (found === 'fresh') this.fresh.push({ path: file, packed, format, size, mtimeMs, inode });
  }
}

/**
 * Lists those of some files that are logs below the roots, as `listLogs` does. Null: more than such files changed, or it is not
 * told what, so that all must be listed.
 */
export function listChanged(source: LogSource, roots: readonly string[], known: FileStates, changed: Iterable<string>): Listing | null {
  const fresh = new Map<string, ListedFile>();
  const closed = new Set<string>();
  for (const name of changed) {
    const full = name.replace(BESIDE_DATABASE, ''); // beside what is no database there is no such file
    const root = roots.find(folder => full.startsWith(folder + path.sep));
    if (root === undefined || full.endsWith(PACKED)) return null;
    if (attempt(() => lstatSync(full).isFile()) === false) return null; // a new folder, or a link
    const format = formatOf(source, below(root, full));
    const stat = format === null ? 'gone' : attempt(() => (format.kind === 'database' ? databaseStat(full) : statSync(full)));
    if (stat === 'closed') closed.add(full);
    if (format === null || typeof stat === 'string' || known.isSame(full, false, stat.size, stat.mtimeMs, stat.ino)) continue;
    fresh.set(full, { path: full, packed: false, format, size: stat.size, mtimeMs: stat.mtimeMs, inode: stat.ino });
  }
  const files = [...fresh.values()];
  return { fresh: files, closed, count: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0), listed: new Set(), newest: new Map() };
}

/** So that the days that people look at are known first. */
export const byAge = (a: ListedFile, b: ListedFile): number => b.mtimeMs - a.mtimeMs;

/** The folders of a listing, those with the newest logs below them first. */
export function newestFirst({ newest, listed }: Listing): readonly string[] {
  const folders = new Set<string>();
  for (const [innermost] of [...newest].sort(([, a], [, b]) => b - a)) {
    for (let folder = innermost; listed.has(folder) && !folders.has(folder); folder = path.dirname(folder)) folders.add(folder);
  }
  return [...new Set([...folders, ...listed])];
}

/** Null: it is no log. @param relative its path below the root, with '/' between names. */
function formatOf({ formats }: LogSource, relative: string): LogFormat | null {
  const packed = relative.endsWith(PACKED);
  const name = packed ? relative.slice(0, -PACKED.length) : relative;
  const format = formats.find(({ kind, matches }) => (!packed || kind === 'lines') && matches(name));
  return format === undefined || (format.kind === 'database' && BESIDE_DATABASE.test(relative)) ? null : format;
}

/** The path relative to the root, with '/' between names. What a link led to lies elsewhere. */
const below = (root: string, full: string): string =>
  (full.startsWith(root + path.sep) ? full.slice(root.length + 1) : path.relative(root, full)).replaceAll(path.sep, '/');

/** New rows may be in its write-ahead log alone, in which case nothing else of a database changes. */
function databaseStat(full: string): Pick<Stats, 'size' | 'mtimeMs' | 'ino'> {
  const { size, mtimeMs, ino } = statSync(full);
  const wal = statSync(`${full}-wal`, { throwIfNoEntry: false });
  return { size: size + (wal?.size ?? 0), mtimeMs: Math.max(mtimeMs, wal?.mtimeMs ?? 0), ino };
}

/** 'gone': it was there a moment ago. */
function attempt<T>(look: () => T): T | 'closed' | 'gone' {
  try {
    return look();
  } catch (error) {
    return unseen(error);
  }
}

function unseen(error: unknown): 'closed' | 'gone' {
  if (!(error instanceof Error && 'code' in error)) throw error;
  return error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ELOOP' ? 'gone' : 'closed';
}
