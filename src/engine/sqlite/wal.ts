import fs from 'node:fs';

/** sqlite.org/fileformat2.html, "The Write-Ahead Log". */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The last bit says in which order of bytes the check sums read. */
const MAGIC = 0x377f0682;
const VERSION = 3007000;
const PIECE_BYTES = 1024 * 1024;
const MIN_PAGE_BYTES = 512;
const MAX_PAGE_BYTES = 65536;

type Sums = readonly [number, number];

/**
 * Which pages of a database lie in its write-ahead log: of each the newest frame that was committed. A frame counts when its salts are
 * those of the header and its check sum, which goes on from the frame before, is right; what lies behind is left from an earlier log.
 */
export class Wal {
  /** Bytes; 0: the log holds nothing, and no other number here means anything. */
  readonly pageSize: number;
  /** How many pages the database has; 0: no transaction is committed in the log. */
  pageCount = 0;
  readonly #frames = new Map<number, number>();
  readonly #header: Buffer;
  readonly #bigEndian: boolean;
  /** Where the first frame after the last commit begins, and the sums up to there. */
  #end = HEADER_BYTES;
  #sums: Sums;

  /** @param header the log's first bytes; too short, or of another make: the log holds nothing. */
  constructor(header: Buffer) {
    this.#header = header;
    const sound = header.length === HEADER_BYTES && (header.readUInt32BE(0) & ~1) === MAGIC && header.readUInt32BE(4) === VERSION;
    this.#bigEndian = sound && (header.readUInt32BE(0) & 1) === 1;
    this.#sums = sound ? this.#sum([0, 0], header.subarray(0, 24)) : [0, 0];
    const pageSize = sound && sameSums(this.#sums, header, 24) ? header.readUInt32BE(8) : 0;
    this.pageSize = pageSize >= MIN_PAGE_BYTES && pageSize <= MAX_PAGE_BYTES && (pageSize & (pageSize - 1)) === 0 ? pageSize : 0;
  }

  static headerOf(fd: number): Buffer {
    const header = Buffer.alloc(HEADER_BYTES);
    return header.subarray(0, fs.readSync(fd, header, 0, HEADER_BYTES, 0));
  }

  /** How many pages lie in it. */
  get pages(): number {
    return this.#frames.size;
  }

  /** Whether this was read from a log with this header, so that it can be read on. */
  begins(header: Buffer): boolean {
    return this.#header.equals(header);
  }

  /** Where the page's bytes begin in the log; undefined: they are in the main file. */
  placeOf(page: number): number | undefined {
    return this.#frames.get(page);
  }

  /** Reads what was committed since the last time. Yields the bytes read. @param changed is told each page that has a newer frame. */
  * extend(fd: number, changed: (page: number) => void): Generator<number, void, undefined> {
    if (this.pageSize === 0) return;
    const frameBytes = FRAME_HEADER_BYTES + this.pageSize;
    let [at, sums] = [this.#end, this.#sums];
    const left = Math.floor((fs.fstatSync(fd).size - at) / frameBytes);
    const piece = Buffer.alloc(Math.max(0, Math.min(left, Math.ceil(PIECE_BYTES / frameBytes))) * frameBytes);
    let open = new Map<number, number>();
    for (;;) {
      const read = fs.readSync(fd, piece, 0, piece.length, at);
      for (let start = 0; start + frameBytes <= read; start += frameBytes) {
        const frame = piece.subarray(start, start + frameBytes);
        if (!frame.subarray(8, 16).equals(this.#header.subarray(16, 24))) return;
        sums = this.#sum(this.#sum(sums, frame.subarray(0, 8)), frame.subarray(FRAME_HEADER_BYTES));
        if (!sameSums(sums, frame, 16)) return;
        open.set(frame.readUInt32BE(0), at + FRAME_HEADER_BYTES);
        at += frameBytes;
        const pageCount = frame.readUInt32BE(4);
        if (pageCount === 0) continue;
        for (const [page, place] of open) {
          this.#frames.set(page, place);
          changed(page);
        }
        [this.pageCount, this.#end, this.#sums, open] = [pageCount, at, sums, new Map()];
      }
      if (read > 0) yield read;
      if (read < piece.length || read === 0) return;
    }
  }

  #sum([before, other]: Sums, bytes: Buffer): Sums {
    let [a, b] = [before, other];
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i < bytes.length; i += 8) {
      a = (a + words.getUint32(i, !this.#bigEndian) + b) >>> 0;
      b = (b + words.getUint32(i + 4, !this.#bigEndian) + a) >>> 0;
    }
    return [a, b];
  }
}

const sameSums = ([a, b]: Sums, bytes: Buffer, at: number): boolean => bytes.readUInt32BE(at) === a && bytes.readUInt32BE(at + 4) === b;
