import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plainCount, plainMoney, plainPercent } from '../../src/core/plainNumbers';

/** Sums of money, shares, halves of a hundredth, and any number at all. */
const numbers = fc.oneof(
  fc.double({ min: 0, max: 2000, noNaN: true }),
  fc.integer({ min: 0, max: 10_000_000 }).map(thousandths => thousandths / 1000),
  fc.integer({ min: 0, max: 1_000_000_000 }).map(micros => micros / 1_000_000),
  fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 1, max: 100_000 })).map(([used, cap]) => used / cap),
  fc.integer({ min: 0, max: 2 ** 45 }),
  fc.double(),
);
const locales = fc.constantFrom('en', 'en-US');
const runs = { numRuns: 5_000 };

describe('plain numbers', () => {
  it('are what Intl writes of a percent', () => fc.assert(fc.property(numbers, locales, (value, locale) => {
    const text = plainPercent(value, locale);
    if (text !== null) assert.equal(text, new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(value));
  }), runs));

  for (const currency of ['USD', 'EUR', 'GBP']) {
    it(`are what Intl writes of ${currency}`, () => fc.assert(fc.property(numbers, locales, (value, locale) => {
      const text = plainMoney(value, currency, locale);
      if (text !== null) assert.equal(text, new Intl.NumberFormat(locale, { style: 'currency', currency }).format(value));
    }), runs));
  }

  it('are what Intl writes of a count', () => fc.assert(fc.property(numbers, locales, (value, locale) => {
    const text = plainCount(value, locale);
    if (text !== null) assert.equal(text, new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(value));
  }), runs));

  for (const [value, percent, money, count] of [
    [0, '0%', '$0.00', '0'], [0.285, '29%', '$0.29', '0.29'], [1.005, '101%', '$1.01', '1.01'], [9.995, '1,000%', '$10.00', '10'], [10, '1,000%', '$10.00', '10'],
    [1234.5, '123,450%', '$1,234.50', '1,234.5'], [999_999.999, '100,000,000%', '$1,000,000.00', '1,000,000'], [100, '10,000%', '$100.00', '100'],
  ] as const) {
    it(`writes ${value} itself`, () => assert.deepEqual([plainPercent(value, 'en'), plainMoney(value, 'USD', 'en'), plainCount(value, 'en')], [percent, money, count]));
  }

  for (const value of [-1, -0, NaN, Infinity, -Infinity, 1e12, 1e21, 1e-7, 5e-324]) {
    it(`leaves ${Object.is(value, -0) ? '-0' : value} to Intl`, () => assert.deepEqual([plainPercent(value, 'en'), plainMoney(value, 'USD', 'en'), plainCount(value, 'en')], [null, null, null]));
  }

  it('leaves other languages and currencies to Intl', () => {
    for (const locale of ['de', 'en-GB', 'en-IN', 'EN', '']) assert.deepEqual([plainPercent(0.42, locale), plainMoney(1, 'USD', locale), plainCount(1, locale)], [null, null, null]);
    for (const currency of ['JPY', 'usd', 'constructor', '']) assert.equal(plainMoney(1, currency, 'en'), null);
  });
});
