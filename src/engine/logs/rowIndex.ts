import { isSameKey, type RowKey } from './rowKey';

/** More are not compared one by one. */
const FEW = 32;

interface Quarter { readonly places: number[]; /** By the text of their key; null: there are few. */ named: Map<string, number> | null }

/** Finds rows by their keys: quarters mostly have few rows, and to put one in must cost next to nothing. */
export class RowIndex {
  readonly #rows: readonly RowKey[];
  readonly #quarters = new Map<number, Quarter>();

  /** @param rows the rows that places are places in. */
  constructor(rows: readonly RowKey[]) {
    this.#rows = rows;
  }

  /** The place of the row with this key, or -1. */
  find(key: RowKey): number {
    const quarter = this.#quarters.get(key.quarter);
    if (quarter === undefined) return -1;
    if (quarter.named !== null) return quarter.named.get(nameOf(key)) ?? -1;
    return quarter.places.find(place => isSameKey(this.#rows[place], key)) ?? -1;
  }

  /** Of a row that is not yet here. */
  add(key: RowKey, place: number): void {
    const quarter = this.#quarters.get(key.quarter);
    if (quarter === undefined) {
      this.#quarters.set(key.quarter, { places: [place], named: null });
      return;
    }
    quarter.places.push(place);
    if (quarter.named !== null) quarter.named.set(nameOf(key), place);
    else if (quarter.places.length > FEW) quarter.named = new Map(quarter.places.flatMap(each => { const row = this.#rows[each]; return row === undefined ? [] : [[nameOf(row), each] as const]; }));
  }

  /** The places of a quarter's rows. */
  of(quarter: number): readonly number[] {
    return this.#quarters.get(quarter)?.places ?? [];
  }
}

const nameOf = ({ model, project, branch, session, tier, step, reported }: RowKey): string => JSON.stringify([model, project, branch, session, tier, step, reported]);
