import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Marks } from '../../../src/engine/logs/marks';

describe('Marks', () => {
  it('are a set of numbers', () => {
    fc.assert(fc.property(fc.array(fc.option(fc.nat(5000))), steps => {
      const [marks, set] = [new Marks(), new Set<number>()];
      for (const step of steps) {
        if (step === null) {
          marks.clear();
          set.clear();
        } else {
          marks.add(step);
          set.add(step);
        }
        assert.deepEqual([marks.size, marks.all()], [set.size, [...set].sort((a, b) => a - b)]);
      }
    }));
  });
});
