import path from 'node:path';
import type { UnreadLogs } from '../../core/snapshot';
import type { EpochMs } from '../../core/time';
import type { ListedFile, Listing } from './look';
import type { LogState } from './logState';

/** Files that were read and are no longer there, of a listing of all logs. Those in folders that cannot be listed now may be. */
export function gone({ listed, closed }: Listing, state: LogState): readonly string[] {
  return state.files.unlisted.filter(path => {
    if (closed.has(path)) return false;
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
export function amountRead({ fresh, bytes }: Listing, state: LogState): Amount {
  let unread = 0;
  for (const { path, packed, size, mtimeMs, inode } of fresh) {
    if (!state.files.isSame(path, packed, size, mtimeMs, inode)) unread += Math.max(0, size - (state.files.get(path)?.offset ?? 0));
  }
  return { read: bytes - unread, all: bytes };
}

/** What a scan left for another; null: there is nothing in it. */
export function unreadOf(listing: Listing, state: LogState, stopped: boolean): UnreadLogs | null {
  const { read, all } = amountRead(listing, state);
  return read < all ? { readShare: read / all, stopped } : null;
}
