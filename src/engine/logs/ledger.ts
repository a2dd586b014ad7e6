import { promptStep, promptTokens } from '../../core/pricing';
import { type EpochMs, QUARTER_MS, quarterOf } from '../../core/time';
import type { LogResponse } from '../../providers/logSource';
import { hashText } from './hash';
import { FIGURES, IdTable, NO_ROW, WIDTH } from './idTable';
import type { KeptEntry, KeptIds } from './keptIds';
import { Marks } from './marks';
import { RecentTimes } from './recentTimes';
import { type CountedResponse, countsIn, figureOf, keyOf, precedes, type Row, type RowKey } from './rowKey';
import { type PackedRows, RowTable } from './rowTable';

/** How many of FIGURES, from the first one, are the prompt. */
const PROMPT_WIDTH = 4;

/**
 * All responses of one account's logs, each counted once, over all its files. What a response is worth does not depend on the
 * order in which its copies arrive: the greatest of each figure, a reported cost before none, and the first quarter of an hour
 * (of copies in one quarter that differ in model, project, tier, branch or session, the least by name).
 */
export class Ledger {
  readonly #ids = new IdTable();
  readonly #kept: KeptIds | null;
  readonly table = new RowTable();
  readonly times = new RecentTimes();
  /** Since the last `takeChangedRows`; null: all. */
  #changedRows: Set<number> | null = new Set<number>();
  /** Since the last `settle`. */
  readonly #unsettledRows = new Marks();
  readonly #unsettledIds = new Marks();
  #lastRow = NO_ROW;
  #lastKey: RowKey | null = null;
  /** The responses of late, where they were not yet asked for. */
  #keptRecent: (() => RecentEntries) | null = null;

  constructor(kept: KeptIds | null = null) {
    this.#kept = kept;
  }

  /** From the first instant of the first row's quarter to the end of the last one's; null: there are no rows. */
  get range(): { readonly fromAt: number; readonly toAt: number } | null {
    const { span } = this.table;
    return span === null ? null : { fromAt: span[0] * QUARTER_MS, toAt: (span[1] + 1) * QUARTER_MS };
  }

  get rows(): readonly Row[] {
    return Array.from({ length: this.table.length }, (_, row) => this.table.row(row));
  }

  /** Rows of one hour (since the epoch). */
  rowsOfHour(hour: number): readonly Row[] {
    return [0, 1, 2, 3].flatMap(quarter => this.table.ofQuarter(4 * hour + quarter)).map(row => this.table.row(row));
  }

  add(event: LogResponse): void {
    this.addHashed(hashText(event.id), event);
  }

  /** @param hash of the response's id. */
  addHashed(hash: number, event: CountedResponse): void {
    const entry = this.#find(hash);
    if (entry < 0) return this.#insert(hash, event);
    const row = this.#ids.row(entry);
    if (row === NO_ROW) return;
    this.times.note(hash, event.at);
    this.#merge(entry, this.table.key(row), event);
  }

  /**
   * What the figures of a running total are above all that was told under its id counts as a response of its own. Of its prompts
   * nothing is known, so that they count as short ones. The total itself is kept as what counts nothing;
   * once its id is dropped, it grows no more.
   */
  grow(event: LogResponse): void {
    const hash = hashText(event.id);
    const found = this.#find(hash);
    const told = found >= 0 ? this.#ids.figures(found) : null;
    if (told?.every(figure => figure === 0) === true) return; // a replay
    const [input = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, output = 0, reasoning = 0, cost = 0] = FIGURES.map((_, i) => Math.max(0, figureOf(event, i) - (told?.[i] ?? 0)));
    const rises = { ...event, input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning, costMicros: event.costMicros === null ? null : cost };
    if (FIGURES.every((_, i) => figureOf(rises, i) === 0)) return;
    const entry = found >= 0 ? found : this.#ids.add(hash, NO_ROW);
    FIGURES.forEach((_, i) => this.#ids.setFigure(entry, i, (told?.[i] ?? 0) + figureOf(rises, i)));
    this.#unsettledIds.add(entry);
    this.#insert(hashText([event.id, ...this.#ids.figures(entry)].join(' ')), rises, 0);
  }

  /** The response counts nothing, whether it was or will be told; a running total nothing more. */
  drop(id: string): void {
    this.dropHashed(hashText(id));
  }

  /** @param hash of the response's id. */
  dropHashed(hash: number): void {
    const entry = this.#find(hash);
    if (entry < 0) {
      this.#unsettledIds.add(this.#ids.add(hash, NO_ROW));
    } else if (this.#ids.row(entry) !== NO_ROW || this.#ids.figures(entry).some(figure => figure > 0)) {
      this.#count(entry, -1);
      this.#ids.setRow(entry, NO_ROW);
      for (let i = 0; i < WIDTH; i++) this.#ids.setFigure(entry, i, 0);
      this.#unsettledIds.add(entry);
      this.times.drop(hash);
    }
  }

  /** @param prompt the size of its whole prompt. */
  #insert(hash: number, event: CountedResponse, prompt = promptTokens(event)): void {
    const entry = this.#ids.add(hash, this.#rowFor(event, prompt));
    this.times.note(hash, event.at);
    for (let i = 0; i < WIDTH; i++) this.#ids.setFigure(entry, i, figureOf(event, i));
    this.#count(entry, 1);
    this.#unsettledIds.add(entry);
  }

  #merge(entry: number, old: RowKey, event: CountedResponse): void {
    let greater = false;
    for (let i = 0; i < WIDTH; i++) greater ||= figureOf(event, i) > this.#ids.figure(entry, i);
    const reported = old.reported || event.costMicros !== null;
    const fresh = old.quarter < quarterOf(event.at) ? null : keyOf(event, 0);
    const other = fresh !== null && precedes(fresh, old);
    if (!greater && !other && reported === old.reported) return;
    this.#count(entry, -1);
    for (let i = 0; i < WIDTH; i++) this.#ids.setFigure(entry, i, Math.max(figureOf(event, i), this.#ids.figure(entry, i)));
    let prompt = 0;
    for (let i = 0; i < PROMPT_WIDTH; i++) prompt += this.#ids.figure(entry, i);
    this.#ids.setRow(entry, this.table.of({ ...(other ? fresh : old), step: promptStep(prompt), reported }));
    this.#count(entry, 1);
    this.#unsettledIds.add(entry);
  }

  /** @param sign 1: the entry begins to count in its row; -1: it ends. */
  #count(entry: number, sign: 1 | -1): void {
    const row = this.#ids.row(entry);
    if (row === NO_ROW) return;
    for (let i = 0; i < WIDTH; i++) this.table.count(row, i, sign * this.#ids.figure(entry, i));
    this.table.count(row, WIDTH, sign);
    this.#changedRows?.add(row);
    this.#unsettledRows.add(row);
  }

  /** Responses that follow each other mostly count in one row. */
  #rowFor(event: CountedResponse, prompt: number): number {
    if (this.#lastKey === null || !countsIn(event, prompt, this.#lastKey)) {
      this.#lastKey = keyOf(event, prompt);
      this.#lastRow = this.table.of(this.#lastKey);
    }
    return this.#lastRow;
  }

  /** Rows whose sums may have changed since the last call. */
  takeChangedRows(): readonly Row[] {
    const changed = this.#changedRows === null ? this.rows : [...this.#changedRows].map(row => this.table.row(row));
    this.#changedRows = new Set();
    return changed;
  }

  /** How much `changes` would tell. */
  get changeCount(): number {
    return this.#unsettledIds.size + this.#unsettledRows.size;
  }

  /** What was added or changed since the last `settle`: places of rows, and entries. */
  get changes(): { readonly rows: readonly number[]; readonly entries: readonly KeptEntry[] } {
    return { rows: this.#unsettledRows.all(), entries: this.#unsettledIds.all().map(entry => this.entry(entry)) };
  }

  /** All of it is kept now. */
  settle(): void {
    this.#unsettledRows.clear();
    this.#unsettledIds.clear();
    this.times.settle();
  }

  /** What counts of the last twelve hours that logs tell of, with exact times and the rows it counts in; in no order. */
  get recent(): readonly (KeptEntry & { readonly at: EpochMs; readonly key: RowKey })[] {
    this.#fetchRecent();
    return [...this.times.all()].flatMap(([hash, at]) => {
      const found = this.#ids.find(hash);
      const row = found < 0 ? NO_ROW : this.#ids.row(found);
      return row === NO_ROW ? [] : [{ ...this.entry(found), at, key: this.table.key(row) }];
    });
  }

  /** @param newest the time of the last of them. @param fetch called when they are first asked for. */
  keepRecent(newest: EpochMs, fetch: () => RecentEntries): void {
    this.times.keep(newest);
    this.#keptRecent = fetch;
  }

  #fetchRecent(): void {
    if (this.#keptRecent === null) return;
    const { entries, offsets } = this.#keptRecent();
    this.#keptRecent = null;
    this.#fetched(entries);
    entries.forEach(({ hash, row }, i) => this.times.restore(hash, this.table.quarter(row) * QUARTER_MS + (offsets[i] ?? 0)));
  }

  /** Entries in memory, in the order of their hashes; all of them after `fetchRest`. */
  get sorted(): Uint32Array {
    return this.#ids.sorted;
  }

  entry(entry: number): KeptEntry {
    return { hash: this.#ids.hash(entry), row: this.#ids.row(entry), figures: this.#ids.figures(entry) };
  }

  /** Puts back the next rows; all are to be told again. */
  restoreRows(rows: PackedRows): void {
    this.table.restore(rows);
    this.#changedRows = null;
  }

  /** Puts back what a row that is here sums up to. @param sums in the order of SUMS. */
  restoreSums(row: number, sums: readonly number[]): void {
    sums.forEach((sum, i) => this.table.setSum(row, i, sum));
    this.#changedRows = null;
  }

  /** Replaces what is here under its hash; rows have it in their sums already. */
  restoreEntry({ hash, row, figures }: KeptEntry): void {
    const found = this.#ids.find(hash);
    const entry = found >= 0 ? found : this.#ids.add(hash, row);
    this.#ids.setRow(entry, row);
    for (let i = 0; i < WIDTH; i++) this.#ids.setFigure(entry, i, figures[i] ?? 0);
  }

  /** Brings all entries into memory. */
  fetchRest(): void {
    if (this.#kept !== null) this.#fetched(this.#kept.fetchAll());
  }

  #find(hash: number): number {
    const found = this.#ids.find(hash);
    const kept = found >= 0 ? null : this.#kept?.fetch(hash) ?? null;
    if (kept === null) return found;
    this.restoreEntry(kept);
    return this.#ids.find(hash);
  }

  /** What is here is newer. */
  #fetched(entries: Iterable<KeptEntry>): void {
    for (const entry of entries) if (this.#ids.find(entry.hash) < 0) this.restoreEntry(entry);
  }
}

/** Some entries, and how many milliseconds after the beginning of its row's quarter each was. */
export interface RecentEntries { readonly entries: readonly KeptEntry[]; readonly offsets: ArrayLike<number> }
