import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decimalOf, parseDecimal } from '../../src/core/money';

describe('money as decimal text', () => {
  for (const [micros, text] of [
    [0, '0'], [-0, '0'], [1, '0.000001'], [1.5, '0.0000015'], [0.15, '0.00000015'], [-1_500_000, '-1.5'], [1_000_000, '1'], [123_456_789, '123.456789'],
    [120_000_000, '120'], [1e21, '1000000000000000'], [5e-7, '0.0000000000005'], [999_999.5, '0.9999995'],
  ] as const) {
    it(`writes ${micros} micros as ${text}`, () => assert.equal(decimalOf(micros), text));
  }

  it('reads back just the number that was written, whatever it is', () => {
    const sane = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e24, max: 1e24 }).filter(micros => micros === 0 || Math.abs(micros) > 1e-9);
    fc.assert(fc.property(sane, micros => parseDecimal(decimalOf(micros)) === micros + 0));
  });

  it('takes nothing else for a number', () => {
    for (const text of ['', '-', '1.', '.5', '1e3', '1,5', ' 1', '0x1', 'Infinity', '9'.repeat(31)]) assert.ok(Number.isNaN(parseDecimal(text)), text);
  });
});
