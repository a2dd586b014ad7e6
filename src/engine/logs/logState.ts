import { QUARTER_MS } from '../../core/time';
import type { Sighting } from '../../providers/provider';
import { FIGURES, WIDTH } from './idTable';
import type { KeptEntry, KeptIds } from './keptIds';
import { Ledger, SUMS } from './ledger';
import { type PackedRows, packRows, unpackRows } from './packedRows';
import type { Row } from './rowKey';

/** How far a file was read. */
export interface FileState {
  /** Real, absolute; of a packed file without its ending. */
  readonly path: string;
  /** It was packed when it was read; size, time and inode are those of the packed file. */
  readonly packed: boolean;
  /** -1: it was left in between. */
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
  /** The byte after the last whole line, unpacked. */
  readonly offset: number;
  /** A hash of the bytes before `offset`, by which a rewritten file shows. */
  readonly tail: number;
  /** The parser's own, plain JSON. */
  readonly parser: unknown;
  /** Lines skipped in it. */
  readonly damaged: number;
  readonly tooLong: number;
  /** `offset` lies inside a line above the limit. */
  readonly inLongLine: boolean;
}

/** All that a scanner remembers. */
export class LogState {
  readonly ledger: Ledger;
  readonly files = new Map<string, FileState>();
  /** What all files have of each. */
  readonly skipped = { damaged: 0, tooLong: 0 };
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
    this.#put(file.path, file);
    this.#changedFiles.add(file.path);
  }

  dropFile(path: string): void {
    if (!this.files.has(path)) return;
    this.#put(path, null);
    this.#changedFiles.add(path);
  }

  #put(path: string, file: FileState | null): void {
    const before = this.files.get(path);
    this.skipped.damaged += (file?.damaged ?? 0) - (before?.damaged ?? 0);
    this.skipped.tooLong += (file?.tooLong ?? 0) - (before?.tooLong ?? 0);
    if (file === null) this.files.delete(path);
    else this.files.set(path, file);
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
    return {
      firstRow: this.#keptRows,
      rows: packRows(this.ledger.rows.slice(this.#keptRows)),
      sums: rows.filter(index => index < this.#keptRows).flatMap(index => [index, ...sumsOf(this.ledger.rows[index])]),
      ids: entries.flatMap(idTuple),
      times: this.ledger.times.changes.flat(),
      spanMs: this.spanMs,
      files: [...this.#changedFiles].map(path => fileTuple(path, this.files.get(path))),
      sightings: [...this.sightings].filter(([key]) => this.#changedSightings.has(key)).map(sightingTuple),
    };
  }

  /** Everything, in the form of a delta to an empty state; ids apart, as there are many. */
  whole(): Delta {
    return {
      firstRow: 0, rows: packRows(this.ledger.rows), sums: [], ids: [], times: [], spanMs: this.spanMs,
      files: [...this.files.values()].map(file => fileTuple(file.path, file)),
      sightings: [...this.sightings].map(sightingTuple),
    };
  }

  /** The responses of late, in the order of their hashes, and how many milliseconds after the beginning of its row's quarter each was. */
  get recent(): { readonly entries: readonly KeptEntry[]; readonly offsets: Uint32Array } {
    const entries = [...this.ledger.recent].sort((a, b) => a.hash - b.hash);
    return { entries, offsets: Uint32Array.from(entries, ({ at, key }) => at - key.quarter * QUARTER_MS) };
  }

  restoreRecent({ entries, offsets }: LogState['recent']): void {
    entries.forEach((entry, i) => {
      this.ledger.restoreEntry(entry);
      const key = this.ledger.rows[entry.row];
      if (key !== undefined) this.ledger.times.restore(entry.hash, key.quarter * QUARTER_MS + (offsets[i] ?? 0));
    });
  }

  /** All of it is kept now. */
  settle(): void {
    this.ledger.settle();
    this.#keptRows = this.ledger.rows.length;
    this.#keptSpanMs = this.spanMs;
    this.#changedFiles.clear();
    this.#changedSightings.clear();
  }

  /** @returns false, and then nothing is done: the delta does not follow on what is here. */
  apply({ firstRow, rows, sums, ids, times, files, sightings, spanMs }: Delta): boolean {
    if (firstRow !== this.ledger.rows.length) return false;
    unpackRows(rows, row => this.ledger.restoreRow(row));
    for (let i = 0; i < sums.length; i += 1 + SUMS.length) this.ledger.restoreSums(sums[i] ?? -1, sums.slice(i + 1, i + 1 + SUMS.length));
    for (let i = 0; i < ids.length; i += 2 + WIDTH) {
      this.ledger.restoreEntry({ hash: ids[i] ?? 0, row: ids[i + 1] ?? 0, figures: ids.slice(i + 2, i + 2 + WIDTH) });
    }
    for (let i = 0; i < times.length; i += 2) this.ledger.times.restore(times[i] ?? 0, times[i + 1] ?? 0);
    for (const file of files) this.#put(file[0], file.length === 1 ? null : fileOf(file));
    for (const [key, at, value] of sightings) this.sightings.set(key, { at, value });
    this.spanMs = this.#keptSpanMs = spanMs;
    this.#keptRows = this.ledger.rows.length;
    return true;
  }
}

type FileRest = readonly [size: number, mtimeMs: number, inode: number, offset: number, tail: number, parser: unknown, damaged: number, tooLong: number, inLongLine: boolean, packed: boolean];
type SightingTuple = readonly [key: string, at: number, value: unknown];
type FileTuple = readonly [path: string] | readonly [path: string, ...FileRest];

/** What is written down; arrays rather than objects, as there are many of each. */
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
  /** A path alone: the file is gone. */
  readonly files: readonly FileTuple[];
  readonly sightings: readonly SightingTuple[];
  readonly spanMs: number | null;
}

const idTuple = ({ hash, row, figures }: KeptEntry): number[] => [hash, row, ...Array.from(figures)];

const sightingTuple = ([key, { at, value }]: readonly [string, Sighting]): SightingTuple => [key, at, value];

const sumsOf = (row: Row | undefined): number[] => (row === undefined ? [] : [...FIGURES.map(name => row[name]), row.requests]);

function fileTuple(path: string, file: FileState | undefined): FileTuple {
  if (file === undefined) return [path];
  const { size, mtimeMs, inode, offset, tail, parser, damaged, tooLong, inLongLine, packed } = file;
  return [path, size, mtimeMs, inode, offset, tail, parser, damaged, tooLong, inLongLine, packed];
}

/** By hand, as a start does this for every file. */
const fileOf = (file: readonly [path: string, ...FileRest]): FileState => ({
  path: file[0], size: file[1], mtimeMs: file[2], inode: file[3], offset: file[4], tail: file[5], parser: file[6], damaged: file[7], tooLong: file[8], inLongLine: file[9], packed: file[10],
});
