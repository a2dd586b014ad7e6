import { SUMS } from './rowColumns';

/** Rows have the same name where they have the same mark, which is quick to tell. */
export interface Labelled { mark(row: number): number; name(row: number): string | null }

/** `places`: of its names. `cost` null: nothing was priced yet. */
interface Group { readonly places: readonly number[]; cost: number | null; rank: number }

const FIRST_GROUPS = 64;

/** Puts rows with the same labels together. */
export class Groups {
  readonly #names: readonly LabelNames[];
  /** By label: from the place of the labels before it and that of its own name to that of all of them. */
  readonly #pairs: readonly Map<number, number>[];
  readonly #groups: Group[] = [];
  /** Of all groups, one after the other. */
  #sums = new Float64Array(FIRST_GROUPS * SUMS.length);
  /** More names than a label can have. */
  readonly #most: number;

  /** @param rows that are put together. */
  constructor(labels: readonly Labelled[], rows: number) {
    this.#most = rows + 1;
    this.#names = labels.map(label => new LabelNames(label));
    this.#pairs = labels.map(() => new Map());
  }

  /** @param sums of rows like this one. @param cost micro-dollars; null: unpriced. */
  add(row: number, sums: Float64Array, cost: number | null): void {
    const place = this.#place(row);
    const at = place * SUMS.length;
    let group = this.#groups[place];
    if (group === undefined) {
      this.#groups[place] = group = { places: this.#names.map(names => names.place(row)), cost: null, rank: 0 };
      if (at === this.#sums.length) {
        const larger = new Float64Array(2 * at);
        larger.set(this.#sums);
        this.#sums = larger;
      }
    }
    const all = this.#sums;
    for (let i = 0; i < sums.length; i++) all[at + i] = (all[at + i] ?? 0) + (sums[i] ?? 0);
    if (cost !== null) group.cost = (group.cost ?? 0) + cost;
  }

  #place(row: number): number {
    let place = 0;
    for (let i = 0; i < this.#names.length; i++) {
      const key = place * this.#most + (this.#names[i]?.place(row) ?? 0), pairs = this.#pairs[i];
      const known = pairs?.get(key);
      place = known ?? pairs?.size ?? 0;
      if (known === undefined) pairs?.set(key, place);
    }
    return place;
  }

  /** Tells the groups in a fixed order: names by the places of their labels, undefined where there is no such label, and sums by their places. */
  inOrder<T>(tell: (name: (label?: number) => string | null | undefined, sum: (i: number) => number, cost: number | null) => T): readonly T[] {
    const ranks = this.#names.map(names => names.ranks);
    let at = 0;
    let { places }: Pick<Group, 'places'> = { places: [] };
    const name = (label = -1): string | null | undefined => this.#names[label]?.all[places[label] ?? 0];
    const sum = (i: number): number => this.#sums[at + i] ?? 0;
    const order = this.#groups.map((group, place) => {
      group.rank = group.places.reduce((rank, own, i) => rank * (ranks[i]?.length ?? 1) + (ranks[i]?.[own] ?? 0), 0);
      return place;
    });
    const rankOf = (place: number): number => this.#groups[place]?.rank ?? 0;
    return order.sort((a, b) => rankOf(a) - rankOf(b)).map(place => {
      at = place * SUMS.length;
      const group = this.#groups[place];
      places = group?.places ?? [];
      return tell(name, sum, group?.cost ?? null);
    });
  }
}

/** The names of one label, each once. */
class LabelNames {
  readonly all: (string | null)[] = [];
  readonly #label: Labelled;
  readonly #byName = new Map<string | null, number>();
  readonly #byMark = new Map<number, number>();

  constructor(label: Labelled) {
    this.#label = label;
  }

  place(row: number): number {
    const mark = this.#label.mark(row);
    let place = this.#byMark.get(mark);
    if (place === undefined) {
      const name = this.#label.name(row);
      place = this.#byName.get(name) ?? this.all.push(name) - 1;
      this.#byName.set(name, place);
      this.#byMark.set(mark, place);
    }
    return place;
  }

  /** By place, where it comes in the order of names. */
  get ranks(): readonly number[] {
    const order = [...this.all.keys()].sort((a, b) => { const x = this.all[a] ?? '', y = this.all[b] ?? ''; return x < y ? -1 : x > y ? 1 : 0; });
    const ranks: number[] = [];
    order.forEach((place, rank) => (ranks[place] = rank));
    return ranks;
  }
}
