/**
 * Replaces several files of a folder together. They are first written to a folder of their own; giving that its final name is the
 * moment from which they count. Moving them into place can then be interrupted and is finished at the next start.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { syncFolder, writeDurably } from '../atomicFile';

const FRESH = 'restore.tmp';
const READY = 'restore.ready';
/** What was there before the last restore. */
export const BEFORE = 'before-restore';

/**
 * @param guard throws when another process has taken the folder over.
 * @throws a sentence when they cannot be written or moved: nothing is changed then, and nothing of them stays.
 */
export function commitFiles(dir: string, files: ReadonlyMap<string, Uint8Array>, guard: () => void): void {
  const fresh = path.join(dir, FRESH);
  try {
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh, { mode: 0o700 });
    for (const [name, bytes] of files) writeDurably(path.join(fresh, name), bytes);
    syncFolder(fresh);
    guard();
    rmSync(path.join(dir, BEFORE), { recursive: true, force: true });
    renameSync(fresh, path.join(dir, READY));
    syncFolder(dir);
    finishRestore(dir, guard);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error; // whoever took over goes on with it
    takeBack(dir, [...files.keys()]);
    rmSync(fresh, { recursive: true, force: true });
    throw new Error(`The backup cannot be put in place (${code}): nothing was changed.`, { cause: error });
  }
}

/** Moves everything back to where it was, for whoever works on: what was kept until the next start would be moved away then. */
function takeBack(dir: string, names: readonly string[]): void {
  const [ready, before] = [path.join(dir, READY), path.join(dir, BEFORE)];
  if (!existsSync(ready)) return;
  for (const name of names) {
    const [current, kept] = [path.join(dir, name), path.join(before, name)];
    if (!existsSync(path.join(ready, name))) renameSync(current, path.join(ready, name));
    if (existsSync(kept)) renameSync(kept, current);
  }
  renameSync(ready, path.join(dir, FRESH));
  rmSync(before, { recursive: true, force: true });
  syncFolder(dir);
}

/** Call before the files of the folder are opened: moves what a restore left half-way. */
export function finishRestore(dir: string, guard: () => void): void {
  const ready = path.join(dir, READY);
  if (!existsSync(ready)) return;
  const before = path.join(dir, BEFORE);
  mkdirSync(before, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(ready)) {
    guard();
    const [current, kept] = [path.join(dir, name), path.join(before, name)];
    if (existsSync(current)) renameSync(current, kept);
    renameSync(path.join(ready, name), current);
  }
  syncFolder(before);
  syncFolder(dir);
  rmdirSync(ready);
}
