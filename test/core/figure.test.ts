import assert from 'node:assert/strict';
import { figureOf, type SourceSum } from '../../src/core/figure';
import { usd } from '../../src/core/money';

const sum = (more: Partial<SourceSum>): SourceSum => ({
  costKind: 'spent', costProvenance: 'billed', tokenProvenance: 'reported', costs: [], tokens: null, requests: null, unpriced: [], current: true, ...more,
});

describe('figures', () => {
  it('never adds list-price equivalents to money that was spent', () => {
    const figure = figureOf([sum({ costs: [usd(3)] }), sum({ costKind: 'equivalent', costProvenance: 'estimated', costs: [usd(100)] })], null, 'UTC');
    assert.deepEqual([figure?.costs, figure?.costKind, figure?.costProvenance], [[usd(3)], 'spent', 'billed']);
  });

  it('keeps currencies apart', () => {
    const eur = { micros: 5, currency: 'EUR' };
    assert.deepEqual(figureOf([sum({ costs: [usd(1), eur] }), sum({ costs: [usd(2)] })], null, 'UTC')?.costs, [usd(3), eur]);
  });

  it('takes the vendor\'s own total in place of a sum', () => {
    const total = { period: 'day' as const, startAt: 0, cost: usd(7), dayZone: 'UTC', provenance: 'reported' as const };
    const figure = figureOf([sum({ costs: [usd(3)], tokens: 5 })], total, 'UTC');
    assert.deepEqual([figure?.costs, figure?.costProvenance, figure?.tokens], [[usd(7)], 'reported', 5]);
  });

  it('an empty span is zero only where we count ourselves and have looked', () => {
    assert.equal(figureOf([sum({ tokenProvenance: 'measured' })], null, 'UTC')?.tokens, 0);
    assert.equal(figureOf([sum({ tokenProvenance: 'measured', current: false })], null, 'UTC'), null);
    assert.equal(figureOf([sum({})], null, 'UTC'), null);
  });

  it('R11: lists what has no price beside the money that it is missing in', () => {
    const unpriced = [{ model: 'model-x', tokens: 903 }];
    assert.deepEqual(figureOf([sum({ costKind: 'equivalent', costs: [usd(1)], tokens: 1000, unpriced })], null, 'UTC')?.unpriced, unpriced);
    assert.deepEqual(figureOf([sum({ costKind: 'equivalent', tokens: 903, unpriced })], null, 'UTC')?.costs, []);
  });
});
