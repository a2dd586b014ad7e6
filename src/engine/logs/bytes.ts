import type { LogLine } from '../../providers/logSource';

/** How much is read at once: it stays in a processor's nearer caches. */
export const INPUT_BYTES = 512 * 1024;

/** Search for lines and for fields in them, over a fixed buffer that files are read into. Positions count from its beginning. */
export interface Bytes {
  readonly input: Buffer;
  /** The first place in [from, to) where a whole marker lies, by its number; -1: nowhere. */
  find(marker: number, from: number, to: number): number;
  /** Behind the last newline in [from, at), or `from`. */
  lineStart(from: number, at: number): number;
  /** The first newline in [at, to), or `to`. */
  lineEnd(at: number, to: number): number;
  /** Begins a line. */
  begin(): void;
  /** Takes a piece of the line. False: it is no JSON; nothing more of it may be taken. */
  take(from: number, to: number): boolean;
  /** The line that was taken, until the next one begins; null: it is no JSON. */
  line(): LogLine | null;
}

/** What a reader looks for. */
export interface Wanted {
  /** ASCII, 2 to 64 bytes each. */
  readonly markers: readonly string[];
  /** Paths with '.' between keys, none of which is the beginning of another. */
  readonly fields: readonly string[];
}
