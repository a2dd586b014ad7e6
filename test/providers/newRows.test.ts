import assert from 'node:assert/strict';
import fc from 'fast-check';
import { newRows } from '../../src/providers/newRows';
import { writeSqlite } from '../support/nodeSqlite';
import { TestTables } from './tables';

const TABLE = { name: 't', columns: ['id', 'done', 'n'], id: 'id' } as const;

describe('rows of a growing table', () => {
  const read = (tables: TestTables, state: unknown, told: Map<string, number>): unknown => JSON.parse(JSON.stringify(newRows(tables, TABLE, state, row => {
    told.set(String(row.id), Number(row.n));
    return row.done === 1 ? 'done' : 'open';
  })));

  it('are told once each, and again while they are not finished', () => {
    const db = writeSqlite(':memory:');
    db.exec("CREATE TABLE t(id TEXT PRIMARY KEY, done, n); INSERT INTO t VALUES ('a', 1, 1), ('b', 0, 1), ('c', 1, 1)");
    const told = new Map<string, number>();
    const told2 = new Map<string, number>();
    let state = read(new TestTables(db), undefined, told);
    assert.deepEqual([...told.keys()], ['a', 'b', 'c']);
    db.exec("UPDATE t SET n = 2; INSERT INTO t VALUES ('d', 1, 1)");
    state = read(new TestTables(db), state, told2);
    assert.deepEqual([...told2], [['d', 1], ['b', 2]]);
    db.exec("UPDATE t SET done = 1, n = 3 WHERE id = 'b'");
    state = read(new TestTables(db), state, told);
    db.exec('UPDATE t SET n = 4');
    state = read(new TestTables(db), state, told);
    assert.deepEqual([...told], [['a', 1], ['b', 3], ['c', 1]]);
    db.close();
  });

  it('begin anew with a state of another form', () => {
    const db = writeSqlite(':memory:');
    db.exec("CREATE TABLE t(id TEXT PRIMARY KEY, done, n); INSERT INTO t VALUES ('a', 1, 1)");
    for (const state of [null, 7, [], {}, { marks: [[1]], open: [] }, { marks: [[1, 'a']] }]) {
      const told = new Map<string, number>();
      read(new TestTables(db), state, told);
      assert.deepEqual([...told.keys()], ['a']);
    }
    db.close();
  });

  it('are all told, whatever is deleted, renumbered and finished in between', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('insert' as const), count: fc.integer({ min: 1, max: 6 }), done: fc.boolean() }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('read' as const), step: fc.integer({ min: 1, max: 5 }) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('delete newest' as const), count: fc.integer({ min: 1, max: 6 }) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), count: fc.nat({ max: 10 }) }) },
      { weight: 1, arbitrary: fc.constantFrom({ do: 'finish' as const }, { do: 'vacuum' as const }) },
    );
    fc.assert(fc.property(fc.array(step, { maxLength: 30 }), steps => {
      const db = writeSqlite(':memory:');
      db.exec('CREATE TABLE t(id TEXT PRIMARY KEY, done, n)');
      const told = new Map<string, number>();
      let state: unknown;
      let next = 0;
      const readAll = (size: number): void => {
        for (let left = true; left;) {
          const tables = new TestTables(db, size);
          state = read(tables, state, told);
          ({ left } = tables);
        }
      };
      for (const one of steps) {
        switch (one.do) {
          case 'insert':
            for (let i = 0; i < one.count; i++) db.prepare('INSERT INTO t VALUES (?, ?, 1)').run(`m${next++}`, one.done ? 1 : 0);
            break;
          case 'read': readAll(one.step); break;
          case 'delete newest': db.exec(`DELETE FROM t WHERE rowid IN (SELECT rowid FROM t ORDER BY rowid DESC LIMIT ${one.count})`); break;
          case 'delete': db.exec(`DELETE FROM t WHERE rowid % 11 = ${one.count}`); break;
          case 'finish': db.exec('UPDATE t SET done = 1, n = 2 WHERE done = 0'); break;
          default: db.exec('VACUUM');
        }
      }
      readAll(3);
      const rows = db.prepare('SELECT id, n FROM t').all() as { id: string; n: number }[];
      assert.deepEqual(rows.map(({ id }) => [id, told.get(id)]), rows.map(({ id, n }) => [id, n]));
      db.close();
    }), { numRuns: 150 });
  });
});
