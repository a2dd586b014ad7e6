import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RowKey } from '../../../src/engine/logs/rowKey';
import { SUMS } from '../../../src/engine/logs/rowColumns';
import { RowTable } from '../../../src/engine/logs/rowTable';

const name = fc.constantFrom(null, '', 'a', 'b');
const key: fc.Arbitrary<RowKey> = fc.record({
  quarter: fc.nat(1), model: fc.constantFrom('m', 'n', ''), project: name, branch: name, session: name, tier: name, step: fc.constantFrom(0, 200_000), reported: fc.boolean(),
}, { noNullPrototype: true });
const rowsOf = (table: RowTable): readonly unknown[] => Array.from({ length: table.length }, (_, row) => table.row(row));

describe('the table of rows', () => {
  it('finds each row by its key, however many a quarter has', () => {
    fc.assert(fc.property(fc.array(key, { minLength: 1, maxLength: 200 }), fc.nat(200), (keys, askedAt) => {
      const table = new RowTable();
      const places = new Map<string, number>();
      keys.forEach((each, i) => {
        const text = JSON.stringify(each);
        if (i === askedAt) table.ofQuarter(0);
        assert.equal(table.of(each), places.get(text) ?? places.size);
        places.set(text, places.get(text) ?? places.size);
        table.count(table.of(each), 4, 1);
      });
      assert.deepEqual([table.length, [...table.ofQuarter(0), ...table.ofQuarter(1)].sort((a, b) => a - b)], [places.size, [...places.values()]]);
      assert.ok(keys.every(each => { const { requests, output, ...rest } = table.row(table.of(each)); return requests === 0 && output > 0 && Object.entries(each).every(([part, value]) => rest[part as keyof typeof rest] === value); }));
    }));
  });

  it('is what it was once it is written down, in one piece or in several, and goes on from there', () => {
    fc.assert(fc.property(fc.array(key, { maxLength: 100 }), fc.array(key, { maxLength: 20 }), fc.nat(100), (keys, more, cut) => {
      const table = new RowTable();
      keys.forEach((each, i) => SUMS.forEach((_, sum) => table.count(table.of(each), sum, i * 1000 + sum)));
      const from = Math.min(cut, table.length);
      const whole = new RowTable();
      whole.restore(table.packed(0));
      const pieces = new RowTable();
      const first = table.packed(0);
      pieces.restore({ ...first, columns: first.columns.map(column => Array.from(column).slice(0, from)) });
      for (const { model } of more.slice(0, 1)) pieces.of({ quarter: 9, model, project: null, branch: null, session: 'x', tier: null, step: 0, reported: false });
      const between = pieces.length - from;
      for (let i = 0; i < 100; i++) for (const each of keys.slice(0, from === 0 ? 0 : 1)) pieces.of(each); // enough to have it know where rows are
      const { names, columns } = table.packed(from);
      pieces.restore({ names, columns: columns.map(column => Array.from(column)) });
      assert.deepEqual([rowsOf(whole), rowsOf(pieces).toSpliced(from, between)], [rowsOf(table), rowsOf(table)]);
      assert.ok(keys.every(each => rowsOf(pieces)[pieces.of(each)] !== undefined) && pieces.length === table.length + between);
      assert.deepEqual([whole.span, more.map(each => whole.of(each))], [table.span, more.map(each => table.of(each))]);
      assert.deepEqual(rowsOf(whole), rowsOf(table));
    }));
  });
});
