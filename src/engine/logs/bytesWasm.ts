import type { LogLine } from '../../providers/logSource';
import { type Bytes, INPUT_BYTES, type Wanted } from './bytes';
import { FIELDS_AT, jsonTables, TABLE_BYTES } from './jsonTables';
import { WASM_CODE } from './wasmCode';
import { MEMO_BYTES, WasmLine } from './wasmLine';

const PAGE = 64 * 1024;
const NEEDLE_BYTES = 64;
/** The most that the fields of a line may be. */
const OUTPUT_BYTES = 1024 * 1024;
/** Vectors are read and written beyond what counts. */
const SLACK = 256;
/** Bytes that are common in JSON of English text, most common first; a byte that is not here is rare. */
const COMMON = ' etaoinsrhld"ucm:,_pfgyb';

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  find(from: number, to: number, needle: number, length: number, a: number, b: number): number;
  lineStart(from: number, at: number): number;
  lineEnd(at: number, to: number): number;
  begin(tables: number, out: number, outEnd: number): void;
  take(from: number, to: number): number;
  whole(): number;
  same(memo: number, from: number, to: number): number;
}

interface Needle { readonly at: number; readonly length: number; readonly a: number; readonly b: number }

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
  readonly #needles: readonly Needle[];
  readonly #line: WasmLine;
  readonly #tables: number;
  readonly #base: number;
  readonly #output: number;

  static make(wanted: Wanted): WasmBytes | null {
    compiled = compiled === undefined ? compile() : compiled;
    return api === undefined || compiled === null ? null : new WasmBytes(new api.Instance(compiled).exports as Exports, wanted);
  }

  private constructor(wasm: Exports, { markers, fields }: Wanted) {
    this.#wasm = wasm;
    this.#tables = NEEDLE_BYTES * markers.length;
    this.#base = this.#tables + TABLE_BYTES + SLACK;
    this.#output = this.#base + INPUT_BYTES + SLACK;
    const memos = this.#output + OUTPUT_BYTES + SLACK;
    wasm.memory.grow(Math.ceil((memos + MEMO_BYTES * fields.length) / PAGE));
    const memory = Buffer.from(wasm.memory.buffer);
    this.input = memory.subarray(this.#base, this.#base + INPUT_BYTES);
    memory.set(jsonTables(fields), this.#tables);
    this.#line = new WasmLine(wasm, memory, new Uint32Array(wasm.memory.buffer, this.#tables + FIELDS_AT, 2 * fields.length), memos);
    this.#needles = markers.map((marker, i) => {
      memory.write(marker, i * NEEDLE_BYTES, 'latin1');
      const [a = 0, b = 0] = [...marker].map((_, place) => place).sort((x, y) => rarity(marker, y) - rarity(marker, x));
      return { at: i * NEEDLE_BYTES, length: marker.length, a, b };
    });
  }

  find(marker: number, from: number, to: number): number {
    const needle = this.#needles[marker];
    if (needle === undefined) return -1;
    const hit = this.#wasm.find(this.#base + from, this.#base + to, needle.at, needle.length, needle.a, needle.b);
    return hit < 0 ? -1 : hit - this.#base;
  }

  lineStart(from: number, at: number): number {
    return this.#wasm.lineStart(this.#base + from, this.#base + at) - this.#base;
  }

  lineEnd(at: number, to: number): number {
    return this.#wasm.lineEnd(this.#base + at, this.#base + to) - this.#base;
  }

  begin(): void {
    this.#wasm.begin(this.#tables, this.#output, this.#output + OUTPUT_BYTES);
  }

  take(from: number, to: number): boolean {
    return this.#wasm.take(this.#base + from, this.#base + to) === 1;
  }

  line(): LogLine | null {
    return this.#wasm.whole() === 1 ? this.#line : null;
  }
}

const rarity = (marker: string, place: number): number => {
  const rank = COMMON.indexOf(marker.charAt(place));
  return rank < 0 ? COMMON.length : rank;
};
