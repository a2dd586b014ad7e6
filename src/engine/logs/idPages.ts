import fs from 'node:fs';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { hashBytes } from './hash';
import { WIDTH } from './idTable';
import type { KeptEntry, KeptIds } from './keptIds';
import type { Ledger } from './ledger';

const PAGE_ENTRIES = 1024;
/** Blocks of as many bytes as a page has entries, so that each plane of bytes gets a code of its own: a sixth smaller than by default. */
const PACKING = { strategy: constants.Z_HUFFMAN_ONLY, memLevel: 4 };

/** What was kept is not what was written: its file was damaged or replaced. */
export class DamagedIndex extends Error {
  override readonly name = 'DamagedIndex';
}

/** Where the pages lie that `packIds` made; one entry a page. */
export interface PageIndex {
  /** The least hash of each page, ascending. */
  readonly first: Float64Array;
  /** Where each page ends, from the beginning of the first one. */
  readonly ends: Float64Array;
  /** A hash of each page's bytes. */
  readonly checks: Float64Array;
}

/**
 * All entries of a ledger in about 13 bytes each: sorted by hash, in pages that can be read alone. A page is compressed columns
 * of numbers (what hashes grow by, rows, each figure): all lowest bytes of a column, then all second ones, as far as there are any.
 */
export function packIds(ledger: Ledger): { readonly index: PageIndex; readonly pages: Uint8Array } {
  const entries = ledger.sorted;
  const count = Math.ceil(entries.length / PAGE_ENTRIES);
  const index = { first: new Float64Array(count), ends: new Float64Array(count), checks: new Float64Array(count) };
  const pages = Array.from({ length: count }, (_, page) => {
    const held = Array.from(entries.subarray(page * PAGE_ENTRIES, (page + 1) * PAGE_ENTRIES), entry => ledger.entry(entry));
    const bytes = packPage(held);
    index.first[page] = held[0]?.hash ?? 0;
    index.checks[page] = hashBytes(bytes);
    index.ends[page] = (index.ends[page - 1] ?? 0) + bytes.length;
    return bytes;
  });
  return { index, pages: Buffer.concat(pages) };
}

/** Entries in the order of their hashes, some to a page. */
export const packEntries = (entries: readonly KeptEntry[]): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(entries.length / PAGE_ENTRIES) }, (_, page) => packPage(entries.slice(page * PAGE_ENTRIES, (page + 1) * PAGE_ENTRIES)));

/** What `packEntries` packed. */
export const unpackEntries = (pages: readonly Uint8Array[]): readonly KeptEntry[] => pages.flatMap(page => [...unpackPage(Buffer.from(page))]);

function packPage(entries: readonly KeptEntry[]): Buffer {
  const columns = [
    entries.map(({ hash }, i) => hash - (entries[i - 1]?.hash ?? 0)),
    entries.map(({ row }) => row + 1), // from -1: a response that counts nothing
    ...Array.from({ length: WIDTH }, (_, i) => entries.map(({ figures }) => figures[i] ?? 0)),
  ];
  const head = Buffer.alloc(2);
  head.writeUInt16LE(entries.length);
  return deflateRawSync(Buffer.concat([head, ...columns.flatMap(packColumn)]), PACKING);
}

/** How many planes, and these. */
function packColumn(values: readonly number[]): Uint8Array[] {
  const planes: Uint8Array[] = [];
  for (let scale = 1; values.some(value => value >= scale); scale *= 0x100) planes.push(Uint8Array.from(values, value => Math.floor(value / scale) % 0x100));
  return [Uint8Array.of(planes.length), ...planes];
}

/** @throws RangeError or an error of zlib when the bytes are none of packPage's. */
function* unpackPage(bytes: Buffer): Generator<KeptEntry> {
  const page = inflateRawSync(bytes);
  const count = page.readUInt16LE(0);
  let at = 2;
  const [growths, rows, ...figures] = Array.from({ length: 2 + WIDTH }, () => {
    const values = new Float64Array(count);
    const planes = page.readUInt8(at++);
    for (let plane = 0, scale = 1; plane < planes; plane++, scale *= 0x100) for (let i = 0; i < count; i++) values[i] = (values[i] ?? 0) + page.readUInt8(at++) * scale;
    return values;
  });
  let hash = 0;
  for (let i = 0; i < count; i++) {
    hash += growths?.[i] ?? 0;
    yield { hash, row: (rows?.[i] ?? 0) - 1, figures: figures.map(values => values[i] ?? 0) };
  }
}

/** The pages of one file, each read when the first of its hashes is asked for. */
export class IdPages implements KeptIds {
  readonly #file: string;
  readonly #start: number;
  readonly #index: PageIndex;
  readonly #read: Uint8Array;

  /** @param start where the first page begins in the file. */
  constructor(file: string, start: number, index: PageIndex) {
    this.#file = file;
    this.#start = start;
    this.#index = index;
    this.#read = new Uint8Array(index.first.length);
  }

  /** Where the last page ends. */
  get end(): number {
    return this.#start + (this.#index.ends.at(-1) ?? 0);
  }

  /** @throws {DamagedIndex} */
  fetch(hash: number): Iterable<KeptEntry> {
    return this.#take(this.#index.first.findLastIndex(first => first <= hash));
  }

  /** @throws {DamagedIndex} */
  * fetchRest(): Iterable<KeptEntry> {
    for (let page = 0; page < this.#read.length; page++) yield* this.#take(page);
  }

  #take(page: number): Iterable<KeptEntry> {
    if (page < 0 || this.#read[page] === 1) return [];
    const [from, to] = [this.#index.ends[page - 1] ?? 0, this.#index.ends[page] ?? 0];
    const bytes = Buffer.allocUnsafe(to - from);
    try {
      const fd = fs.openSync(this.#file, 'r');
      try {
        fs.readSync(fd, bytes, 0, bytes.length, this.#start + from);
      } finally {
        fs.closeSync(fd);
      }
    } catch (error) {
      throw new DamagedIndex('A page of the index cannot be read.', { cause: error });
    }
    if (hashBytes(bytes) !== this.#index.checks[page]) throw new DamagedIndex('A page of the index is damaged.');
    this.#read[page] = 1;
    return unpackPage(bytes);
  }
}
