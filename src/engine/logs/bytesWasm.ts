import type { LogLine } from '../../providers/logSource';
import { type Bytes, INPUT_BYTES, type Wanted } from './bytes';
import { FIELDS_AT, jsonTables, TABLE_BYTES } from './jsonTables';
import { WASM_CODE } from './wasmCode';
import { type LineExports, MEMO_BYTES, WasmLine } from './wasmLine';

const PAGE = 64 * 1024;
const NEEDLE_BYTES = 64;
/** See `setup` in bytes.wat; what its `next` tells. */
const SEARCH_BYTES = 20;
const [NOTHING_FOUND, JSON_FOUND] = [0, 2];
/** The most that the fields of a line may be. */
const OUTPUT_BYTES = 1024 * 1024;
/** Vectors are read and written beyond what counts. */
const SLACK = 256;
/** Bytes that are common in JSON of English text, most common first; a byte that is not here is rare. */
const COMMON = ' etaoinsrhld"ucm:,_pfgyb';

interface Exports extends LineExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  setup(tables: number, out: number, outEnd: number, needles: number, needlesEnd: number): void;
  lineStart(from: number, at: number): number;
  lineEnd(at: number, to: number): number;
  marked(from: number, to: number): number;
  seek(from: number, to: number): void;
  next(): number;
  begin(): void;
  take(from: number, to: number): number;
  whole(): number;
}

/** What is used of it; the libraries that types are checked against tell it of browsers alone. */
interface WebAssemblyApi {
  validate(code: Uint8Array): boolean;
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}
const { WebAssembly: api } = globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi };

let compiled: object | null | undefined;

/** Null: no WebAssembly here, or none with SIMD. */
function compile(): object | null {
  const code = Buffer.from(WASM_CODE, 'base64');
  return api?.validate(code) === true ? new api.Module(code) : null;
}

/** bytes.wat at work: the input lies in its memory, so that files are read straight into it. */
export class WasmBytes implements Bytes {
  readonly input: Buffer;
  readonly #wasm: Exports;
  readonly #line: WasmLine;
  readonly #base: number;
  #json = false;

  static make(wanted: Wanted): WasmBytes | null {
    compiled = compiled === undefined ? compile() : compiled;
    return api === undefined || compiled === null ? null : new WasmBytes(new api.Instance(compiled).exports as Exports, wanted);
  }

  private constructor(wasm: Exports, { markers, fields }: Wanted) {
    this.#wasm = wasm;
    const needles = NEEDLE_BYTES * markers.length;
    const tables = needles + SEARCH_BYTES * markers.length;
    const output = tables + TABLE_BYTES;
    const memos = output + OUTPUT_BYTES + SLACK;
    this.#base = memos + MEMO_BYTES * fields.length + SLACK;
    wasm.memory.grow(Math.ceil((this.#base + INPUT_BYTES + SLACK) / PAGE));
    const memory = Buffer.from(wasm.memory.buffer);
    this.input = memory.subarray(this.#base, this.#base + INPUT_BYTES);
    memory.set(jsonTables(fields), tables);
    markers.forEach((marker, i) => {
      memory.write(marker, i * NEEDLE_BYTES, 'latin1');
      const [a = 0, b = 0] = [...marker].map((_, place) => place).sort((x, y) => rarity(marker, y) - rarity(marker, x));
      [i * NEEDLE_BYTES, marker.length, a, b].forEach((value, column) => memory.writeUInt32LE(value, needles + i * SEARCH_BYTES + 4 * column));
    });
    wasm.setup(tables, output, output + OUTPUT_BYTES, needles, tables);
    this.#line = new WasmLine(wasm, memory, new Uint32Array(memory.buffer, tables + FIELDS_AT, 2 * fields.length), memos);
  }

  marked(from: number, to: number): boolean {
    return this.#wasm.marked(this.#base + from, this.#base + to) === 1;
  }

  lineStart(from: number, at: number): number {
    return this.#wasm.lineStart(this.#base + from, this.#base + at) - this.#base;
  }

  lineEnd(at: number, to: number): number {
    return this.#wasm.lineEnd(this.#base + at, this.#base + to) - this.#base;
  }

  seek(from: number, to: number): void {
    this.#wasm.seek(this.#base + from, this.#base + to);
  }

  next(): boolean {
    const found = this.#wasm.next();
    this.#json = found === JSON_FOUND;
    return found !== NOTHING_FOUND;
  }

  begin(): void {
    this.#wasm.begin();
  }

  take(from: number, to: number): boolean {
    this.#json = this.#wasm.take(this.#base + from, this.#base + to) === 1;
    return this.#json;
  }

  line(): LogLine | null {
    return this.#json && this.#wasm.whole() === 1 ? this.#line : null;
  }
}

const rarity = (marker: string, place: number): number => {
  const rank = COMMON.indexOf(marker.charAt(place));
  return rank < 0 ? COMMON.length : rank;
};
