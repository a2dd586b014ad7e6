import path from 'node:path';
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

/** The share of the bytes of all listed files that was read, 0 to 1. */
export function shareRead({ files }: Listing, state: LogState): number {
  let [all, unread] = [0, 0];
  for (const file of files) {
    all += file.size;
    if (!sameFile(file, state)) unread += Math.max(0, file.size - (state.files.get(file.path)?.offset ?? 0));
  }
  return all === 0 ? 1 : 1 - unread / all;
}
