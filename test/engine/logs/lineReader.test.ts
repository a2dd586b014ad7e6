import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Bytes, INPUT_BYTES, type Wanted } from '../../../src/engine/logs/bytes';
import { JsBytes } from '../../../src/engine/logs/bytesJs';
import { WasmBytes } from '../../../src/engine/logs/bytesWasm';
import { LineReader, type Place } from '../../../src/engine/logs/lineReader';

const MEGABYTE = 1024 * 1024;
const start: Place = { offset: 0, inLongLine: false };

interface Found { readonly lines: unknown[]; readonly rest: unknown; readonly damaged: number; readonly tooLong: number; readonly place: Place }

/** What is told of `bytes` from `place` on, read in pieces of `piece` bytes at most; the same whether bytes may be asked for again. */
function read(reader: LineReader, bytes: Buffer, place = start, piece = Infinity): Found {
  const [once, again] = [readOnce(reader, bytes, place, piece, false), readOnce(reader, bytes, place, piece, true)];
  assert.deepEqual(again, once);
  return once;
}

let reread = 0;

function readOnce(reader: LineReader, bytes: Buffer, place: Place, piece: number, rereads: boolean): Found {
  const found = { lines: [] as unknown[], rest: null as unknown, damaged: 0, tooLong: 0 };
  reader.begin(place, { line: line => void found.lines.push(line.json(0)), damaged: () => void found.damaged++, tooLong: () => void found.tooLong++ }, rereads);
  for (let at = place.offset; at < bytes.length;) {
    const count = bytes.copy(reader.room, 0, at, Math.min(bytes.length, at + piece));
    at += count;
    if (reader.took(count)) continue;
    assert.ok(rereads);
    reread += at - reader.place.offset;
    at = reader.place.offset;
  }
  reader.finish({ line: line => void (found.rest = line.json(0)), damaged: () => void (found.rest = 'damaged'), tooLong: assert.fail });
  return { ...found, place: reader.place };
}

const WANTED = { markers: ['"ONE"', '"TWO"'], fields: ['n'] };
const kinds: readonly (readonly [string, (wanted: Wanted) => Bytes | null])[] = [['JavaScript', wanted => new JsBytes(wanted)], ['WebAssembly', wanted => WasmBytes.make(wanted)]];
/** A line that holds a marker, and its number. */
const one = (n: number, marker = 'ONE'): string => `{"a":"${marker}","n":${n}}`;

for (const [name, make] of kinds) {
  describe(`LineReader in ${name}`, () => {
    const reader = new LineReader(WANTED, 2 * MEGABYTE, wanted => make(wanted) ?? assert.fail());

    it('finds the lines that hold any of the markers, once each, in order', () => {
      const text = `1\n${one(1)}\n{"ONE":["ONE","TWO"],"n":2}\n\n"none"\n${one(3, 'TWO')}\n`;
      assert.deepEqual(read(reader, Buffer.from(`${text}["ONE"`)), { lines: [1, 2, 3], rest: null, damaged: 0, tooLong: 0, place: { offset: text.length, inLongLine: false } });
    });

    it('tells a last line without a newline if it holds a marker and looks whole, and stays before it', () => {
      for (const [rest, told] of [[one(7), 7], ['{"ONE":1', null], ['{"SIX":1,"n":8}', null], ['{"ONE"\u00001}', 'damaged'], ['', null]] as const) {
        const found = read(reader, Buffer.from(`${one(1)}\n${rest}`));
        assert.deepEqual([found.lines, found.rest, found.place], [[1], told, { offset: one(1).length + 1, inLongLine: false }], rest);
      }
    });

    it('reads past a mark of the byte order before the first line, and lines that end as on Windows', () => {
      const text = `\uFEFF${one(1)}\r\n${one(2)}\r\n`;
      for (const piece of [Infinity, 7]) {
        assert.deepEqual(read(reader, Buffer.from(text), start, piece), { lines: [1, 2], rest: null, damaged: 0, tooLong: 0, place: { offset: Buffer.byteLength(text), inLongLine: false } });
      }
      assert.equal(read(reader, Buffer.from(`${one(1)}\n\uFEFF${one(2)}\n`)).damaged, 1);
    });

    it('finds markers also where blanks stand behind the keys, file by file, and lines of any length', () => {
      const keys = new LineReader({ markers: ['"ONE":{'], fields: ['n'] }, 2 * MEGABYTE, wanted => make(wanted) ?? assert.fail());
      const compact = (n: number): string => JSON.stringify({ ONE: { a: 1 }, n });
      const spaced = (n: number, more = ''): string => `{"n": ${n}, "ONE": {"a": 1}, "more": "${more}"}`;
      const lines = (...texts: readonly string[]): unknown => read(keys, Buffer.from(texts.map(text => `${text}\n`).join(''))).lines;
      for (let i = 0; i < 2; i++) {
        assert.deepEqual(lines(compact(1), compact(2)), [1, 2]);
        assert.deepEqual(lines('{"type": "other"}', spaced(3), spaced(4)), [3, 4]);
        assert.deepEqual(lines(`\uFEFF${spaced(5, 'x'.repeat(INPUT_BYTES))}`, spaced(6)), [5, 6]);
      }
    });

    it('goes on from an offset', () => {
      assert.deepEqual(read(reader, Buffer.from(`${one(1)}\n${one(2)}\n`), { offset: one(1).length + 1, inLongLine: false }).lines, [2]);
    });

    it('tells lines that hold a marker and are no JSON as damaged', () => {
      const { lines, damaged } = read(reader, Buffer.from('["ONE","\u0000"]\n["ONE","\\x"]\n["\u0000"]\n["ONE"\n["ONE"]["ONE"]\n{"ONE":1,"n":5}\n'));
      assert.deepEqual([lines, damaged], [[5], 4]);
    });

    for (const pad of [-3, -2, -1, 0, 1].map(more => INPUT_BYTES + more).concat(3 * INPUT_BYTES)) {
      it(`finds a line of ${pad} bytes, and a marker and a field across pieces of it`, () => {
        const line = (filler: number): string => `{"a":"${'x'.repeat(filler)}","b":"ONE","n":22,"c":"${'y'.repeat(pad - filler - 32)}"}`;
        for (const filler of [1, 7000, ...[20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 1].map(less => INPUT_BYTES - 6 - less)].filter(filler => pad - filler - 32 >= 0)) {
          const file = Buffer.from(`${one(1)}\n${line(filler)}\n${one(3)}\n${one(4)}`);
          const { lines, rest, place } = read(reader, file);
          assert.deepEqual([line(filler).length, lines, rest, place.offset], [pad, [1, 22, 3], 4, file.length - one(4).length], String(filler));
        }
      });
    }

    it('asks again for a line longer than its buffer only if it holds a marker, and once', () => {
      const [marked, plain] = [`{"a":"${'x'.repeat(MEGABYTE)}","b":"ONE","n":6,"c":"${'x'.repeat(MEGABYTE / 2)}"}`, `{"a":"${'x'.repeat(MEGABYTE)}"}`];
      reread = 0;
      read(reader, Buffer.from(`${plain}\n${one(1)}\n${plain}\n`));
      assert.equal(reread, 0);
      read(reader, Buffer.from(`${plain}\n${marked}\n${plain}\n`));
      assert.ok(reread > MEGABYTE && reread <= marked.length + INPUT_BYTES, String(reread));
    });

    it('tells a last line longer than its buffer', () => {
      const { rest, place } = read(reader, Buffer.from(`1\n{"a":"${'x'.repeat(MEGABYTE)}","b":"ONE","n":6}`));
      assert.deepEqual([rest, place], [6, { offset: 2, inLongLine: false }]);
    });

    it('passes over lines above the limit, and counts them', () => {
      const file = Buffer.from(`${one(1)}\n["${'"ONE"'.repeat(MEGABYTE)}\n${one(2)}\n${'x'.repeat(3 * MEGABYTE)}\n${one(3)}\n`);
      assert.deepEqual(read(reader, file), { lines: [1, 2, 3], rest: null, damaged: 0, tooLong: 2, place: { offset: file.length, inLongLine: false } });
    });

    it('goes on inside a line above the limit when it ends later', () => {
      const half = `${one(1)}\n${'"ONE"'.repeat(MEGABYTE)}`;
      const first = read(reader, Buffer.from(half));
      assert.deepEqual([first.lines, first.rest, first.tooLong, first.place], [[1], null, 1, { offset: half.length, inLongLine: true }]);
      const whole = Buffer.from(`${half}"ONE" the end\n${one(2)}\n`);
      assert.deepEqual(read(reader, whole, first.place), { lines: [2], rest: null, damaged: 0, tooLong: 0, place: { offset: whole.length, inLongLine: false } });
    });

    it('finds what a plain search finds, in whatever pieces it reads and from wherever it goes on', () => {
      const unit = fc.constantFrom('"ONE"', '"TWO"', 'x', '\n', ' ', '"', `"${'z'.repeat(300_000)}"`);
      fc.assert(fc.property(fc.array(unit, { maxLength: 30 }).map(units => units.join('')), fc.nat(), fc.integer({ min: 1, max: INPUT_BYTES }), (text, cut, wanted) => {
        const bytes = Buffer.from(text);
        const piece = Math.max(wanted, bytes.length >> 10);
        const first = read(reader, bytes.subarray(0, cut % (text.length + 1)), start, piece);
        const second = read(reader, bytes, first.place, piece);
        const whole = text.split('\n').slice(0, -1).filter(line => line.length <= 2 * MEGABYTE && /"ONE"|"TWO"/.test(line));
        assert.equal(first.lines.length + second.lines.length + first.damaged + second.damaged, whole.length);
        assert.equal(second.place.offset, second.place.inLongLine ? text.length : text.lastIndexOf('\n') + 1);
      }), { numRuns: 50 });
    });
  });
}
