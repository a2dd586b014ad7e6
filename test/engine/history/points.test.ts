import assert from 'node:assert/strict';
import fc from 'fast-check';
import { usedRatio } from '../../../src/core/levels';
import { amountOf, keptAmount } from '../../../src/engine/history/points';
import { meter } from '../../support/readings';

describe('a point of a meter', () => {
  const ratioOf = (more: Parameters<typeof meter>[1]) => {
    const share = usedRatio(meter(0, more));
    return share === null ? null : Math.round(share * 10_000);
  };

  it('gives back every amount as it was told', () => {
    const amount = fc.oneof(fc.integer({ min: 0, max: 20_000 }).map(n => n / 100), fc.double({ min: 0, max: 300, noNaN: true }));
    fc.assert(fc.property(amount, fc.boolean(), fc.constantFrom(100, 50, 200), fc.constantFrom('percent', 'credits'), (told, left, cap, unit) => {
      const ratio = ratioOf({ unit, used: left ? null : told, left: left ? told : null, cap: { kind: 'limited', amount: cap } });
      assert.equal(amountOf(unit, ratio, keptAmount(unit, ratio, told)), told);
    }));
  });

  it('is kept once where it is a percent', () => {
    assert.equal(keptAmount('percent', ratioOf({ used: 46.3 }), 46.3), null);
    assert.equal(keptAmount('percent', ratioOf({ used: 46.123456 }), 46.123456), 46.123456);
    assert.equal(keptAmount('credits', 5000, 50), 50);
  });

  it('that was not told stays unknown', () => assert.equal(amountOf('percent', null, null), null));
});
