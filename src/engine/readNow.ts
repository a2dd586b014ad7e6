import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/**
 * Reads a whole small file of our own while its thread waits: for a start, when a promise costs a busy thread several of its long turns
 * and the read a tenth of a millisecond, as each file of code does. Null: there is none, it cannot be read, or it is larger.
 */
export function readNow(path: string, maxBytes: number): string | null {
  let file: number | null = null;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // a pipe in its place does not hold us
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > maxBytes) return null;
    const bytes = Buffer.allocUnsafe(stat.size); // what is added meanwhile is not of this read
    let have = 0;
    for (let read = -1; read !== 0 && have < bytes.length; have += read) read = readSync(file, bytes, have, bytes.length - have, have);
    return bytes.toString('utf8', 0, have);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}
