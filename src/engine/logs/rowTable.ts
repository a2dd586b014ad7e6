import { SUMS, TEXTS } from './rowColumns';
import { RowIndex } from './rowIndex';
import type { Row, RowKey } from './rowKey';

/** The columns of a key: its quarter, the places of its texts, its price step, whether its cost is reported. */
const [QUARTER, STEP, REPORTED, KEY_WIDTH] = [0, 1 + TEXTS.length, 2 + TEXTS.length, 3 + TEXTS.length];
const FIRST_CAPACITY = 64;

/** Rows as they are written down: numbers by column, which pack well and are read as they are, and each text once. */
export interface PackedRows {
  readonly names: readonly string[];
  /** The columns of a key, then those of SUMS. Texts by their place in `names` plus one, 0 for null; quarters by what they grow by. */
  readonly columns: readonly ArrayLike<number>[];
}

/**
 * The rows of a ledger, in columns: a start makes no object for any of them, and looks none up. What finds rows by their keys is made
 * when it is first asked for.
 */
export class RowTable {
  #length = 0;
  #names: string[] = [];
  /** The columns of a key. */
  #keys = Array.from({ length: KEY_WIDTH }, () => new Int32Array(FIRST_CAPACITY));
  #sums = SUMS.map(() => new Float64Array(FIRST_CAPACITY));
  /** Of texts; null: not made yet. */
  #places: Map<string, number> | null = null;
  readonly #index = new RowIndex();
  /** Null: not made yet. */
  #quarters: Map<number, number[]> | null = null;
  #first = Infinity;
  #last = -Infinity;

  get length(): number {
    return this.#length;
  }

  /** Quarters of the first and the last row in time; null: there are no rows. */
  get span(): readonly [first: number, last: number] | null {
    return this.#length === 0 ? null : [this.#first, this.#last];
  }

  /** How many places of texts there may be, 0 being no text. */
  get textCount(): number {
    return this.#names.length + 1;
  }

  quarter(row: number): number {
    return this.#key(QUARTER, row);
  }

  /** The place of one of TEXTS, which is the same for the same text: 0 for none. */
  textPlace(row: number, text: number): number {
    return this.#key(1 + text, row);
  }

  text(place: number): string | null {
    return this.#names[place - 1] ?? null;
  }

  step(row: number): number {
    return this.#key(STEP, row);
  }

  reported(row: number): boolean {
    return this.#key(REPORTED, row) === 1;
  }

  /** Behind the last of the rows from this one on that differ in nothing but their quarter, within as many quarters from an even one on. */
  endOfRun(row: number, quarters: number): number {
    const span = Math.floor(this.quarter(row) / quarters);
    let end = row + 1;
    while (end < this.#length && this.#isAlike(row, end) && Math.floor(this.quarter(end) / quarters) === span) end++;
    return end;
  }

  #isAlike(row: number, other: number): boolean {
    for (let i = QUARTER + 1; i < KEY_WIDTH; i++) {
      const column = this.#keys[i];
      if (column?.[row] !== column?.[other]) return false;
    }
    return true;
  }

  /** Adds up rows. @param sums is set to what they are together, in the order of SUMS. */
  addUp(from: number, to: number, sums: Float64Array): void {
    for (let i = 0; i < sums.length; i++) {
      const column = this.#sums[i] ?? sums;
      let sum = 0;
      for (let row = from; row < to; row++) sum += column[row] ?? 0;
      sums[i] = sum;
    }
  }

  /** One of SUMS by its place there. */
  sum(row: number, i: number): number {
    return this.#sums[i]?.[row] ?? 0;
  }

  /** Adds to one of SUMS. */
  count(row: number, i: number, by: number): void {
    const sums = this.#sums[i];
    if (sums !== undefined) sums[row] = (sums[row] ?? 0) + by;
  }

  setSum(row: number, i: number, to: number): void {
    const sums = this.#sums[i];
    if (sums !== undefined && row >= 0 && row < this.#length) sums[row] = to;
  }

  key(row: number): RowKey {
    return {
      quarter: this.#key(QUARTER, row), model: this.text(this.textPlace(row, 0)) ?? '', project: this.text(this.textPlace(row, 1)),
      branch: this.text(this.textPlace(row, 2)), session: this.text(this.textPlace(row, 3)), tier: this.text(this.textPlace(row, 4)),
      step: this.step(row), reported: this.reported(row),
    };
  }

  row(row: number): Row {
    const [input = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, output = 0, reasoning = 0, cost = 0, requests = 0] = this.#sums.map(sums => sums[row]);
    return { ...this.key(row), input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning, cost, requests };
  }

  /** The row of a key, which is made if it is not there. */
  of(key: RowKey): number {
    const places = [key.quarter, ...TEXTS.map(name => this.#place(key[name])), key.step, Number(key.reported)];
    const found = this.#index.find(places, { columns: this.#keys, length: this.#length });
    return found >= 0 ? found : this.#add(places);
  }

  /** The rows of a quarter. */
  ofQuarter(quarter: number): readonly number[] {
    if (this.#quarters === null) {
      this.#quarters = new Map();
      for (let row = 0; row < this.#length; row++) this.#noteQuarter(this.#quarters, row);
    }
    return this.#quarters.get(quarter) ?? [];
  }

  /** Rows from a place on; good until the next one is counted. */
  packed(from: number): PackedRows {
    const names: string[] = [];
    const places = new Map<number, number>([[0, 0]]);
    const placeOf = (place: number): number => {
      let packed = places.get(place);
      if (packed === undefined) places.set(place, packed = names.push(this.text(place) ?? ''));
      return packed;
    };
    const keys = this.#keys.map((column, i) => {
      const values = column.subarray(from, this.#length);
      if (i === QUARTER) return values.map((quarter, at) => quarter - (values[at - 1] ?? 0));
      return i < STEP ? values.map(placeOf) : values;
    });
    return { names, columns: [...keys, ...this.#sums.map(column => column.subarray(from, this.#length))] };
  }

  /** Adds rows that are not here. */
  restore({ names, columns }: PackedRows): void {
    const from = this.#length;
    const count = columns[QUARTER]?.length ?? 0;
    if (from + count > (this.#sums[0]?.length ?? 0)) this.#grow(from + count);
    this.#index.forget();
    this.#quarters = null;
    [...this.#keys, ...this.#sums].forEach((column, i) => column.set(columns[i] ?? [], from));
    if (from === 0) [this.#names, this.#places] = [[...names], null];
    else this.#translate(names, from, count);
    const quarters = this.#keys[QUARTER] ?? new Int32Array();
    let [first, last] = [this.#first, this.#last];
    for (let row = from, quarter = 0; row < from + count; row++) {
      quarters[row] = quarter += quarters[row] ?? 0;
      if (quarter < first) first = quarter;
      if (quarter > last) last = quarter;
    }
    [this.#first, this.#last] = [first, last];
    this.#length += count;
  }

  /** From the places of texts among names to those here. */
  #translate(names: readonly string[], from: number, count: number): void {
    const places = [0, ...names.map(name => this.#place(name))];
    for (const column of this.#keys.slice(1, STEP)) for (let row = from; row < from + count; row++) column[row] = places[column[row] ?? 0] ?? 0;
  }

  #key(column: number, row: number): number {
    return this.#keys[column]?.[row] ?? 0;
  }

  #add(key: readonly number[]): number {
    const row = this.#length++;
    if (row === this.#sums[0]?.length) this.#grow(row + 1);
    key.forEach((value, i) => {
      const column = this.#keys[i];
      if (column !== undefined) column[row] = value;
    });
    this.#first = Math.min(this.#first, this.quarter(row));
    this.#last = Math.max(this.#last, this.quarter(row));
    if (this.#quarters !== null) this.#noteQuarter(this.#quarters, row);
    this.#index.add(row, key, { columns: this.#keys, length: this.#length });
    return row;
  }

  #noteQuarter(quarters: Map<number, number[]>, row: number): void {
    const quarter = this.quarter(row);
    const rows = quarters.get(quarter);
    if (rows === undefined) quarters.set(quarter, [row]);
    else rows.push(row);
  }

  /** The place of a text, which is made if it is not there. */
  #place(text: string | null): number {
    if (text === null) return 0;
    this.#places ??= new Map(this.#names.map((name, i) => [name, i + 1]));
    let place = this.#places.get(text);
    if (place === undefined) this.#places.set(text, place = this.#names.push(text));
    return place;
  }

  #grow(least: number): void {
    const capacity = Math.max(least, 2 * (this.#sums[0]?.length ?? 0));
    this.#keys = this.#keys.map(column => { const larger = new Int32Array(capacity); larger.set(column); return larger; });
    this.#sums = this.#sums.map(column => { const larger = new Float64Array(capacity); larger.set(column); return larger; });
  }
}
