import { count, instant, type LogLine, text } from '../../providers/logSource';

/** What bytes.wat keeps of a field as it was last: see `same` there. */
export const MEMO_BYTES = 256;
const QUOTE = 0x22;

/** What bytes.wat tells of pieces of JSON. */
export interface LineExports {
  same(memo: number, from: number, to: number): number;
  count(from: number, to: number): number;
  instant(from: number, to: number): number;
}

/** The fields of the line that was taken last: each a piece of JSON in memory. What many lines have alike is decoded once. */
export class WasmLine implements LogLine {
  readonly #wasm: LineExports;
  readonly #memory: Buffer;
  /** Begin and end of each field; 0: the line does not have it. */
  readonly #places: Uint32Array;
  /** Where the wasm keeps the bytes that `#texts` and `#values` were decoded from. */
  readonly #memos: number;
  /** By field; undefined: not decoded yet. */
  readonly #texts: (string | null | undefined)[];
  readonly #values: unknown[];

  constructor(wasm: LineExports, memory: Buffer, places: Uint32Array, memos: number) {
    [this.#wasm, this.#memory, this.#places, this.#memos] = [wasm, memory, places, memos];
    this.#texts = Array.from({ length: places.length / 2 }, () => undefined);
    this.#values = [...this.#texts];
  }

  has(field: number): boolean {
    return this.#from(field) !== 0;
  }

  json(field: number): unknown {
    const from = this.#from(field);
    const to = this.#to(field);
    if (from === 0) return undefined;
    this.#recall(field, from, to);
    return this.#values[field] ??= JSON.parse(this.#memory.toString('utf8', from, to));
  }

  text(field: number): string | null {
    const from = this.#from(field);
    const to = this.#to(field);
    if (from === 0) return null;
    this.#recall(field, from, to);
    let told = this.#texts[field];
    if (told === undefined) this.#texts[field] = told = this.#decode(field, from, to);
    return told;
  }

  count(field: number): number {
    const from = this.#from(field);
    if (from === 0) return 0;
    const told = this.#wasm.count(from, this.#to(field));
    return told < 0 ? count(this.json(field)) : count(told);
  }

  instant(field: number): number | null {
    const from = this.#from(field);
    if (from === 0) return null;
    const told = this.#wasm.instant(from, this.#to(field));
    return told < 0 ? instant(this.text(field)) : told;
  }

  /** Forgets what was decoded of a field that is another now. */
  #recall(field: number, from: number, to: number): void {
    if (this.#wasm.same(this.#memos + field * MEMO_BYTES, from, to) === 1) return;
    this.#texts[field] = undefined;
    this.#values[field] = undefined;
  }

  #decode(field: number, from: number, to: number): string | null {
    if (this.#memory[from] !== QUOTE) return null;
    const inner = this.#memory.toString('utf8', from + 1, to - 1);
    return text(inner.includes('\\') ? this.json(field) : inner);
  }

  #from(field: number): number {
    return this.#places[2 * field] ?? 0;
  }

  #to(field: number): number {
    return this.#places[2 * field + 1] ?? 0;
  }
}
