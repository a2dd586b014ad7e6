/** What is kept of a response. */
export interface KeptEntry {
  readonly hash: number;
  /** The place of the row that it counts in, or NO_ROW. */
  readonly row: number;
  /** In the order of FIGURES. */
  readonly figures: ArrayLike<number>;
}

/** Entries of earlier runs that are not in memory. */
export interface KeptIds {
  /** Null: it is not kept. */
  fetch(hash: number): KeptEntry | null;
  /** All of them, those that were fetched before as well. */
  fetchAll(): Iterable<KeptEntry>;
}
