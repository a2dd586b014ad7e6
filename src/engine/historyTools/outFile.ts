import { randomBytes } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../atomicFile';

/** Writes beside the target and renames at the end, so that the target is the old file or the whole new one. Only the user may read it. */
export async function writeWhole<T>(file: string, write: (out: FileHandle) => Promise<T>): Promise<T> {
  if (!path.isAbsolute(file)) throw new Error('The path of the file must be absolute.');
  const fresh = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const out = await open(fresh, 'wx', 0o600);
    let result: T;
    try {
      result = await write(out);
      await out.sync();
    } finally {
      await out.close();
    }
    await rename(fresh, file);
    syncFolder(path.dirname(file));
    return result;
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    throw fileProblem(error, file, 'written');
  }
}

/** A sentence for people in place of a system error; other errors as they are. */
export function fileProblem(error: unknown, file: string, verb: 'written' | 'read'): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  return error instanceof Error && typeof code === 'string' && 'syscall' in error ? new Error(`${file} cannot be ${verb} (${code}).`, { cause: error }) : error;
}
