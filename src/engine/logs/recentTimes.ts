import { type EpochMs, HOUR_MS } from '../../core/time';

/** How long exact times are kept: rows know quarters of an hour. */
const KEPT_MS = 12 * HOUR_MS;
const MIN_PRUNE = 4096;

/** When the newest responses were, to the millisecond, by the hash of their id: of copies the earliest. Holds the last twelve hours that logs tell of. */
export class RecentTimes {
  readonly #times = new Map<number, EpochMs>();
  #newest = -Infinity;
  #pruneAt = MIN_PRUNE;
  /** Since the last `settle`. */
  readonly #unsettled = new Set<number>();

  note(hash: number, at: EpochMs): void {
    if (at <= this.#newest - KEPT_MS || at >= (this.#times.get(hash) ?? Infinity)) return;
    this.restore(hash, at);
    this.#unsettled.add(hash);
    if (this.#times.size >= this.#pruneAt) {
      this.#prune();
      this.#pruneAt = Math.max(MIN_PRUNE, 2 * this.#times.size);
    }
  }

  /** What is kept already. */
  restore(hash: number, at: EpochMs): void {
    this.keep(at);
    this.#times.set(hash, Math.min(at, this.#times.get(hash) ?? Infinity));
  }

  /** Some are kept elsewhere, of which this is the newest. */
  keep(newest: EpochMs): void {
    this.#newest = Math.max(this.#newest, newest);
  }

  drop(hash: number): void {
    this.#times.delete(hash);
    this.#unsettled.delete(hash);
  }

  /** Those of the last hours. */
  all(): ReadonlyMap<number, EpochMs> {
    this.#prune();
    return this.#times;
  }

  /** What was noted since the last `settle`, and is still of the last hours. */
  get changes(): readonly (readonly [hash: number, at: EpochMs])[] {
    const times = this.all();
    return [...this.#unsettled].map(hash => [hash, times.get(hash) ?? NaN] as const).filter(([, at]) => !Number.isNaN(at));
  }

  /** All of it is kept now. */
  settle(): void {
    this.#unsettled.clear();
  }

  #prune(): void {
    for (const [hash, at] of this.#times) {
      if (at <= this.#newest - KEPT_MS) this.drop(hash);
    }
  }
}
