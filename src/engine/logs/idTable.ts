/** Figures of a response, in the order in which they are kept: tokens, and micro-dollars that its log reports. */
export const FIGURES = ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'output', 'reasoning', 'cost'] as const;
export type FigureName = (typeof FIGURES)[number];
export const WIDTH = FIGURES.length;

/** The row of a response that counts nothing. */
export const NO_ROW = -1;

const EMPTY = -1;
const FIRST_CAPACITY = 1024;

/**
 * Every response ever counted, by the hash of its id: the row it counts in and its figures. Open addressing over typed arrays,
 * 44 bytes a response, since years of logs hold millions of them.
 */
export class IdTable {
  #slots = new Int32Array(2 * FIRST_CAPACITY).fill(EMPTY);
  #hashes = new Float64Array(FIRST_CAPACITY);
  #rows = new Int32Array(FIRST_CAPACITY);
  #figures = new Uint32Array(FIRST_CAPACITY * WIDTH);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The entry of a hash, or -1. */
  find(hash: number): number {
    return this.#slots[this.#slot(hash)] ?? EMPTY;
  }

  /** A new entry for a hash that is not yet here; its figures are 0. */
  add(hash: number, row: number): number {
    if (this.#size === this.#hashes.length) this.#grow();
    const entry = this.#size++;
    this.#hashes[entry] = hash;
    this.#rows[entry] = row;
    this.#slots[this.#slot(hash)] = entry;
    return entry;
  }

  hash(entry: number): number {
    return this.#hashes[entry] ?? 0;
  }

  row(entry: number): number {
    return this.#rows[entry] ?? NO_ROW;
  }

  setRow(entry: number, row: number): void {
    this.#rows[entry] = row;
  }

  /** One of FIGURES by its place there. */
  figure(entry: number, i: number): number {
    return this.#figures[entry * WIDTH + i] ?? 0;
  }

  setFigure(entry: number, i: number, value: number): void {
    this.#figures[entry * WIDTH + i] = value;
  }

  /** All of them, as they are now: a plain list, as a typed one costs far more to make. */
  figures(entry: number): readonly number[] {
    const figures: number[] = [];
    for (let i = 0; i < WIDTH; i++) figures.push(this.figure(entry, i));
    return figures;
  }

  /** Entries in the order of their hashes. */
  get sorted(): Uint32Array {
    return Uint32Array.from({ length: this.#size }, (_, entry) => entry).sort((a, b) => this.hash(a) - this.hash(b));
  }

  /** Where a hash is, or the empty slot where it would be. Half of the slots are empty at least. The low bits of a hash are as good as all. */
  #slot(hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = slot + 1 & mask) {
      const entry = this.#slots[slot] ?? EMPTY;
      if (entry === EMPTY || this.#hashes[entry] === hash) return slot;
    }
  }

  #grow(): void {
    const capacity = 2 * this.#hashes.length;
    this.#hashes = copied(new Float64Array(capacity), this.#hashes);
    this.#rows = copied(new Int32Array(capacity), this.#rows);
    this.#figures = copied(new Uint32Array(capacity * WIDTH), this.#figures);
    this.#slots = new Int32Array(2 * capacity).fill(EMPTY);
    for (let entry = 0; entry < this.#size; entry++) this.#slots[this.#slot(this.hash(entry))] = entry;
  }
}

function copied<T extends Float64Array | Int32Array | Uint32Array>(to: T, from: T): T {
  to.set(from);
  return to;
}
