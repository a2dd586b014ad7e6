/** A column of numbers in one of the forms below. */
export type Column = Uint8Array | Uint16Array | Int32Array | Float64Array;

/** From narrow to wide; the last one holds every number. */
const FORMS = [Uint8Array, Uint16Array, Int32Array, Float64Array] as const;
const RANGES = [[0, 0xff], [0, 0xffff], [-0x8000_0000, 0x7fff_ffff]] as const;
const ALIGNMENT = 8;

/** The form of a column, by its place in FORMS, and how many numbers it has. */
export type Shape = readonly [form: number, count: number];

/** What is kept of something: plain JSON, a long text apart that is not always asked for, and numbers. */
export interface Packed { readonly json: unknown; readonly text: string; readonly columns: readonly Column[] }

/** In the narrowest form that holds them. */
export function toColumn(numbers: ArrayLike<number>): Column {
  let form = 0;
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] ?? 0;
    for (let range = RANGES[form]; range !== undefined && !(Number.isInteger(number) && number >= range[0] && number <= range[1]); range = RANGES[form]) form++;
  }
  return new (FORMS[form] ?? Float64Array)(numbers);
}

/**
 * Columns are written as they lie in memory, so that who reads them needs but look at the bytes; in the byte order of this machine,
 * which none reads but itself.
 */
export function packBytes({ json, text, columns }: Packed): Buffer {
  const shapes = columns.map((column): Shape => [FORMS.findIndex(form => column instanceof form), column.length]);
  const parts = [Buffer.from(JSON.stringify({ shapes, json })), Buffer.from(text), ...columns.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))];
  const head = Buffer.alloc(ALIGNMENT);
  parts.slice(0, 2).forEach((part, i) => head.writeUInt32LE(part.length, 4 * i));
  return Buffer.concat([head, ...parts.flatMap(part => [part, Buffer.alloc(padding(part.length))])]);
}

/** @throws RangeError, SyntaxError or TypeError when the bytes are none of packBytes's. */
export function unpackBytes(bytes: Buffer): Packed {
  const aligned = bytes.byteOffset % ALIGNMENT === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
  let at = ALIGNMENT;
  const take = (length: number): number => {
    const from = at;
    at += length + padding(length);
    if (at > aligned.length) throw new RangeError('The bytes end too early.');
    return from;
  };
  const [jsonLength, textLength] = [aligned.readUInt32LE(0), aligned.readUInt32LE(4)];
  const [jsonAt, textAt] = [take(jsonLength), take(textLength)];
  const { shapes, json } = JSON.parse(aligned.toString('utf8', jsonAt, jsonAt + jsonLength)) as { readonly shapes: readonly Shape[]; readonly json: unknown };
  const columns = shapes.map(([form, count]) => {
    const Form = FORMS[form] ?? Float64Array;
    return new Form(aligned.buffer as ArrayBuffer, aligned.byteOffset + take(count * Form.BYTES_PER_ELEMENT), count);
  });
  return { json, text: aligned.toString('utf8', textAt, textAt + textLength), columns };
}

const padding = (length: number): number => -length & ALIGNMENT - 1;
