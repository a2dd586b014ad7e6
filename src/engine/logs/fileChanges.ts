import path from 'node:path';
import type { UnreadLogs } from '../../core/snapshot';
import type { EpochMs } from '../../core/time';
import type { ListedFile, Listing } from './listing';
import type { LogState } from './logState';

/** Nothing was written to a file since it was read. */
export function sameFile({ path, packed, size, mtimeMs, inode }: ListedFile, state: LogState): boolean {
  const known = state.files.get(path);
  return known !== undefined && known.packed === packed && known.size === size && known.mtimeMs === mtimeMs && known.inode === inode;
}

/** Files that were read and are no longer there. Those in folders that cannot be listed now may be. */
export function gone({ files, listed, closed }: Listing, state: LogState): readonly string[] {
  const there = new Set(files.map(({ path }) => path));
  return [...state.files.keys()].filter(path => {
    if (there.has(path) || closed.has(path)) return false;
    const folders = [...parents(path)];
    return folders.some(folder => listed.has(folder)) && !folders.some(folder => closed.has(folder));
  });
}

function* parents(file: string): Generator<string> {
  for (let folder = path.dirname(file); folder !== path.dirname(folder); folder = path.dirname(folder)) yield folder;
}

/** What was read in full before, or was written since then. What is left out is older, and new to the reader. */
export function isWanted({ path, mtimeMs }: ListedFile, state: LogState, since: EpochMs): boolean {
  return mtimeMs >= since || (state.files.get(path)?.size ?? -1) >= 0;
}

/** Bytes. */
export interface Amount { readonly read: number; readonly all: number }

/** How much of all listed files was read. */
export function amountRead({ files }: Listing, state: LogState): Amount {
  let [all, unread] = [0, 0];
  for (const file of files) {
    all += file.size;
    if (!sameFile(file, state)) unread += Math.max(0, file.size - (state.files.get(file.path)?.offset ?? 0));
  }
  return { read: all - unread, all };
}

/** What a scan left for another; null: there is nothing in it. */
export function unreadOf(listing: Listing, state: LogState, stopped: boolean): UnreadLogs | null {
  const { read, all } = amountRead(listing, state);
  return read < all ? { readShare: read / all, stopped } : null;
}
