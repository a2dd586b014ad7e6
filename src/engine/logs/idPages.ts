import { closeSync, openSync, readSync } from 'node:fs';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { checksum } from './hash';
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
  /** A checksum of each page's bytes. */
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
    index.checks[page] = checksum(bytes);
    index.ends[page] = (index.ends[page - 1] ?? 0) + bytes.length;
    return bytes;
  });
  return { index, pages: Buffer.concat(pages) };
}

/** Entries in the order of their hashes, some to a page. */
export const packEntries = (entries: readonly KeptEntry[]): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(entries.length / PAGE_ENTRIES) }, (_, page) => packPage(entries.slice(page * PAGE_ENTRIES, (page + 1) * PAGE_ENTRIES)));

/** What `packEntries` packed. */
export const unpackEntries = (pages: readonly Uint8Array[]): readonly KeptEntry[] => pages.flatMap(page => [...new Page(page).all()]);

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

/** An unpacked page. Its hashes are unpacked first, and of their other columns what is asked for. */
class Page {
  readonly #bytes: Uint8Array;
  readonly #hashes: Float64Array;
  /** Of each other column where its planes begin, and how many there are. */
  readonly #columns: readonly (readonly [at: number, planes: number])[];

  /** @throws an error of zlib when the bytes are none of packPage's. */
  constructor(packed: Uint8Array) {
    const bytes = inflateRawSync(packed);
    this.#bytes = bytes;
    const hashes = new Float64Array(bytes.readUInt16LE(0));
    this.#hashes = hashes;
    let at = 2;
    const planes = bytes[at++] ?? 0;
    // Three planes at a time, as numbers that fit into a word cost far less before this code has become fast.
    for (let plane = 0, scale = 1; plane < planes; plane += 3, scale *= 2 ** 24) {
      const [count, begin] = [Math.min(3, planes - plane), at];
      for (let i = 0; i < hashes.length; i++) {
        let part = 0;
        for (let k = 0; k < count; k++) part |= (bytes[begin + k * hashes.length + i] ?? 0) << 8 * k;
        hashes[i] = (hashes[i] ?? 0) + part * scale;
      }
      at += count * hashes.length;
    }
    let hash = 0;
    for (let i = 0; i < hashes.length; i++) hashes[i] = hash += hashes[i] ?? 0;
    this.#columns = Array.from({ length: 1 + WIDTH }, () => {
      const count = bytes[at] ?? 0;
      const begin = at + 1;
      at = begin + count * hashes.length;
      return [begin, count];
    });
  }

  find(hash: number): KeptEntry | null {
    const i = this.#hashes.indexOf(hash);
    return i < 0 ? null : this.#entry(i);
  }

  * all(): Generator<KeptEntry> {
    for (let i = 0; i < this.#hashes.length; i++) yield this.#entry(i);
  }

  #entry(i: number): KeptEntry {
    const [row = 0, ...figures] = this.#columns.map(([at, planes]) => {
      let value = 0;
      for (let plane = planes - 1; plane >= 0; plane--) value = value * 0x100 + (this.#bytes[at + plane * this.#hashes.length + i] ?? 0);
      return value;
    });
    return { hash: this.#hashes[i] ?? 0, row: row - 1, figures };
  }
}

/** The pages of one file, each read when the first of its hashes is asked for. */
export class IdPages implements KeptIds {
  readonly #file: string;
  readonly #start: number;
  readonly #index: PageIndex;
  readonly #pages = new Map<number, Page>();

  /** @param start where the first page begins in the file. */
  constructor(file: string, start: number, index: PageIndex) {
    this.#file = file;
    this.#start = start;
    this.#index = index;
  }

  /** Where the last page ends. */
  get end(): number {
    return this.#start + (this.#index.ends.at(-1) ?? 0);
  }

  /** @throws {DamagedIndex} */
  fetch(hash: number): KeptEntry | null {
    const page = this.#index.first.findLastIndex(first => first <= hash);
    return page < 0 ? null : this.#page(page).find(hash);
  }

  /** @throws {DamagedIndex} */
  * fetchAll(): Iterable<KeptEntry> {
    for (let page = 0; page < this.#index.first.length; page++) yield* this.#page(page).all();
  }

  #page(place: number): Page {
    let page = this.#pages.get(place);
    if (page === undefined) this.#pages.set(place, page = new Page(this.#read(place)));
    return page;
  }

  #read(page: number): Uint8Array {
    const [from, to] = [this.#index.ends[page - 1] ?? 0, this.#index.ends[page] ?? 0];
    const bytes = Buffer.allocUnsafe(to - from);
    try {
      const fd = openSync(this.#file, 'r');
      try {
        readSync(fd, bytes, 0, bytes.length, this.#start + from);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      throw new DamagedIndex('A page of the index cannot be read.', { cause: error });
    }
    if (checksum(bytes) !== this.#index.checks[page]) throw new DamagedIndex('A page of the index is damaged.');
    return bytes;
  }
}
