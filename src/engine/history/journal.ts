/**
 * An append-only file of records, each on a line of its own: length and CRC-32 of the text in hexadecimal, then the text.
 * Lines are gathered, and are on the disk when `flush` returns.
 */
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { syncFolder } from '../atomicFile';

const HEADER = 18; // "0000002a 1b2c3d4e "
const NEWLINE = 10;
/** What is held for a disk that takes nothing. Past this it is dropped: the database has it, and the next image. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024;

export interface JournalContent {
  readonly texts: readonly string[];
  /** Bytes up to the end of the last whole line. */
  readonly wholeBytes: number;
  /** Whole lines whose checksum is wrong: the disk lost something. */
  readonly damaged: number;
}

/** Whole records of a journal's bytes; a torn last line is left out. */
export function parseJournal(bytes: Buffer): JournalContent {
  const texts: string[] = [];
  let damaged = 0;
  let from = 0;
  for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
    const text = lineText(bytes.subarray(from, end));
    if (text === null) damaged++;
    else texts.push(text);
    from = end + 1;
  }
  return { texts, wholeBytes: from, damaged };
}

function lineText(line: Buffer): string | null {
  const payload = line.subarray(HEADER);
  return line.length > HEADER && line.toString('latin1', 0, HEADER) === header(payload) ? payload.toString('utf8') : null;
}

const header = (payload: Buffer): string => `${hex(payload.length)} ${hex(crc32(payload))} `;
const hex = (value: number): string => value.toString(16).padStart(8, '0');

/** Null: there is no such file. */
export function readJournal(file: string): JournalContent | null {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return parseJournal(readWhole(fd));
  } finally {
    closeSync(fd);
  }
}

function readWhole(fd: number): Buffer {
  const bytes = Buffer.alloc(fstatSync(fd).size);
  let have = 0;
  for (let count = -1; count !== 0 && have < bytes.length; have += count) count = readSync(fd, bytes, have, bytes.length - have, have);
  return bytes.subarray(0, have);
}

/**
 * The journal's end, to write at. Touches the disk in `flush` and `rotate` alone, so that a disk that is full or read-only is
 * a failure of those, and the next try goes on where the last one stopped.
 */
export class Journal {
  private fd: number | null = null;
  private pending: Buffer[] = [];
  private pendingBytes = 0;

  /** @param end bytes of whole lines, from reading it; what comes after is a torn line, and goes. */
  constructor(private readonly file: string, private end: number) {}

  /** On the disk and gathered. */
  get bytes(): number {
    return this.end + this.pendingBytes;
  }

  /** False: there are lines that are not on the disk. */
  get flushed(): boolean {
    return this.pending.length === 0;
  }

  /** @param text without line breaks. */
  append(text: string): void {
    const payload = Buffer.from(text, 'utf8');
    if (this.pendingBytes + payload.length > MAX_PENDING_BYTES) this.dropPending();
    this.pending.push(Buffer.from(header(payload), 'latin1'), payload, Buffer.from([NEWLINE]));
    this.pendingBytes += HEADER + payload.length + 1;
  }

  /** One write and one sync for all lines since the last. @throws when they are not on the disk; the next try writes them over what was begun. */
  flush(): void {
    if (this.flushed) return;
    const lines = Buffer.concat(this.pending);
    const fd = this.fd ??= this.open();
    for (let done = 0; done < lines.length;) done += writeSync(fd, lines, done, lines.length - done, this.end + done);
    fdatasyncSync(fd);
    this.end += lines.length;
    this.dropPending();
  }

  /** Keeps the content as `kept`, in place of an older one, and begins anew; lines that are not on the disk come first then. */
  rotate(kept: string): void {
    if (this.end === 0) return; // what is kept still reaches up to here
    this.close(); // Windows renames no open file
    renameSync(this.file, kept);
    this.end = 0;
    syncFolder(path.dirname(this.file));
  }

  close(): void {
    if (this.fd !== null) closeSync(this.fd);
    this.fd = null;
  }

  private open(): number {
    mkdirSync(path.dirname(this.file), { recursive: true, mode: 0o700 });
    const fd = openSync(this.file, this.end === 0 ? 'w+' : 'r+', 0o600);
    try {
      ftruncateSync(fd, this.end);
      syncFolder(path.dirname(this.file));
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    return fd;
  }

  private dropPending(): void {
    this.pending = [];
    this.pendingBytes = 0;
  }
}
