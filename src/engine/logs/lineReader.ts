import type { LogLine } from '../../providers/logSource';
import { type Bytes, INPUT_BYTES, type Wanted } from './bytes';
import { JsBytes } from './bytesJs';
import { WasmBytes } from './bytesWasm';

const NEWLINE_BYTES = 1;
const CLOSING_BRACE = '}'.charCodeAt(0);
/** What some editors and copying tools put before a text. */
const BYTE_ORDER_MARK = Buffer.from('\u{FEFF}');
const SPACE = ' '.charCodeAt(0);

/** What is handed on of a file. */
export interface LineTarget {
  /** A line that holds a marker; good until the next one. */
  line(line: LogLine): void;
  /** Such a line that is no JSON. */
  damaged(): void;
  /** A line above the limit was passed over. */
  tooLong(): void;
}

/** Where a reader stands in its file, to go on from later. */
export interface Place {
  /** Where the last whole line ends, or further in a line above the limit. */
  readonly offset: number;
  /** `offset` lies inside a line that is above the limit. */
  readonly inLongLine: boolean;
}

/** How JSON begins that some writers, such as Python, make of the same lines. */
const BLANK_BEHIND_KEY = /^\s*\{\s*"[^"]*": /;
const LOOK_BYTES = 100;
const withBlanks = (marker: string): string => marker.replaceAll('":', '": ');

/** `taken`: it is read as JSON as it comes; else only once it turns out to hold a marker, from its beginning. */
interface WideLine { length: number; marked: boolean; json: boolean; readonly taken: boolean }

/**
 * Finds the lines that hold one of a few byte strings, in bytes that come piece by piece: fill `room`, say how much with `took`.
 * One buffer serves all files, whatever the length of their lines; of a log little more is decoded than the fields of such lines.
 */
export class LineReader {
  #bytes: Bytes;
  readonly #compact: Bytes;
  /** The same for JSON with blanks; null: no such file was read yet. */
  #spaced: Bytes | null = null;
  readonly #makeSpaced: () => Bytes;
  /** A marker that lies across two pieces is found by this much of the first one. */
  readonly #overlap: number;
  readonly #maxLine: number;
  #target = nobody;
  #offset = 0;
  #inLongLine = false;
  /** Bytes at the buffer's beginning that were there before: of an unfinished line. */
  #have = 0;
  /** A line longer than the buffer; null: no such line. */
  #wide: WideLine | null = null;
  #rereads = false;
  /** What is taken next is the first piece. */
  #fresh = false;

  constructor(wanted: Wanted, maxLine: number, make: (wanted: Wanted) => Bytes = wanted => WasmBytes.make(wanted) ?? new JsBytes(wanted)) {
    const markers = wanted.markers.map(withBlanks);
    this.#bytes = this.#compact = make(wanted);
    this.#makeSpaced = () => make({ ...wanted, markers });
    this.#overlap = Math.max(...markers.map(marker => marker.length)) - 1;
    this.#maxLine = maxLine;
  }

  /** @param rereads whether `took` may ask for bytes again; then few of the lines that are longer than the buffer need be taken. */
  begin({ offset, inLongLine }: Place, target: LineTarget, rereads = false): void {
    [this.#offset, this.#inLongLine, this.#target, this.#have, this.#wide, this.#rereads] = [offset, inLongLine, target, 0, null, rereads];
    [this.#bytes, this.#fresh] = [this.#compact, true];
  }

  get place(): Place {
    return { offset: this.#offset, inLongLine: this.#inLongLine };
  }

  /** Where the next bytes of the file go. */
  get room(): Buffer {
    return this.#bytes.input.subarray(this.#have);
  }

  /** So many bytes are in `room` now. False: the next ones must be those behind `place` again. */
  took(count: number): boolean {
    const fresh = this.#have;
    const end = fresh + count;
    if (this.#fresh) this.#look(end);
    let start = 0;
    if (this.#inLongLine || this.#wide !== null) {
      const newline = this.#bytes.lineEnd(fresh, end);
      if (this.#wide === null) this.#offset += newline - fresh + (newline < end ? NEWLINE_BYTES : 0);
      else if (!this.#widen(this.#wide, fresh, newline, newline < end)) return false;
      if (newline === end) return this.#inLongLine ? this.#keep(end, end) : this.#keep(Math.max(0, end - this.#overlap), end);
      this.#inLongLine = false;
      start = newline + NEWLINE_BYTES;
    }
    const freshStart = Math.max(start, fresh); // there is no newline before
    const lineStart = this.#bytes.lineStart(freshStart, end);
    const whole = lineStart === freshStart ? start : lineStart;
    this.#find(start, whole);
    this.#offset += whole - start;
    this.#keep(whole, end);
    if (this.#have < INPUT_BYTES) return true;
    if (!this.#widen(this.#beginWide(!this.#rereads), 0, this.#have, false)) return false;
    return this.#keep(this.#have - this.#overlap, this.#have);
  }

  /** Looks at how the file begins, or goes on. */
  #look(end: number): void {
    this.#fresh = false;
    const { input } = this.#bytes;
    if (this.#offset === 0 && BYTE_ORDER_MARK.equals(input.subarray(0, BYTE_ORDER_MARK.length))) input.fill(SPACE, 0, BYTE_ORDER_MARK.length);
    if (!BLANK_BEHIND_KEY.test(input.toString('latin1', 0, Math.min(end, LOOK_BYTES)))) return;
    this.#bytes = this.#spaced ??= this.#makeSpaced();
    input.copy(this.#bytes.input, 0, 0, end);
  }

  #beginWide(taken: boolean): WideLine {
    this.#bytes.begin();
    return this.#wide = { length: 0, marked: false, json: true, taken };
  }

  /**
   * The file's end: a last line without a newline is told if it looks whole; its end may be yet to come, and it is told again
   * when the reader goes on from `place`.
   */
  finish(target: LineTarget): void {
    const last = this.#bytes.input[this.#have - 1];
    if (this.#inLongLine || this.#have === 0 || last !== CLOSING_BRACE) return;
    if (this.#wide !== null) this.#tell(this.#wide.marked, this.#wide.json, target);
    else if (this.#bytes.marked(0, this.#have)) this.#line(this.#have, target);
  }

  /** @param ends whether the line ends at `to`. @returns false when it is to come again from its beginning. */
  #widen(wide: WideLine, from: number, to: number, ends: boolean): boolean {
    wide.length += to - from;
    wide.marked ||= this.#bytes.marked(0, to);
    if (wide.taken) wide.json &&= this.#bytes.take(from, to);
    const tooLong = wide.length > this.#maxLine;
    if (wide.marked && !wide.taken && !tooLong) {
      this.#beginWide(true);
      [this.#have, this.#fresh] = [0, true];
      return false;
    }
    if (!tooLong && !ends) return true;
    if (tooLong) this.#target.tooLong();
    else this.#tell(wide.marked, wide.json, this.#target);
    this.#wide = null;
    this.#inLongLine = !ends;
    this.#offset += wide.length + (ends ? NEWLINE_BYTES : 0);
    return true;
  }

  #line(to: number, target: LineTarget): void {
    this.#bytes.begin();
    this.#tell(true, this.#bytes.take(0, to), target);
  }

  #tell(marked: boolean, json: boolean, target: LineTarget): void {
    if (!marked) return;
    const line = json ? this.#bytes.line() : null;
    if (line === null) target.damaged();
    else target.line(line);
  }

  /** Moves the unfinished line to the front. */
  #keep(from: number, end: number): true {
    if (from > 0) this.#bytes.input.copyWithin(0, from, end);
    this.#have = end - from;
    return true;
  }

  /** Tells each line in [from, to) that holds a marker, once, in order. */
  #find(from: number, to: number): void {
    for (this.#bytes.seek(from, to); this.#bytes.next();) this.#tell(true, true, this.#target);
  }
}

const nobody: LineTarget = { line: () => undefined, damaged: () => undefined, tooLong: () => undefined };
