import assert from 'node:assert/strict';
import type { OpenDatabase } from '../../../src/engine/history/database';
import { nodeSqlite } from '../../../src/engine/history/nodeSqlite';
import { loadSql, type OpenSql, type Sql } from '../../../src/engine/history/sql';
import { WASM } from '../../support/sql';

const builds: readonly (readonly [name: string, node: () => OpenDatabase | null])[] = [['Node\'s own SQLite', nodeSqlite], ['sql.js', () => null]];

for (const [name, node] of builds) {
  describe(`a database of ${name}`, () => {
    let open: OpenSql;
    before(async () => { open = await loadSql(WASM, node()); });

    it('gives back what was put in, each value as it was', () => {
      const sql = open(null);
      sql.script('CREATE TABLE t (id INTEGER PRIMARY KEY, whole INTEGER, real REAL, text TEXT, bytes BLOB)');
      const rows = [[1, 42, 0.1, 'é\0日', new Uint8Array([0, 255])], [2, null, -1.5e300, '', new Uint8Array()], [3, -(2 ** 53), 3, 'x', null]] as const;
      for (const row of rows) sql.run('INSERT INTO t VALUES (?, ?, ?, ?, ?)', ...row);
      assert.deepEqual(sql.all('SELECT * FROM t ORDER BY id').map(row => row.map(value => (value instanceof Uint8Array ? [...value] : value))),
        rows.map(row => row.map(value => (value instanceof Uint8Array ? [...value] : value))));
      sql.close();
    });

    it('gives integers above 2^53 as the nearest number, in that row and in all others', () => {
      const sql = open(null);
      sql.script('CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1), (1000000000000000001), (2)');
      const taken: unknown[] = [];
      sql.each(([n]) => taken.push(n), 'SELECT n FROM t');
      assert.deepEqual(taken, [1, 1e18, 2]);
      assert.deepEqual(sql.one('SELECT sum(n) FROM t WHERE n < 10'), [3]);
      sql.run('DELETE FROM t WHERE n > 10');
      assert.deepEqual(sql.all('SELECT n FROM t'), [[1], [2]]);
      sql.close();
    });

    it('takes numbered parameters, and a parameter more than once', () => {
      const sql = open(null);
      sql.script('CREATE TABLE t (a INTEGER, b INTEGER, c TEXT)');
      sql.run('INSERT INTO t VALUES (?2, ?2, ?1)', 'x', 7);
      assert.deepEqual(sql.one('SELECT a, b, c FROM t WHERE c = ?1 AND a = ?2', 'x', 7), [7, 7, 'x']);
      sql.close();
    });

    it('undoes a transaction that fails, statement and settings too', () => {
      const sql = open(null);
      sql.script('CREATE TABLE t (n INTEGER)');
      assert.throws(() => sql.transaction(() => {
        sql.run('INSERT INTO t VALUES (1)');
        sql.script('PRAGMA user_version = 3');
        throw new Error('no');
      }), /^Error: no$/);
      assert.deepEqual([sql.one('SELECT count(*) FROM t'), sql.one('PRAGMA user_version')], [[0], [0]]);
      sql.close();
    });

    it('says why a transaction failed, also where SQLite itself has undone it, and goes on', () => {
      const sql = open(null);
      sql.script('CREATE TABLE t (n INTEGER UNIQUE ON CONFLICT ROLLBACK); INSERT INTO t VALUES (1)');
      assert.throws(() => sql.transaction(() => {
        sql.run('INSERT INTO t VALUES (2)');
        sql.run('INSERT INTO t VALUES (1)');
      }), /UNIQUE/);
      sql.transaction(() => sql.run('INSERT INTO t VALUES (3)'));
      assert.deepEqual(sql.all('SELECT n FROM t'), [[1], [3]]);
      sql.close();
    });

    it('goes on after an error in the middle of a statement', () => {
      const sql = open(null);
      sql.script('CREATE TABLE t (n INTEGER UNIQUE); INSERT INTO t VALUES (1), (2)');
      assert.throws(() => sql.run('INSERT INTO t VALUES (?)', 1), /UNIQUE/);
      assert.throws(() => sql.each(() => { throw new Error('enough'); }, 'SELECT n FROM t'), /^Error: enough$/);
      assert.deepEqual(sql.all('SELECT n FROM t'), [[1], [2]]);
      sql.close();
    });

    it('undoes in memory, keeps temporary tables there, and trusts no schema, also after an image was taken and in what is made of it', () => {
      const sql = open(null);
      const settings = (of: Sql) => ['journal_mode', 'synchronous', 'temp_store', 'trusted_schema'].map(setting => of.one(`PRAGMA ${setting}`)?.[0]);
      assert.deepEqual(settings(sql), ['memory', 0, 2, 0]);
      sql.script('CREATE TABLE t (n INTEGER)');
      const copy = open(sql.image());
      assert.deepEqual([settings(sql), settings(copy)], [['memory', 0, 2, 0], ['memory', 0, 2, 0]]);
      for (const each of [sql, copy]) each.close();
    });

    it('gives an image in the middle of its life, and goes on', () => {
      const sql = open(null);
      sql.script('PRAGMA auto_vacuum = INCREMENTAL');
      sql.script('CREATE TABLE t (n INTEGER)');
      sql.run('INSERT INTO t VALUES (?)', 1);
      const image = sql.image();
      sql.run('INSERT INTO t VALUES (?)', 2);
      assert.deepEqual(sql.all('SELECT n FROM t'), [[1], [2]]);
      const copy = open(image);
      assert.deepEqual([copy.all('SELECT n FROM t'), copy.one('PRAGMA auto_vacuum')], [[[1]], [2]]);
      copy.close();
      sql.close();
    });

    it('says of what is no database that it is none', () => {
      assert.throws(() => {
        const sql = open(new Uint8Array(4096).fill(7));
        sql.all('SELECT * FROM sqlite_master');
      }, /file is not a database/);
    });
  });
}

describe('the two builds of SQLite', () => {
  it('open each other\'s images', async () => {
    const [one, other] = [await loadSql(WASM, nodeSqlite()), await loadSql(WASM, null)];
    for (const [from, to] of [[one, other], [other, one]] as const) {
      const sql = from(null);
      sql.script('CREATE TABLE t (n INTEGER, x REAL, y TEXT); INSERT INTO t VALUES (1, 1.5, \'ü\')');
      const copy = to(sql.image());
      assert.deepEqual(copy.all('SELECT * FROM t'), [[1, 1.5, 'ü']]);
      for (const each of [sql, copy]) each.close();
    }
  });

  it('are Node\'s where Node has one that is fit, without a look at the other', async () => {
    assert.notEqual(nodeSqlite(), null);
    const sql = (await loadSql('/nowhere/sql-wasm.wasm'))(null);
    sql.close();
  });

  it('leave nothing open of what they cannot read', async () => {
    let closed = 0;
    const broken: OpenDatabase = () => ({
      exec: () => { throw new Error('file is not a database'); }, prepare: () => assert.fail(), image: () => assert.fail(), close: () => { closed++; },
    });
    const open = await loadSql(WASM, broken);
    assert.throws(() => open(null), /file is not a database/);
    assert.equal(closed, 1);
  });

  it('are found without the warning that some Nodes give of theirs, which would stand in what the command line says', async () => {
    const { getBuiltinModule, emitWarning } = process;
    const warned: string[] = [];
    const note = ({ message }: Error): void => { warned.push(message); };
    process.on('warning', note);
    try {
      process.getBuiltinModule = () => {
        process.emitWarning('SQLite is an experimental feature', 'ExperimentalWarning');
        return undefined;
      };
      assert.equal(nodeSqlite(), null);
      await new Promise(resolve => setImmediate(resolve));
      assert.deepEqual(warned, []);
      assert.equal(process.emitWarning, emitWarning, 'others are told');
    } finally {
      process.off('warning', note);
      process.getBuiltinModule = getBuiltinModule;
    }
  });

  it('are sql.js where Node has none, or one without what is needed', () => {
    const { getBuiltinModule } = process;
    class Old { exec(): void { /* as it does */ } prepare(): void { /* as it does */ } close(): void { /* as it does */ } }
    try {
      for (const old of [undefined, {}, { DatabaseSync: Old }]) {
        process.getBuiltinModule = () => old;
        assert.equal(nodeSqlite(), null);
      }
    } finally {
      process.getBuiltinModule = getBuiltinModule;
    }
  });
});
