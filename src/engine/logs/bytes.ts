import type { LogLine } from '../../providers/logSource';

/** How much is read at once: it stays in a processor's nearer caches. */
export const INPUT_BYTES = 512 * 1024;

/** Search for lines and for fields in them, over a fixed buffer that files are read into. Positions count from its beginning. */
export interface Bytes {
  readonly input: Buffer;
  /** Whether a whole marker lies in [from, to). */
  marked(from: number, to: number): boolean;
  /** Behind the last newline in [from, at), or `from`. */
  lineStart(from: number, at: number): number;
  /** The first newline in [at, to), or `to`. */
  lineEnd(at: number, to: number): number;
  /** Begins a search for the lines in [from, to) that hold a marker; `from` is the beginning of a line. */
  seek(from: number, to: number): void;
  /** Takes the next line of that search; false: there are no more. */
  next(): boolean;
  /** Begins a line that is taken piece by piece. */
  begin(): void;
  /** Takes a piece of the line. False: it is no JSON; nothing more of it may be taken. */
  take(from: number, to: number): boolean;
  /** The line that was taken, until the next one is; null: it is no JSON. */
  line(): LogLine | null;
}

/** What a reader looks for. */
export interface Wanted {
  /** ASCII, 2 to 64 bytes each. */
  readonly markers: readonly string[];
  /** Paths with '.' between keys, none of which is the beginning of another. */
  readonly fields: readonly string[];
}
