import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { ProviderError } from '../../core/errors';
import type { LogSource } from '../../providers/logSource';
import type { Machine } from '../../providers/provider';
import type { FileStates } from './fileStates';
import { attempt, below, BESIDE_DATABASE, databaseStat, formatOf, type ListedFile, type Listing, PACKED } from './look';
import { Walk } from './walk';

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
