import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { ProviderError } from '../core/errors';

const ABSENT = ['ENOENT', 'ENOTDIR'];

/** Reads a whole small file of another tool, for reading only. Null: there is none. @throws {ProviderError} 'unreadable' */
export async function readSmallFile(path: string, maxBytes: number): Promise<string | null> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // a pipe in its place does not hold us
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    if (ABSENT.includes(code)) return null;
    throw new ProviderError('unreadable', `${path} cannot be read (${code}).`, { cause: error });
  }
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new ProviderError('unreadable', `${path} is not a file.`);
    if (stat.size > maxBytes) throw tooLarge(path, maxBytes);
    const bytes = Buffer.alloc(stat.size); // what is added meanwhile is not of this read
    let have = 0;
    for (let read = -1; read !== 0 && have < bytes.length; have += read) {
      read = (await file.read(bytes, have, bytes.length - have, have)).bytesRead;
    }
    return bytes.toString('utf8', 0, have);
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    throw new ProviderError('unreadable', `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`, { cause: error });
  } finally {
    await file.close();
  }
}

const tooLarge = (path: string, maxBytes: number): ProviderError =>
  new ProviderError('unreadable', `${path} is larger than ${Math.round(maxBytes / 1024)} KiB and is not read.`);
