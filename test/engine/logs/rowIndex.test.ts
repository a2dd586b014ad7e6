import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RowIndex } from '../../../src/engine/logs/rowIndex';
import type { RowKey } from '../../../src/engine/logs/rowKey';

const name = fc.constantFrom(null, '', 'a', 'b');
const key: fc.Arbitrary<RowKey> = fc.record({
  quarter: fc.nat(1), model: fc.constantFrom('m', 'n', ''), project: name, branch: name, session: name, tier: name, step: fc.constantFrom(0, 200_000), reported: fc.boolean(),
}, { noNullPrototype: true });

describe('the index of rows', () => {
  it('finds each row by its key, however many a quarter has', () => {
    fc.assert(fc.property(fc.array(key, { minLength: 1, maxLength: 200 }), keys => {
      const rows: RowKey[] = [];
      const index = new RowIndex(rows);
      const places = new Map<string, number>();
      for (const each of keys) {
        const [text, found] = [JSON.stringify(each), index.find(each)];
        assert.equal(found, places.get(text) ?? -1);
        if (found >= 0) continue;
        places.set(text, rows.length);
        index.add(each, rows.push(each) - 1);
      }
      assert.deepEqual([...index.of(0), ...index.of(1)].sort((a, b) => a - b), [...rows.keys()]);
      assert.ok(rows.every((row, place) => index.find({ ...row }) === place));
    }));
  });
});
