import { type PricedTokens, type PriceTable, PROMPT_STEPS } from '../../core/pricing';
import { DAY_MS, QUARTER_MS } from '../../core/time';
import { CACHE_READ, CACHE_WRITE_1H, CACHE_WRITE_5M, INPUT, MODEL, OUTPUT, TIER } from './rowColumns';
import type { RowTable } from './rowTable';

export const QUARTERS_PER_DAY = DAY_MS / QUARTER_MS;

/** What tokens cost, by row. Rows that follow each other often have one price. */
export class Rates {
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
