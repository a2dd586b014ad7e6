import { DamagedDatabase } from './damaged';
import type { Pages } from './pages';

/** What a column holds. Integers beyond 2^53 are the nearest number. */
export type SqliteValue = string | number | Uint8Array | null;

/** The value is above the limit, and was not read. */
export class TooLongValue extends Error {
  override readonly name = 'TooLongValue';
}

/** A longer header has tens of thousands of columns. */
const MAX_HEADER_BYTES = 256 * 1024;

/** Unsigned 64 bits and how many bytes they took. Beyond 2^53 the nearest number. */
export function varint(bytes: Buffer, at: number): readonly [value: number, length: number] {
  let value = 0;
  for (let i = 0; i < 9; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) throw new DamagedDatabase('A number is cut off.');
    if (i === 8) return [value * 256 + byte, 9];
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, i + 1];
  }
  throw new DamagedDatabase('A number has no end.');
}

/** The same as a signed number: a rowid. */
export function signedVarint(bytes: Buffer, at: number): readonly [value: number, length: number] {
  const [value, length] = varint(bytes, at);
  if (length < 9) return [value, length];
  let bits = 0n;
  for (let i = 0; i < 8; i++) bits = bits << 7n | BigInt((bytes[at + i] ?? 0) & 0x7f);
  return [Number(BigInt.asIntN(64, bits << 8n | BigInt(bytes[at + 8] ?? 0))), length];
}

/** The bytes of a record: its beginning in a page of a tree, its rest in a chain of overflow pages. Reads no more of them than asked for. */
export class Payload {
  readonly #pages: Pages;
  readonly #local: Buffer;
  readonly size: number;
  /** Overflow pages known so far. */
  readonly #chain: number[];

  /** @param at where the record's bytes begin in the page; @param most how many of them may lie there; @param least or else. */
  constructor(pages: Pages, page: Buffer, at: number, size: number, most: number, least: number) {
    [this.#pages, this.size] = [pages, size];
    if (size > pages.pageCount * pages.pageSize) throw new DamagedDatabase('A record is larger than the database.');
    const room = pages.usable - 4;
    const surplus = least + (size - least) % room;
    const local = size <= most ? size : surplus <= most ? surplus : least;
    if (at + local + (local < size ? 4 : 0) > pages.usable) throw new DamagedDatabase('A record lies outside of its page.');
    this.#local = page.subarray(at, at + local);
    this.#chain = local < size ? [page.readUInt32BE(at + local)] : [];
  }

  /** @throws {DamagedDatabase} */
  bytes(from: number, length: number): Buffer {
    if (from + length > this.size) throw new DamagedDatabase('A value lies outside of its record.');
    const { length: local } = this.#local;
    if (from + length <= local) return this.#local.subarray(from, from + length);
    const parts = from < local ? [this.#local.subarray(from)] : [];
    const room = this.#pages.usable - 4;
    for (let at = Math.max(from, local); at < from + length;) {
      const index = Math.floor((at - local) / room);
      const start = 4 + (at - local) % room;
      const end = Math.min(this.#pages.usable, start + from + length - at);
      parts.push(this.#pages.page(this.#overflow(index)).subarray(start, end));
      at += end - start;
    }
    return Buffer.concat(parts);
  }

  /** Of those before it, the link alone is read. A chain is asked for no more pages than its record has, so that it ends, loop or not. */
  #overflow(index: number): number {
    while (this.#chain.length <= index) this.#chain.push(this.#pages.link(this.#chain.at(-1) ?? 0));
    return this.#chain[index] ?? 0;
  }
}

/** A record's values, each read when it is asked for. */
export class SqliteRecord {
  readonly #payload: Payload;
  readonly #encoding: Pages['encoding'];
  readonly #types: number[] = [];
  readonly #places: number[] = [];

  /** @throws {DamagedDatabase} */
  constructor(payload: Payload, encoding: Pages['encoding']) {
    [this.#payload, this.#encoding] = [payload, encoding];
    const [headerSize, length] = varint(payload.bytes(0, Math.min(9, payload.size)), 0);
    if (headerSize < length || headerSize > MAX_HEADER_BYTES) throw new DamagedDatabase('A record has no header.');
    const header = payload.bytes(0, headerSize);
    let place = headerSize;
    for (let at = length; at < headerSize;) {
      const [type, bytes] = varint(header, at);
      at += bytes;
      this.#types.push(type);
      this.#places.push(place);
      place += sizeOf(type);
    }
    if (place > payload.size) throw new DamagedDatabase('A record is cut off.');
  }

  /** How many values there are. */
  get length(): number {
    return this.#types.length;
  }

  /** @throws {TooLongValue}, {DamagedDatabase} */
  value(index: number, maxBytes: number): SqliteValue {
    const type = this.#types[index];
    if (type === undefined || type === 0) return null;
    if (type === 8 || type === 9) return type - 8;
    const bytes = this.#bytes(index, type, maxBytes);
    if (type >= 12) return type % 2 === 0 ? Uint8Array.from(bytes) : decode(bytes, this.#encoding);
    return type === 7 ? bytes.readDoubleBE(0) : type === 6 ? Number(bytes.readBigInt64BE(0)) : bytes.readIntBE(0, bytes.length);
  }

  /** A text's bytes as they are kept, to be compared with others; null: it is none. */
  rawText(index: number, maxBytes: number): Buffer | null {
    const type = this.#types[index] ?? 0;
    return type >= 13 && type % 2 === 1 ? this.#bytes(index, type, maxBytes) : null;
  }

  /** Where a value of this type stands among others: numbers, then texts, then blobs. */
  isBeforeTexts(index: number): boolean {
    return (this.#types[index] ?? 0) < 12;
  }

  #bytes(index: number, type: number, maxBytes: number): Buffer {
    const size = sizeOf(type);
    if (size > maxBytes) throw new TooLongValue(`A value has ${size} bytes.`);
    return this.#payload.bytes(this.#places[index] ?? 0, size);
  }
}

const SIZES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0] as const;

function sizeOf(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2);
  const size = SIZES[type];
  if (size === undefined) throw new DamagedDatabase('A value is of an unknown kind.');
  return size;
}

export function decode(bytes: Buffer, encoding: Pages['encoding']): string {
  if (encoding === 'utf16be') return Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16().toString('utf16le');
  return bytes.toString(encoding);
}

export function encode(text: string, encoding: Pages['encoding']): Buffer {
  return encoding === 'utf16be' ? Buffer.from(text, 'utf16le').swap16() : Buffer.from(text, encoding);
}
