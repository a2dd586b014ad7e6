import { QUARTER_MS } from '../../core/time';
import type { Sighting } from '../../providers/provider';
import { type FileState, FileStates, type PackedFiles, packFiles } from './fileStates';
import { WIDTH } from './idTable';
import type { KeptEntry, KeptIds } from './keptIds';
import { Ledger, type RecentEntries } from './ledger';
import { SUMS } from './rowColumns';
import type { PackedRows } from './rowTable';

/** All that a scanner remembers. */
export class LogState {
  readonly ledger: Ledger;
  readonly files = new FileStates();
  readonly sightings = new Map<string, Sighting>();
  /** The length of the buckets that were last reported; null: none yet. */
  spanMs: number | null = null;
  #keptRows = 0;
  readonly #changedFiles = new Set<string>();
  readonly #changedSightings = new Set<string>();
  #keptSpanMs: number | null = null;

  /** @param kept entries of earlier runs that are not among the deltas. */
  constructor(kept: KeptIds | null = null) {
    this.ledger = new Ledger(kept);
  }

  setFile(file: FileState): void {
    this.files.set(file);
    this.#changedFiles.add(file.path);
  }

  dropFile(path: string): void {
    if (this.files.get(path) === undefined) return;
    this.files.delete(path);
    this.#changedFiles.add(path);
  }

  /** Keeps the newest of each key. */
  sight(key: string, sighting: Sighting): void {
    if (sighting.at < (this.sightings.get(key)?.at ?? -Infinity)) return;
    this.sightings.set(key, sighting);
    this.#changedSightings.add(key);
  }

  /** How many things changed since the last `settle`. */
  get changes(): number {
    return this.ledger.changeCount + this.#changedFiles.size + this.#changedSightings.size + (this.spanMs === this.#keptSpanMs ? 0 : 1);
  }

  /** What changed since the last `settle`, to be journaled. */
  delta(): Delta {
    const { rows, entries } = this.ledger.changes;
    const files = [...this.#changedFiles].map(path => [path, this.files.get(path)] as const);
    return {
      firstRow: this.#keptRows,
      rows: asJson(this.ledger.table.packed(this.#keptRows)),
      sums: rows.filter(row => row < this.#keptRows).flatMap(row => [row, ...SUMS.map((_, i) => this.ledger.table.sum(row, i))]),
      ids: entries.flatMap(idTuple),
      times: this.ledger.times.changes.flat(),
      spanMs: this.spanMs,
      files: packFiles(files.map(([, file]) => file).filter(file => file !== undefined)),
      gone: files.filter(([, file]) => file === undefined).map(([path]) => path),
      sightings: [...this.sightings].filter(([key]) => this.#changedSightings.has(key)).map(sightingTuple),
    };
  }

  /** Everything, in the form of a delta to an empty state; ids apart, as there are many. */
  whole(): Delta {
    return {
      firstRow: 0, rows: this.ledger.table.packed(0), sums: [], ids: [], times: [], spanMs: this.spanMs,
      files: packFiles(this.files.all()), gone: [], sightings: [...this.sightings].map(sightingTuple),
    };
  }

  /** The responses of late, in the order of their hashes. */
  get recent(): RecentEntries & { /** Null: there are none. */ readonly newest: number | null } {
    const entries = [...this.ledger.recent].sort((a, b) => a.hash - b.hash);
    const offsets = entries.map(({ at, key }) => at - key.quarter * QUARTER_MS);
    return { entries, offsets, newest: entries.reduce<number | null>((newest, { at }) => Math.max(newest ?? at, at), null) };
  }

  /** All of it is kept now. */
  settle(): void {
    this.ledger.settle();
    this.#keptRows = this.ledger.table.length;
    this.#keptSpanMs = this.spanMs;
    this.#changedFiles.clear();
    this.#changedSightings.clear();
  }

  /** @returns false, and then nothing is done: the delta does not follow on what is here. */
  apply({ firstRow, rows, sums, ids, times, files, gone, sightings, spanMs }: Delta): boolean {
    if (firstRow !== this.ledger.table.length) return false;
    this.ledger.restoreRows(rows);
    for (let i = 0; i < sums.length; i += 1 + SUMS.length) this.ledger.restoreSums(sums[i] ?? -1, sums.slice(i + 1, i + 1 + SUMS.length));
    for (let i = 0; i < ids.length; i += 2 + WIDTH) {
      this.ledger.restoreEntry({ hash: ids[i] ?? 0, row: ids[i + 1] ?? 0, figures: ids.slice(i + 2, i + 2 + WIDTH) });
    }
    for (let i = 0; i < times.length; i += 2) this.ledger.times.restore(times[i] ?? 0, times[i + 1] ?? 0);
    this.files.restore(files);
    for (const path of gone) this.files.delete(path);
    for (const [key, at, value] of sightings) this.sightings.set(key, { at, value });
    this.spanMs = this.#keptSpanMs = spanMs;
    this.#keptRows = this.ledger.table.length;
    return true;
  }
}

type SightingTuple = readonly [key: string, at: number, value: unknown];

/** What is written down. */
export interface Delta {
  /** How many rows there were before: all else names rows by their place. */
  readonly firstRow: number;
  /** New rows with their sums. */
  readonly rows: PackedRows;
  /** Place and sums of each older row that changed, one after the other. */
  readonly sums: readonly number[];
  /** Hash, row and figures of each response, one after the other. */
  readonly ids: readonly number[];
  /** Hash and exact time of each response of late, one after the other. */
  readonly times: readonly number[];
  readonly files: PackedFiles;
  /** Paths of files that are no longer there. */
  readonly gone: readonly string[];
  readonly sightings: readonly SightingTuple[];
  readonly spanMs: number | null;
}

/** JSON knows no typed arrays. */
const asJson = ({ names, columns }: PackedRows): PackedRows => ({ names, columns: columns.map(column => Array.from(column)) });

const idTuple = ({ hash, row, figures }: KeptEntry): number[] => [hash, row, ...Array.from(figures)];

const sightingTuple = ([key, { at, value }]: readonly [string, Sighting]): SightingTuple => [key, at, value];
