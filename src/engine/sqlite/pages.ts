import fs from 'node:fs';
import { DamagedDatabase } from './damaged';
import { Wal } from './wal';

const MAGIC = 'SQLite format 3\0';
const JOURNAL_MAGIC = Buffer.from('d9d505f920a163d7', 'hex');
export const DATABASE_HEADER_BYTES = 100;
const CACHE_BYTES = 4 * 1024 * 1024;
/** In the shared memory that belongs to a log: how many frames are copied into the main file, and are about to be. */
const COPIED_AT = [96, 128] as const;

/**
 * The pages of a database that other programs may be writing. Reads with pread alone: it takes no lock, and makes no file beside it.
 * Without a lock, what was read counts only if `unchanged` says so afterwards.
 */
export class Pages {
  readonly #path: string;
  readonly #fd: number;
  #walFd: number | null = null;
  #wal: Wal;
  #mark = '';
  readonly #cache = new Map<number, Buffer>();
  /** Bytes. */
  pageSize = 0;
  /** Bytes of a page that are in use, from its beginning. */
  usable = 0;
  pageCount = 0;
  encoding: 'utf8' | 'utf16le' | 'utf16be' = 'utf8';
  /** How many were read from the files so far, write-ahead log included. */
  bytesRead = 0;

  /** @param fd of the main file; it stays the caller's. @param wal what was known of its write-ahead log before, to be read on. */
  constructor(path: string, fd: number, wal = new Wal(Buffer.alloc(0))) {
    [this.#path, this.#fd, this.#wal] = [path, fd, wal];
  }

  /** What is known of the write-ahead log. */
  get wal(): Wal {
    return this.#wal;
  }

  /**
   * Takes the database as it is now, its write-ahead log included, which it reads through or on. Yields the bytes read of it.
   * @returns false: a writer is at work, or died at it, so that the main file holds half a transaction.
   * @throws {DamagedDatabase}
   */
  * begin(): Generator<number, boolean, undefined> {
    const mark = this.#look();
    if (mark !== this.#mark) this.#cache.clear();
    this.#mark = mark;
    if (this.#hotJournal()) return false;
    if (this.#walFd !== null) {
      const header = Wal.headerOf(this.#walFd);
      if (!this.#wal.begins(header)) this.#wal = new Wal(header);
      for (const bytes of this.#wal.extend(this.#walFd, page => this.#cache.delete(page))) {
        this.bytesRead += bytes;
        yield bytes;
      }
    } else {
      this.#wal = new Wal(Buffer.alloc(0));
    }
    this.#readHeader();
    return true;
  }

  /** Whether all that was read since `begin` is of one state of the database. What was added to the log since does not count. */
  unchanged(): boolean {
    return this.#look() === this.#mark && !this.#hotJournal();
  }

  close(): void {
    if (this.#walFd !== null) fs.closeSync(this.#walFd);
    this.#walFd = null;
  }

  /** @param number from 1 on. @throws {DamagedDatabase} */
  page(number: number): Buffer {
    const known = this.#cache.get(number);
    if (known !== undefined) {
      this.#cache.delete(number);
      this.#cache.set(number, known);
      return known;
    }
    const page = this.#read(number, this.pageSize);
    this.#cache.set(number, page);
    for (const [oldest] of this.#cache) {
      if (this.#cache.size * this.pageSize <= CACHE_BYTES) break;
      this.#cache.delete(oldest);
    }
    return page;
  }

  /** The number that a page begins with, its other bytes unread: of an overflow page that of the next. */
  link(number: number): number {
    return (this.#cache.get(number) ?? this.#read(number, 4)).readUInt32BE(0);
  }

  #read(number: number, length: number): Buffer {
    if (number < 1 || number > this.pageCount) throw new DamagedDatabase('A page lies outside of the database.');
    const inLog = this.#walFd === null ? undefined : this.#wal.placeOf(number);
    const bytes = Buffer.alloc(length);
    const read = inLog === undefined || this.#walFd === null ?
      fs.readSync(this.#fd, bytes, 0, length, (number - 1) * this.pageSize) : fs.readSync(this.#walFd, bytes, 0, length, inLog);
    this.bytesRead += read;
    if (read < length) throw new DamagedDatabase('The file is cut off.');
    return bytes;
  }

  #readHeader(): void {
    const { size } = fs.fstatSync(this.#fd);
    this.pageCount = 0;
    if (size === 0) return; // SQLite does not look at the log of an empty file either
    const bytes = Buffer.alloc(DATABASE_HEADER_BYTES);
    if (fs.readSync(this.#fd, bytes, 0, bytes.length, 0) < bytes.length) throw new DamagedDatabase('The file is cut off.');
    const committed = this.#wal.pageCount > 0;
    this.pageSize = committed ? this.#wal.pageSize : pageSizeOf(bytes);
    const there = Math.floor(size / Math.max(1, this.pageSize));
    this.pageCount = committed ? Math.min(this.#wal.pageCount, there + this.#wal.pages) : there;
    const header = committed ? this.#read(1, DATABASE_HEADER_BYTES) : bytes;
    if (header.toString('latin1', 0, 16) !== MAGIC) throw new DamagedDatabase('The file is no SQLite database.');
    const pageSize = pageSizeOf(header);
    this.usable = pageSize - (header[20] ?? 0);
    if (pageSize !== this.pageSize || this.pageCount === 0 || pageSize < 512 || (pageSize & (pageSize - 1)) !== 0 || this.usable < 480) throw new DamagedDatabase('The size of the pages, or their count, cannot be.');
    this.encoding = ENCODINGS[header.readUInt32BE(56)] ?? 'utf8';
  }

  /** Opens the log that there is now, and says what tells a state of both files from another. */
  #look(): string {
    const wal = ifThere(() => fs.statSync(`${this.#path}-wal`, { bigint: true }));
    const open = this.#walFd === null ? null : fs.fstatSync(this.#walFd, { bigint: true });
    if (open !== null && open.ino !== wal?.ino) this.close();
    if (wal !== null) this.#walFd ??= ifThere(() => fs.openSync(`${this.#path}-wal`, 'r'));
    const { size, mtimeNs } = fs.fstatSync(this.#fd, { bigint: true });
    const header = Buffer.alloc(DATABASE_HEADER_BYTES);
    fs.readSync(this.#fd, header, 0, header.length, 0);
    return [size, mtimeNs, header.toString('hex'), wal?.ino, this.#walFd === null ? '' : Wal.headerOf(this.#walFd).toString('hex'), this.#copied()].join(' ');
  }

  /** The time of the last change is too coarse to show two writes in a row: this shows each copying from the log. */
  #copied(): string {
    return COPIED_AT.map(at => readIfThere(`${this.#path}-shm`, 4, at).toString('hex')).join(' ');
  }

  /** A journal that is no longer needed is gone, empty, or begins with zeros. */
  #hotJournal(): boolean {
    return readIfThere(`${this.#path}-journal`, JOURNAL_MAGIC.length).equals(JOURNAL_MAGIC);
  }
}

const ENCODINGS: Readonly<Record<number, Pages['encoding']>> = { 2: 'utf16le', 3: 'utf16be' };

const pageSizeOf = (header: Buffer): number => (header.readUInt16BE(16) === 1 ? 65536 : header.readUInt16BE(16));

/** Some bytes of a file; none: it is not there. Asks for no others, as Windows refuses what reaches into a lock. */
function readIfThere(path: string, length: number, at = 0): Buffer {
  const fd = ifThere(() => fs.openSync(path, 'r'));
  if (fd === null) return Buffer.alloc(0);
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, fs.readSync(fd, bytes, 0, length, at));
  } finally {
    fs.closeSync(fd);
  }
}

function ifThere<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
    throw error;
  }
}
