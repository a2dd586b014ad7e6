import { count, instant, isJson, type LogLine, text } from '../../providers/logSource';
import { type Bytes, INPUT_BYTES, type Wanted } from './bytes';

const NEWLINE = 10;

/** Where there is no SIMD: a few times slower, and holding long lines; what it gives is what bytes.wat must give. */
export class JsBytes implements Bytes {
  readonly input = Buffer.allocUnsafeSlow(INPUT_BYTES);
  readonly #markers: readonly Buffer[];
  readonly #fields: readonly string[];
  #pieces: Buffer[] = [];
  #search = { at: 0, to: 0 };

  constructor({ markers, fields }: Wanted) {
    this.#markers = markers.map(marker => Buffer.from(marker));
    this.#fields = fields;
  }

  marked(from: number, to: number): boolean {
    return this.#find(from, to) >= 0;
  }

  #find(from: number, to: number): number {
    const hits = this.#markers.map(marker => this.input.subarray(0, to).indexOf(marker, from)).filter(hit => hit >= 0);
    return hits.length === 0 ? -1 : Math.min(...hits);
  }

  lineStart(from: number, at: number): number {
    return from + this.input.subarray(from, at).lastIndexOf(NEWLINE) + 1;
  }

  lineEnd(at: number, to: number): number {
    const end = this.input.subarray(at, to).indexOf(NEWLINE);
    return end < 0 ? to : at + end;
  }

  seek(from: number, to: number): void {
    this.#search = { at: from, to };
  }

  next(): boolean {
    const { at, to } = this.#search;
    const hit = this.#find(at, to);
    if (hit < 0) return false;
    const end = this.lineEnd(hit, to);
    this.begin();
    this.take(this.lineStart(at, hit), end);
    this.#search = { at: Math.min(to, end + 1), to };
    return true;
  }

  begin(): void {
    this.#pieces = [];
  }

  take(from: number, to: number): boolean {
    this.#pieces.push(Buffer.from(this.input.subarray(from, to)));
    return true;
  }

  line(): LogLine | null {
    return JsLine.parse(Buffer.concat(this.#pieces).toString('utf8'), this.#fields);
  }
}

/** A line by JSON.parse. */
export class JsLine implements LogLine {
  readonly #values: readonly unknown[];

  /** Null: it is no JSON. */
  static parse(line: string, fields: readonly string[]): JsLine | null {
    try {
      const value: unknown = JSON.parse(line);
      return new JsLine(fields.map(path => path.split('.').reduce<unknown>((part, key) => (isJson(part) && Object.hasOwn(part, key) ? part[key] : undefined), value)));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return null;
    }
  }

  private constructor(values: readonly unknown[]) {
    this.#values = values;
  }

  has(field: number): boolean {
    return this.#values[field] !== undefined;
  }

  json(field: number): unknown {
    return this.#values[field];
  }

  text(field: number): string | null {
    return text(this.#values[field]);
  }

  count(field: number): number {
    return count(this.#values[field]);
  }

  instant(field: number): number | null {
    return instant(this.#values[field]);
  }
}
