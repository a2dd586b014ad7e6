import { randomBytes } from 'node:crypto';
import { lstat, open, readdir, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../atomicFile';

/** In the storage folder: the path of a file elsewhere that is being written. */
const NOTE = /^writing\.([0-9a-f]{8})$/;

/**
 * Writes beside the target and renames at the end, so that the target is the old file or the whole new one. Only the user may read it.
 * @param storageDir gets a note of what is being written, by which the next start finds what a killed process left; null: none is made.
 */
export async function writeWhole<T>(file: string, storageDir: string | null, write: (out: FileHandle) => Promise<T>): Promise<T> {
  if (!path.isAbsolute(file)) throw new Error('The path of the file must be absolute.');
  const id = randomBytes(4).toString('hex');
  const fresh = `${file}.${id}.tmp`;
  const note = storageDir === null ? null : path.join(storageDir, `writing.${id}`);
  try {
    if (note !== null) await writeFile(note, fresh, { mode: 0o600 }).catch(() => undefined); // a full disk is no reason to write nothing on another
    const out = await open(fresh, 'wx', 0o600);
    let result: T;
    try {
      result = await write(out);
      await out.sync();
    } finally {
      await out.close();
    }
    await rename(fresh, file);
    syncIfItCan(path.dirname(file));
    return result;
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw fileProblem(error, file, 'written');
  } finally {
    if (note !== null) await rm(note, { force: true }).catch(() => undefined);
  }
}

/** The file is whole and in its place, also on a share that knows nothing of this, or in a folder that may be written to and not be read. */
function syncIfItCan(folder: string): void {
  try {
    syncFolder(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

/** Removes what processes left that were killed while they wrote a file elsewhere. What cannot be removed now is tried again the next time. Never rejects. */
export async function removeUnfinished(storageDir: string): Promise<void> {
  for (const name of await readdir(storageDir).catch(() => [])) {
    const id = NOTE.exec(name)?.[1];
    if (id === undefined) continue;
    const note = path.join(storageDir, name);
    try {
      const file = await readFile(note, 'utf8');
      if (path.isAbsolute(file) && file.endsWith(`.${id}.tmp`) && await isOurs(file)) await rm(file);
      await rm(note);
    } catch {
      // a disk that is read-only, or away
    }
  }
}

/** A file of this user, not a link to one. False when there is none. */
async function isOurs(file: string): Promise<boolean> {
  const info = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return info !== null && info.isFile() && (process.getuid === undefined || info.uid === process.getuid());
}

/** A sentence for people in place of a system error; other errors as they are. */
export function fileProblem(error: unknown, file: string, verb: 'written' | 'read'): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  return error instanceof Error && typeof code === 'string' && 'syscall' in error ? new Error(`${file} cannot be ${verb} (${code}).`, { cause: error }) : error;
}
