/** What is kept of a response. */
export interface KeptEntry {
  readonly hash: number;
  /** The place of the row that it counts in, or NO_ROW. */
  readonly row: number;
  /** In the order of FIGURES. */
  readonly figures: ArrayLike<number>;
}

/** Entries of earlier runs that are not in memory; each is handed out once. */
export interface KeptIds {
  /** Those that lie near a hash, itself among them if it is kept. */
  fetch(hash: number): Iterable<KeptEntry>;
  fetchRest(): Iterable<KeptEntry>;
}
