import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/** Writes a whole file and sees it on the disk before returning; half of one would keep a full disk full, and goes. @param mode permissions of a file that is made. */
export function writeDurably(file: string, data: Uint8Array, mode = 0o600): void {
  const fd = openSync(file, 'w', mode);
  try {
    for (let done = 0; done < data.length;) done += writeSync(fd, data, done);
    fsyncSync(fd);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

/**
 * All or nothing, also when the power goes: whoever reads `file` sees the old or the new bytes.
 * @param guard throws when they may not be put in place any more: the disk may have taken its time.
 */
export function replaceFile(file: string, data: Uint8Array, guard?: () => void): void {
  const fresh = `${file}.tmp`;
  rmSync(fresh, { force: true }); // a process that was deposed while it hung may have it open
  writeDurably(fresh, data);
  guard?.();
  renameSync(fresh, file);
  syncFolder(path.dirname(file));
}

/** Makes renames in a folder last. Windows cannot open folders, and needs it not. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
