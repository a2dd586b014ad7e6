import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, readdirSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { replaceFile } from '../atomicFile';
import { checksum, hashText } from './hash';
import { packIds } from './idPages';
import { packImage, unpackImage } from './image';
import { type Delta, LogState } from './logState';

/** Raised when the meaning of what is written changes: older files are then rebuilt from the logs. */
const VERSION = 9;
const IMAGE = 'logs.image';
const CHECK_BYTES = 8;
const HEAD_BYTES = CHECK_BYTES + 4;
/** Below this the journal is never worth a new image. */
const MIN_JOURNAL_BYTES = 64 * 1024;
const TYPICAL_CHANGE_BYTES = 60;

/**
 * Keeps a LogState in a folder of its own: an image, replaced by renaming, and a journal of what came after it. A start reads the
 * image's head and the journal; of the ids, which are most of the image, only the pages that new lines ask for. A record tells
 * both what was counted and how far the files were read, so that a torn or lost record is read again, never twice. The journal's
 * name holds the generation of its image: a journal left behind by a crash belongs to no image.
 */
export class LogStore {
  readonly #dir: string;
  #generation = 0;
  #journalBytes = 0;
  #imageBytes = 0;
  /** The journal ends in a torn record, or there are files of no use: a new image sets all right. */
  #renew = false;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** `damaged`: what was kept could not be read, so that the logs must be read from the beginning. */
  load(): { readonly state: LogState; readonly damaged: boolean } {
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    const image = readImage(this.#image);
    if (image === 'damaged') return { state: this.discard(), damaged: true };
    const state = image?.state ?? new LogState();
    if (image !== null) [this.#generation, this.#imageBytes] = [image.generation, image.bytes];
    this.#replay(state);
    return { state, damaged: false };
  }

  /** What is kept is of no use: the next save replaces it. Gives a state to begin anew with. */
  discard(): LogState {
    this.#renew = true;
    return new LogState();
  }

  #replay(state: LogState): void {
    const journal = readIfThere(this.#journal)?.toString('utf8') ?? '';
    this.#journalBytes = Buffer.byteLength(journal);
    const lines = journal.split('\n');
    if (lines.pop() !== '') this.#renew = true;
    let at = 0;
    for (const line of lines) {
      const delta = parseRecord(line, at);
      // A record that does not follow was written by another process: what it told is read again.
      if (delta === null || !state.apply(delta)) {
        this.#renew = true;
        return;
      }
      at += Buffer.byteLength(line) + 1;
    }
  }

  /**
   * Writes down what changed since the last save. @param amid a scan: a new image can wait for its end, as otherwise a first scan of
   * many gigabytes would write one after the other. @throws {DamagedIndex}, and when the folder cannot be written. */
  save(state: LogState, amid = false): void {
    if (state.changes === 0 && !this.#renew) return;
    const journalBytes = this.#journalBytes + state.changes * TYPICAL_CHANGE_BYTES;
    if (this.#renew || (!amid && journalBytes > Math.max(MIN_JOURNAL_BYTES, this.#imageBytes / 8))) return this.#writeImage(state);
    const record = toRecord(state.delta(), this.#journalBytes);
    append(this.#journal, record);
    state.settle();
    this.#journalBytes += Buffer.byteLength(record);
  }

  #writeImage(state: LogState): void {
    state.ledger.fetchRest();
    const { index, pages } = packIds(state.ledger);
    const generation = this.#generation + 1;
    const head = packImage({ version: VERSION, generation, state, index });
    const length = Buffer.alloc(HEAD_BYTES - CHECK_BYTES);
    length.writeUInt32LE(head.length);
    const check = Buffer.alloc(CHECK_BYTES);
    check.writeDoubleLE(checksum(Buffer.concat([length, head])));
    replaceFile(this.#image, Buffer.concat([check, length, head, pages]));
    state.settle();
    this.#generation = generation;
    this.#journalBytes = 0;
    this.#imageBytes = HEAD_BYTES + head.length + pages.length;
    this.#renew = false;
    for (const name of readdirSync(this.#dir)) {
      if (name.startsWith('logs.journal.') && name !== path.basename(this.#journal)) rmSync(path.join(this.#dir, name), { force: true });
    }
  }

  get #image(): string {
    return path.join(this.#dir, IMAGE);
  }

  get #journal(): string {
    return path.join(this.#dir, `logs.journal.${this.#generation}`);
  }
}

/** Null: there is none. 'damaged': or of another version. */
function readImage(file: string): { readonly generation: number; readonly state: LogState; readonly bytes: number } | null | 'damaged' {
  const bytes = readHead(file);
  if (bytes === null) return null;
  if (bytes.length < HEAD_BYTES || checksum(bytes.subarray(CHECK_BYTES)) !== bytes.readDoubleLE(0)) return 'damaged';
  try {
    const image = unpackImage(bytes.subarray(HEAD_BYTES), { version: VERSION, file, pagesAt: bytes.length }); // our own bytes, by their check
    return image ?? 'damaged';
  } catch {
    return 'damaged'; // written by another version
  }
}

/** An image without its pages; null: there is none. Shorter than it says where it is damaged. */
function readHead(file: string): Buffer | null {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  try {
    const start = Buffer.alloc(HEAD_BYTES);
    if (readSync(fd, start, 0, HEAD_BYTES, 0) < HEAD_BYTES) return Buffer.alloc(0);
    const rest = Buffer.alloc(Math.min(start.readUInt32LE(CHECK_BYTES), fstatSync(fd).size));
    return Buffer.concat([start, rest.subarray(0, readSync(fd, rest, 0, rest.length, HEAD_BYTES))]);
  } finally {
    closeSync(fd);
  }
}

/** Node's own appending takes longer than all else here. */
function append(file: string, text: string): void {
  const fd = openSync(file, 'a', 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
  } finally {
    closeSync(fd);
  }
}

function readIfThere(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** @param at how long the journal is: a record says what it follows on. */
const toRecord = (delta: Delta, at: number): string => {
  const json = JSON.stringify([VERSION, at, delta]);
  return `${hashText(json).toString(36)} ${json}\n`;
};

/** Null: torn, damaged, of another version, or not written for this place. */
function parseRecord(line: string, at: number): Delta | null {
  const checkEnd = line.indexOf(' ');
  const json = line.slice(checkEnd + 1);
  if (line.slice(0, Math.max(0, checkEnd)) !== hashText(json).toString(36)) return null;
  const [version, wanted, delta] = JSON.parse(json) as [number, number, Delta]; // our own text, by its check
  return version === VERSION && wanted === at ? delta : null;
}
