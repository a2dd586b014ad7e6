import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ProviderError } from '../../src/core/errors';
import { dollarsToMicros, ExactSum } from '../../src/providers/decimal';
import { decimal } from '../simulators/world';

describe('exact sums', () => {
  for (const [amounts, power, sum] of [
    [['0.1', '0.2'], 0, 0.3],
    [['123.78912'], 4, 1_237_891.2],
    [['0.0000001', 1e-7, '1e-7'], 7, 3],
    [[0.1, 0.7, '-0.8'], 6, 0],
    [['1.5E+3', 2], 0, 1502],
    [['0E-6176', 1.5, '-0E-6176', '0.00E+6111'], 6, 1_500_000], // how databases write a zero of 34 digits
    [['99999999999999999999.99', '-99999999999999999999.98'], 2, 1],
    [[], 6, 0],
  ] as const) {
    it(`${JSON.stringify(amounts)} times ten to the ${power} is ${sum}`, () => {
      assert.equal(amounts.reduce<ExactSum>((total, amount) => total.add(amount, 'amount'), new ExactSum()).times10(power), sum);
    });
  }

  it('loses nothing however many amounts and fractions there are', () => {
    const parts = fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.integer({ min: 1, max: 20 })), { maxLength: 200 });
    fc.assert(fc.property(parts, amounts => {
      const total = amounts.reduce((sum, [units, scale]) => sum.add(decimal(units, scale), 'amount'), new ExactSum());
      const truth = amounts.reduce((sum, [units, scale]) => sum + units * 10n ** BigInt(20 - scale), 0n);
      assert.equal(total.times10(20), Number(truth));
    }));
  });

  for (const amount of ['', ' 1', '1,5', '$1', 'NaN', 'Infinity', '0x10', '1e999', '1E-6176', '--1', '1.', '.5', '1'.repeat(31), NaN, Infinity]) {
    it(`refuses ${JSON.stringify(amount)}, and does not repeat it`, () => {
      assert.throws(() => dollarsToMicros(amount, 'usage'), (error: unknown) =>
        error instanceof ProviderError && error.kind === 'changed' && error.message === 'The answer does not have the expected form: usage is no decimal number.');
    });
  }
});
