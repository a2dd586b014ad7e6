const NONE = -1;
const FIRST_SLOTS = 256;
/** So many are looked for one by one before it pays to know where all are. */
const FEW = 64;

/** The keys of rows by column; longer than there are rows. */
export interface RowKeys { readonly columns: readonly Int32Array[]; readonly length: number }

/** Finds rows by their keys, which are whole numbers. */
export class RowIndex {
  /** Rows by the hash of their keys, open addressing, at most half of it full; null: not made yet. */
  #slots: Int32Array | null = null;
  #asked = 0;

  /** The row with this key, or -1. */
  find(key: readonly number[], keys: RowKeys): number {
    if (this.#slots === null && this.#asked++ < FEW) return search(key, keys);
    const slots = (this.#slots ??= slotsOf(keys));
    return slots[slotOf(key, slots, keys.columns)] ?? NONE;
  }

  /** A row that was not found is there now. */
  add(row: number, key: readonly number[], keys: RowKeys): void {
    if (this.#slots === null) return;
    if (this.#slots.length < 2 * keys.length) this.#slots = null;
    else this.#slots[slotOf(key, this.#slots, keys.columns)] = row;
  }

  /** Rows are there that were not added one by one. */
  forget(): void {
    [this.#slots, this.#asked] = [null, 0];
  }
}

function search(key: readonly number[], { columns: [first = new Int32Array(), ...rest], length }: RowKeys): number {
  const [wanted = 0, ...more] = key;
  const values = first.subarray(0, length);
  for (let row = values.indexOf(wanted); row >= 0; row = values.indexOf(wanted, row + 1)) if (isAt(row, more, rest)) return row;
  return NONE;
}

const isAt = (row: number, key: readonly number[], columns: readonly Int32Array[]): boolean => key.every((part, i) => columns[i]?.[row] === part);

/** Where the row with this key is, or the empty slot where it would be. */
function slotOf(key: readonly number[], slots: Int32Array, columns: readonly Int32Array[]): number {
  const mask = slots.length - 1;
  let slot = hashOf(key) & mask;
  for (let row = slots[slot] ?? NONE; row !== NONE && !isAt(row, key, columns); row = slots[slot] ?? NONE) slot = slot + 1 & mask;
  return slot;
}

function slotsOf({ columns, length }: RowKeys): Int32Array {
  let size = FIRST_SLOTS;
  while (size < 4 * length) size *= 2;
  const slots = new Int32Array(size).fill(NONE);
  const key: number[] = [];
  for (let row = 0; row < length; row++) {
    for (let i = 0; i < columns.length; i++) key[i] = columns[i]?.[row] ?? 0;
    let slot = hashOf(key) & size - 1;
    while (slots[slot] !== NONE) slot = slot + 1 & size - 1;
    slots[slot] = row;
  }
  return slots;
}

function hashOf(key: readonly number[]): number {
  let hash = 0;
  for (const part of key) {
    hash = Math.imul(hash ^ part, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}
