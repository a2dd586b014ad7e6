import { type Client, clientFinder } from '../../core/clients';
import { dayOf } from '../../core/format';
import { MICROS_PER_UNIT } from '../../core/money';
import { type PricedTokens, type PriceTable, PROMPT_STEPS } from '../../core/pricing';
import { DAY_MS, QUARTER_MS } from '../../core/time';
import type { Projects } from '../projects';
import { modelLabel, rounded } from './buckets';
import { type RowTable, SUMS } from './rowTable';

/** Places among TEXTS, and among SUMS. */
const [MODEL, PROJECT, BRANCH, SESSION, TIER] = [0, 1, 2, 3, 4];
const [INPUT, CACHE_READ, CACHE_WRITE_5M, CACHE_WRITE_1H, OUTPUT, REASONING, COST, REQUESTS] = [0, 1, 2, 3, 4, 5, 6, 7];
const PROMPT = [INPUT, CACHE_READ, CACHE_WRITE_5M, CACHE_WRITE_1H];

const QUARTERS_PER_DAY = DAY_MS / QUARTER_MS;

/** What usage can be split by. */
export const SCAN_VIEWS = ['day', 'model', 'project', 'branch', 'session', 'client'] as const;
export type ScanView = (typeof SCAN_VIEWS)[number];

/** Sums. Tokens are disjoint, but for `reasoning`, which is inside `output`. */
export interface ScanSums {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
  /** Null: the logs of this tool do not tell. */
  readonly requests: number | null;
  /** As reported, else at list prices; null: no price is known. What is unpriced of it is listed apart. */
  readonly costUsd: number | null;
}

/** What a row is of; null: the logs do not say; undefined: it is not of one of these. Days are of the zone that was asked for, "2026-10-31". Projects are roots of repositories. */
export type ScanLabels = Readonly<Record<ScanView, string | null | undefined>>;
export type ScanRow = { readonly provider: string } & ScanLabels & ScanSums;

/** The labels of a row, in each view; without a view all that tell days of models in projects apart. */
const LABELS: Readonly<Record<ScanView | 'all', readonly [ScanView, ...ScanView[]]>> = {
  all: ['day', 'model', 'project'], day: ['day'], model: ['model'], project: ['project'], branch: ['project', 'branch'], session: ['session'], client: ['client'],
};
export const labelsOf = (view: ScanView | null): readonly [ScanView, ...ScanView[]] => LABELS[view ?? 'all'];

/** What a scanner counted, to be looked at from many sides. */
export interface Counted {
  readonly table: RowTable;
  readonly prices: PriceTable;
  /** False: its logs do not tell how many requests there were. */
  readonly countsRequests: boolean;
}

export interface Unpriced { readonly provider: string; readonly model: string; readonly tokens: number }
export interface View { readonly rows: readonly ScanRow[]; /** What is in `rows`, but not in their cost. */ readonly unpriced: readonly Unpriced[] }

export interface ViewOptions { readonly view: ScanView | null; readonly zone: string; readonly projects: Projects; readonly clients: readonly Client[] }

/**
 * Rows of one tool in a fixed order; what is counted counts in one of them, whatever the view. Each start of the command line goes
 * through all that was ever counted, before any of this code could become fast: so nothing is made for a row, and rows that follow each
 * other and differ in nothing but their quarter of an hour, as most do, are looked up together.
 */
export function viewRows(provider: string, { table, prices, countsRequests }: Counted, options: ViewOptions): View {
  const labels = labelsOf(options.view);
  const quarters = options.zone === 'UTC' ? QUARTERS_PER_DAY : 1; // of which all lie in one day
  const groups = new Groups(labels.map(label => labelled(label, table, quarters, options)), table.length);
  const rates = new Rates(table, prices);
  const unpriced = new Map<string, number>();
  const sums = new Float64Array(SUMS.length);
  for (let row = 0, end; row < table.length; row = end) {
    end = table.endOfRun(row, quarters);
    table.addUp(row, end, sums);
    if (sums[REQUESTS] === 0) continue;
    const cost = table.reported(row) ? sums[COST] ?? 0 : rates.costOf(row, sums);
    groups.add(row, sums, cost);
    if (cost !== null) continue;
    const model = modelLabel(table.key(row));
    unpriced.set(model, PROMPT.reduce((tokens, part) => tokens + (sums[part] ?? 0), (unpriced.get(model) ?? 0) + (sums[OUTPUT] ?? 0)));
  }
  const [day, model, project, branch, session, client] = SCAN_VIEWS.map(label => labels.indexOf(label));
  const rows = groups.inOrder((name, sum, cost): ScanRow => ({
    provider, day: name(day), model: name(model), project: name(project), branch: name(branch), session: name(session), client: name(client),
    input: sum(INPUT), cacheRead: sum(CACHE_READ), cacheWrite: sum(CACHE_WRITE_5M) + sum(CACHE_WRITE_1H), output: sum(OUTPUT), reasoning: sum(REASONING),
    requests: countsRequests ? sum(REQUESTS) : null, costUsd: cost === null ? null : rounded(cost) / MICROS_PER_UNIT,
  }));
  return { rows, unpriced: [...unpriced].map(([name, tokens]) => ({ provider, model: name, tokens })) };
}

/** What tokens cost, by row. Rows that follow each other often have one price. */
class Rates {
  readonly #table: RowTable;
  readonly #prices: PriceTable;
  /** By all that a price depends on, in one number. */
  readonly #known = new Map<number, PricedTokens | null>();
  readonly #timeless = new Map<number, boolean>();
  readonly #last = { model: NaN, tier: NaN, step: NaN, day: NaN };
  #rates: PricedTokens | null = null;

  constructor(table: RowTable, prices: PriceTable) {
    [this.#table, this.#prices] = [table, prices];
  }

  /** What sums of rows like this one cost, in micro-dollars. Null: no price is known. */
  costOf(row: number, sums: Float64Array): number | null {
    const rates = this.#of(row);
    return rates === null ? null : (sums[INPUT] ?? 0) * rates.input + (sums[OUTPUT] ?? 0) * rates.output + (sums[CACHE_READ] ?? 0) * rates.cacheRead
      + (sums[CACHE_WRITE_5M] ?? 0) * rates.cacheWrite5m + (sums[CACHE_WRITE_1H] ?? 0) * rates.cacheWrite1h;
  }

  #of(row: number): PricedTokens | null {
    const table = this.#table, last = this.#last;
    const model = table.textPlace(row, MODEL), tier = table.textPlace(row, TIER), step = table.step(row);
    const day = this.#isTimeless(model) ? 0 : Math.floor(table.quarter(row) / QUARTERS_PER_DAY);
    if (model === last.model && tier === last.tier && step === last.step && day === last.day) return this.#rates;
    last.model = model;
    last.tier = tier;
    last.step = step;
    last.day = day;
    const key = ((day * table.textCount + model) * table.textCount + tier) * (PROMPT_STEPS.length + 1) + PROMPT_STEPS.indexOf(step) + 1;
    let rates = this.#known.get(key);
    if (rates === undefined) this.#known.set(key, rates = this.#prices.ratesOf(table.text(model) ?? '', table.quarter(row) * QUARTER_MS, table.text(tier), step + 1));
    return this.#rates = rates;
  }

  #isTimeless(model: number): boolean {
    let timeless = this.#timeless.get(model);
    if (timeless === undefined) this.#timeless.set(model, timeless = this.#prices.isTimeless(this.#table.text(model) ?? ''));
    return timeless;
  }
}

/** Rows have the same name where they have the same mark, which is quick to tell. */
interface Labelled { mark(row: number): number; name(row: number): string | null }

/** @param quarters how many from an even one on lie in one day. */
function labelled(label: ScanView, table: RowTable, quarters: number, { zone, projects, clients }: ViewOptions): Labelled {
  const text = (place: number, name = (told: string | null) => told): Labelled => ({ mark: row => table.textPlace(row, place), name: row => name(table.text(table.textPlace(row, place))) });
  switch (label) {
    case 'day': return { mark: row => Math.floor(table.quarter(row) / quarters), name: row => dayOf(table.quarter(row) * QUARTER_MS, zone) };
    case 'model': return { mark: row => table.textPlace(row, MODEL) * table.textCount + table.textPlace(row, TIER), name: row => modelLabel(table.key(row)) };
    case 'project': return text(PROJECT, folder => (folder === null ? null : projects.of(folder)));
    case 'client': return text(PROJECT, clientFinder(clients));
    case 'branch': return text(BRANCH);
    case 'session': return text(SESSION);
  }
}

/** `places`: of its names. `cost` null: nothing was priced yet. */
interface Group { readonly places: readonly number[]; cost: number | null; rank: number }

const FIRST_GROUPS = 64;

/** Puts rows with the same labels together. */
class Groups {
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
