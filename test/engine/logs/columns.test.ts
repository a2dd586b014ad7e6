import assert from 'node:assert/strict';
import fc from 'fast-check';
import { packBytes, toColumn, unpackBytes } from '../../../src/engine/logs/columns';

const numbers = fc.oneof(fc.nat(300), fc.nat(70_000), fc.integer(), fc.maxSafeNat(), fc.double({ noNaN: true }).map(value => value + 0));

describe('columns of numbers', () => {
  it('are what they were once they are written down, wherever their bytes lie', () => {
    fc.assert(fc.property(fc.array(fc.array(numbers), { maxLength: 6 }), fc.json(), fc.string({ unit: 'grapheme' }), fc.nat(8), (columns, json, text, offset) => {
      const bytes = packBytes({ json, text, columns: columns.map(toColumn) });
      const moved = Buffer.concat([Buffer.alloc(offset), bytes]).subarray(offset);
      const unpacked = unpackBytes(moved);
      assert.deepEqual([unpacked.json, unpacked.text, unpacked.columns.map(column => Array.from(column))], [json, text, columns]);
    }));
  });

  it('take no more room than their greatest number asks for', () => {
    assert.deepEqual([[0, 255], [256], [70_000], [-1], [2 ** 31], [0.5]].map(column => toColumn(column).BYTES_PER_ELEMENT), [1, 2, 4, 4, 8, 8]);
  });

  it('are refused when some of their bytes are missing', () => {
    const bytes = packBytes({ json: { a: 1 }, text: 'text', columns: [toColumn([1, 2, 3]), toColumn([0.5])] });
    for (let length = 0; length < bytes.length; length++) assert.throws(() => unpackBytes(bytes.subarray(0, length)), String(length));
  });
});
