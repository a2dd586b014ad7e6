import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import wabt from 'wabt';
import { type Bytes, INPUT_BYTES } from '../../../src/engine/logs/bytes';
import { JsBytes, JsLine } from '../../../src/engine/logs/bytesJs';
import { WasmBytes } from '../../../src/engine/logs/bytesWasm';
import { WASM_CODE } from '../../../src/engine/logs/wasmCode';
import type { LogLine } from '../../../src/providers/logSource';

const MARKERS = ['"usage":{', '"type":"t', 'ab'];
const FIELDS = ['a', 'b.a', 'b.b', 'b.content.a', 'content.b', 'missing.deep.down'];
const wasm = WasmBytes.make({ markers: MARKERS, fields: FIELDS });
const kinds: readonly (readonly [string, Bytes])[] = [['JavaScript', new JsBytes({ markers: MARKERS, fields: FIELDS })], ...(wasm === null ? [] : [['WebAssembly', wasm] as const])];

/** All that is told of a field. */
const told = (line: LogLine, field: number): unknown => [line.has(field), line.json(field), line.text(field), line.count(field), line.instant(field)];
const allTold = (line: LogLine | null): unknown => line && FIELDS.map((_, field) => told(line, field));

/** The line at once, or in pieces cut at `cuts`; null: refused. */
function take(bytes: Bytes, line: string | Buffer, cuts: readonly number[] = []): LogLine | null {
  const length = typeof line === 'string' ? bytes.input.write(line) : line.copy(bytes.input);
  bytes.begin();
  const places = [0, ...cuts.map(cut => cut % (length + 1)).sort((a, b) => a - b), length];
  return places.slice(1).every((to, i) => bytes.take(places[i] ?? 0, to)) ? bytes.line() : null;
}

it('wasmCode.ts is what bytes.wat gives', async () => {
  const source = fs.readFileSync(path.join(__dirname, '../../../src/engine/logs/bytes.wat'), 'utf8');
  const module = (await wabt()).parseWat('bytes.wat', source, { simd: true, bulk_memory: true });
  module.validate();
  const code = Buffer.from(module.toBinary({}).buffer).toString('base64');
  assert.ok(code === WASM_CODE, `put this into wasmCode.ts: ${code}`);
});

it('WebAssembly with SIMD is there on the Node that the tests run on', () => assert.ok(wasm !== null));

for (const [name, bytes] of kinds) {
  describe(`bytes in ${name}`, () => {
    const part = fc.constantFrom('a', 'b', '"usage":{', '"usage":', '"type":"t', '"type":"', 'ab', 'x'.repeat(15), 'é', '\n', '{"a":', '1}', '\n{"a":"ab"}\n', '\n["ab"]\n');
    const text = fc.array(part, { maxLength: 40 }).map(parts => parts.join(''));
    const isMarked = (text: string): boolean => MARKERS.some(marker => text.includes(marker));

    it('tells whether a whole marker lies between two places', () => {
      fc.assert(fc.property(text, fc.nat(80), fc.nat(80), (text, from, skip) => {
        const length = bytes.input.write(text);
        const [start, end] = [Math.min(from, length), Math.max(Math.min(from, length), length - skip)];
        assert.equal(bytes.marked(start, end), isMarked(Buffer.from(text).subarray(start, end).toString('latin1')));
      }));
    });

    it('takes every line that holds a marker, once, in order', () => {
      fc.assert(fc.property(text, text, text, (before, text, after) => {
        const [start, length] = [Buffer.byteLength(`${before}\n`), Buffer.byteLength(text)];
        bytes.input.write(`${before}\n${text}\n${after}`);
        const found: unknown[] = [];
        for (bytes.seek(start, start + length); bytes.next();) found.push(allTold(bytes.line()));
        assert.deepEqual(found, text.split('\n').filter(isMarked).map(line => allTold(JsLine.parse(line, FIELDS))));
      }), { numRuns: 500 });
    });

    it('bounds lines', () => {
      fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'x'.repeat(17), '\n'), maxLength: 40 }), fc.nat(200), fc.nat(200), (text, a, b) => {
        const length = bytes.input.write(text);
        const [from, to] = [Math.min(a, b, length), Math.min(Math.max(a, b), length)];
        const newline = text.indexOf('\n', from);
        assert.equal(bytes.lineEnd(from, to), newline < 0 || newline > to ? to : newline);
        assert.equal(bytes.lineStart(from, to), Math.max(from, text.slice(0, to).lastIndexOf('\n') + 1));
      }));
    });

    const letters = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '\u0000', 'é', '✅', 'x'.repeat(30), 'y'.repeat(300)), maxLength: 8 });
    const scalar = fc.oneof(letters, fc.double({ noNaN: true }), fc.nat(), fc.constantFrom(null, true, false, '2026-10-31T10:05:00.000Z', '', -0, 1e300, 5_000_000_000));
    const value = fc.letrec(tie => ({
      value: fc.oneof({ depthSize: 'medium' }, scalar, tie('list'), tie('record')),
      list: fc.array(tie('value'), { maxLength: 3 }),
      record: fc.dictionary(fc.constantFrom('a', 'b', 'content', 'another', 'x"y'), tie('value'), { maxKeys: 4 }),
    }));
    const line = fc.tuple(fc.oneof({ weight: 5, arbitrary: value.record }, { weight: 1, arbitrary: value.list }), fc.constantFrom(undefined, 1)).map(([value, space]) => JSON.stringify(value, undefined, space).replaceAll('\n', ' '));
    const cuts = fc.array(fc.nat(), { maxLength: 4 });

    it('tells of each field what JSON.parse gives, of a line in pieces too', () => {
      fc.assert(fc.property(line, cuts, (line, cuts) => assert.deepEqual(allTold(take(bytes, line, cuts)), allTold(JsLine.parse(line, FIELDS)))), { numRuns: 300 });
    });

    it('tells of each line its own fields, however like the one before it is', () => {
      const long = 'y'.repeat(300);
      const part = fc.constantFrom('null', '1', '12', '"x"', '"x\\u0041"', '"2026-10-31T10:05:00.000Z"', '"2026-10-31T10:05:00.001Z"', '{"a":1}', `"${long}"`, `"${long}x"`, `"${'y'.repeat(239)}"`, `"${'z'.repeat(238)}"`, `"${'y'.repeat(237)}z"`);
      fc.assert(fc.property(fc.array(fc.tuple(part, part, fc.boolean()), { minLength: 2, maxLength: 12 }), lines => {
        for (const [a, b, has] of lines) {
          const line = has ? `{"a":${a},"b":{"a":${b}}}` : `{"b":{"a":${b},"b":${a}}}`;
          assert.deepEqual(allTold(take(bytes, line)), allTold(JsLine.parse(line, FIELDS)), line);
        }
      }), { numRuns: 300 });
    });

    it('reads counts as JSON.parse does', () => {
      for (const text of ['0', '7', '10', '4294967295', '4294967296', '9999999999', '10000000000', '00', '-1', '1.0', '1e2', '"5"', 'null', '1.5', '12345678901234567890']) {
        assert.deepEqual(allTold(take(bytes, `{"a":${text}}`)), allTold(JsLine.parse(`{"a":${text}}`, FIELDS)), text);
      }
    });

    it('reads every day of the century, and the ends of each', () => {
      const told = (text: string): unknown => take(bytes, `{"a":"${text}"}`)?.instant(0);
      for (let day = Date.UTC(2000, 0, 1); day < Date.UTC(2100, 0, 1); day += 86_400_000) {
        for (const at of [day, day + 86_399_999]) assert.equal(told(new Date(at).toISOString()), at);
        assert.equal(told(new Date(day).toISOString().replace('.000', '')), day);
      }
      for (const at of [Date.UTC(2000, 0, 1) - 1, Date.UTC(2100, 0, 1)]) assert.equal(told(new Date(at).toISOString()), null);
    });

    it('reads instants as Date.parse does, whatever was done to their text', () => {
      const char = fc.constantFrom('', '0', '9', '3', ':', '-', 'T', 'Z', ' ', '.', 'é', '+', '/');
      fc.assert(fc.property(fc.nat(25), char, fc.constantFrom('2026-10-31T10:05:00.000Z', '2024-02-29T23:59:59Z', '2023-02-28T23:59:59.999Z', '2026-04-30T00:00:00Z', '2026-10-31T10:05:00+00:00'), (place, put, text) => {
        const line = `{"a":"${text.slice(0, place)}${put}${text.slice(place + 1)}"}`;
        assert.deepEqual(allTold(take(bytes, line)), allTold(JsLine.parse(line, FIELDS)), line);
      }), { numRuns: 1000 });
    });

    it('takes for JSON exactly what is JSON, whatever was done to it', () => {
      const damage = fc.record({ at: fc.nat(), drop: fc.nat(3), put: fc.constantFrom('', '"', '\\', '\\u12', '\\x', '{', '}', '[', ']', ',', ':', ' ', '1', '-', '0', '.', 'e', '\u0000', '\u001f', 'true', 'nul', 'é') });
      fc.assert(fc.property(line, damage, cuts, (line, { at, drop, put }, cuts) => {
        const place = at % (line.length + 1);
        const broken = line.slice(0, place) + put + line.slice(place + drop);
        const value = JsLine.parse(broken, FIELDS);
        if (value === null) assert.equal(take(bytes, broken, cuts), null, broken);
        else if (/^\s*[[{]/.test(broken)) assert.deepEqual(allTold(take(bytes, broken, cuts)), allTold(value), broken);
      }), { numRuns: 1000 });
    });

    it('takes every number and literal that JSON has, and no other', () => {
      const atoms = ['0', '-0', '-', '01', '1.', '.5', '1.5', '-1.50', '1e5', '1E+5', '1e-05', '1e', '1e+', '+1', '0x1', '1 2', 'true', 'false', 'null', 'tru', 'truee', 'nulL', 'True', 'NaN', '- 1', '1.e5', '-01', '10', '1.0e10'];
      for (const atom of atoms) for (const text of [`[${atom}]`, `{"a":${atom}}`, `{"b":{"a":${atom} },"a": ${atom} }`, `[${atom},${atom}]`]) {
        assert.deepEqual(allTold(take(bytes, text)), allTold(JsLine.parse(text, FIELDS)), text);
      }
    });

    it('takes every escape that JSON has, and no other', () => {
      for (const where of [(string: string) => `{"a":"${string}"}`, (string: string) => `{"z":"${string}${'x'.repeat(40)}"}`, (string: string) => `{"${string}":1,"b":{"a":2}}`]) {
        for (let code = 0x20; code < 0x7f; code++) for (const escape of [`\\${String.fromCharCode(code)}00aF`, `\\u00a${String.fromCharCode(code)}`]) {
          const text = where(escape);
          if (code !== 0x22) assert.deepEqual(allTold(take(bytes, text)), allTold(JsLine.parse(text, FIELDS)), text);
        }
      }
    });

    it('takes no control character inside a string, and all others', () => {
      for (let code = 0; code < 0x100; code++) {
        const text = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([code]), Buffer.from('"}')]);
        if (code !== 0x22 && code !== 0x5c) assert.equal(take(bytes, text) === null, code < 0x20, String(code));
      }
    });

    it('replaces bytes that are no UTF-8', () => {
      const text = Buffer.from('{"a":"x?y"}');
      text[text.indexOf('?')] = 0xff;
      assert.equal(take(bytes, text)?.text(0), 'x\ufffdy');
    });

    it('takes white space of JSON alone', () => {
      for (let code = 0; code < 0x100; code++) {
        const text = Buffer.concat([Buffer.from('{"a"'), Buffer.from([code]), Buffer.from(':1}')]);
        assert.equal(take(bytes, text) !== null, ' \t\n\r'.includes(String.fromCharCode(code)), String(code));
      }
    });
  });
}

describe('what WebAssembly does not take', () => {
  const bytes = wasm ?? assert.fail();
  it('objects inside more than 4000 others', () => {
    const nested = (depth: number): LogLine | null => take(bytes, `{"a":1,"b":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    assert.deepEqual([nested(3999)?.count(0), nested(4001)], [1, null]);
  });

  it('fields of more than a megabyte', () => {
    bytes.begin();
    const taken = ['{"a":"', ...Array.from({ length: 4 }, () => 'x'.repeat(INPUT_BYTES))].map(text => bytes.take(0, bytes.input.write(text)));
    assert.deepEqual([taken[0], taken.at(-1)], [true, false]);
  });
});
