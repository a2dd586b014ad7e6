import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { type SqliteFile, writeSqlite } from '../../support/nodeSqlite';
import { useTempDir } from '../../support/tempDir';
import { Opened, readTable } from './rig';

/** What `node:sqlite` reads: rowid, then the columns. */
function truth(db: SqliteFile, table: string, columns: readonly string[]): unknown[] {
  const statement = db.prepare(`SELECT rowid, ${columns.map(column => `"${column}"`).join(', ')} FROM ${table} ORDER BY rowid`);
  statement.setReturnArrays(true);
  return statement.all();
}

/** What is in a folder: names, sizes, times and bytes. */
const beside = (dir: string): unknown => fs.readdirSync(dir).sort().map(name => {
  const { size, mtimeNs, ino } = fs.statSync(path.join(dir, name), { bigint: true });
  return [name, size, mtimeNs, ino, createHash('sha256').update(fs.readFileSync(path.join(dir, name))).digest('hex')];
});

describe("our reader of other tools' SQLite databases", () => {
  const temp = useTempDir();
  let file: string;
  let made: SqliteFile[] = [];
  beforeEach(() => (file = path.join(temp(), 'some.db')));
  afterEach(() => made.splice(0).forEach(db => db.close()));
  const write = (...statements: readonly string[]): SqliteFile => {
    const db = writeSqlite(file);
    made.push(db);
    for (const statement of ['PRAGMA synchronous=OFF', ...statements]) db.exec(statement);
    return db;
  };

  const text = fc.oneof(fc.string({ maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 20 }), fc.nat({ max: 9000 }).map(length => 'é-'.repeat(length)))
    .map(value => value.replaceAll('\0', ' '));
  const value = fc.oneof(
    fc.constant(null), text, fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 30_000 }).map(length => new Uint8Array(length).fill(length & 255)),
    fc.integer(), fc.maxSafeInteger(), fc.constantFrom(0, 1, -1, 127, -128, 32767, -32768, 8388607, -8388608, 2 ** 31, 2 ** 47 - 1, -(2 ** 47), 2 ** 50),
    fc.double({ noNaN: true }).filter(number => !Object.is(number, -0) && (!Number.isInteger(number) || Number.isSafeInteger(number))),
  );
  const rowid = fc.oneof(fc.nat({ max: 300 }), fc.maxSafeInteger());
  const change = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('insert' as const), rowid, values: fc.array(value, { minLength: 4, maxLength: 4 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('many' as const), rowid: fc.nat({ max: 300 }), count: fc.nat({ max: 400 }), value }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('update' as const), rowid, value }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), rowid }) },
    { weight: 1, arbitrary: fc.constantFrom({ do: 'checkpoint' as const }, { do: 'restart' as const }, { do: 'vacuum' as const }) },
  );

  it('reads what SQLite reads, whatever was written and how much of it is in the log', function () {
    this.timeout(110_000);
    fc.assert(fc.property(
      fc.constantFrom(512, 1024, 4096, 65536), fc.constantFrom('UTF-8', 'UTF-16le', 'UTF-16be'), fc.constantFrom('WAL', 'DELETE', 'PERSIST', 'TRUNCATE'), fc.boolean(),
      fc.array(change, { minLength: 1, maxLength: 25 }),
      (pageSize, encoding, journal, alias, changes) => {
        for (const name of fs.readdirSync(temp())) fs.rmSync(path.join(temp(), name));
        const db = write(
          `PRAGMA page_size=${pageSize}`, `PRAGMA encoding='${encoding}'`, `PRAGMA journal_mode=${journal}`, 'PRAGMA wal_autocheckpoint=0',
          `CREATE TABLE t(${alias ? 'a INTEGER PRIMARY KEY, ' : ''}b, c, d, e)`,
        );
        for (const step of changes) apply(db, step);
        const columns = [...(alias ? ['a'] : []), 'b', 'c', 'd', 'e'];
        const before = beside(temp());
        const read = readTable(file, 't', columns);
        assert.deepEqual(beside(temp()), before, 'something was written');
        assert.deepEqual(read, truth(db, 't', columns));
        const rows = truth(db, 't', ['d']) as [number, unknown][];
        const [after] = rows[Math.floor(rows.length / 2)] ?? [0];
        assert.deepEqual(readTable(file, 't', ['d'], after), rows.filter(([id]) => id > after));
        db.close();
        made = made.filter(open => open !== db);
      },
    ), { numRuns: 60 });
  });

  type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;
  function apply(db: SqliteFile, step: Change): void {
    switch (step.do) {
      case 'insert': db.prepare('INSERT OR REPLACE INTO t(rowid, b, c, d, e) VALUES (?, ?, ?, ?, ?)').run(step.rowid, ...step.values); break;
      case 'many':
        db.exec('BEGIN');
        for (let i = 0; i < step.count; i++) db.prepare('INSERT OR REPLACE INTO t(rowid, b, d) VALUES (?, ?, ?)').run(step.rowid + i, i, i % 50 === 0 ? step.value : i);
        db.exec('COMMIT');
        break;
      case 'update': db.prepare('UPDATE t SET c = ? WHERE rowid <= ?').run(step.value, step.rowid); break;
      case 'delete': db.prepare('DELETE FROM t WHERE rowid > ?').run(step.rowid); break;
      case 'checkpoint': db.exec('PRAGMA wal_checkpoint(PASSIVE)'); break;
      case 'restart': db.exec('PRAGMA wal_checkpoint(TRUNCATE)'); break;
      default: db.exec('VACUUM');
    }
  }

  it('reads pages whose last bytes are not in use', () => {
    write('PRAGMA user_version=1').close();
    made = [];
    const bytes = fs.readFileSync(file);
    bytes[20] = 32;
    bytes.writeUInt16BE(bytes.length - 32, 105); // where the content of the first page begins
    fs.writeFileSync(file, bytes);
    const db = write('CREATE TABLE t(a)');
    for (let i = 0; i < 300; i++) db.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(i * 40));
    assert.equal(fs.readFileSync(file)[20], 32);
    assert.deepEqual(readTable(file, 't', ['a']), truth(db, 't', ['a']));
  });

  it('finds all rows in the log while the file is one empty page, and none of what was not committed', () => {
    const db = write('PRAGMA journal_mode=WAL', 'CREATE TABLE t(a)', 'INSERT INTO t VALUES (1), (2)');
    assert.equal(fs.statSync(file).size, 4096);
    const rows = truth(db, 't', ['a']);
    assert.deepEqual(readTable(file, 't', ['a']), rows);
    const committed = fs.readFileSync(`${file}-wal`);
    db.exec('BEGIN; INSERT INTO t VALUES (3); COMMIT');
    const later = fs.readFileSync(`${file}-wal`);
    for (const cut of [later.length - 1, committed.length + 24, committed.length]) {
      const copy = path.join(temp(), `${cut}.db`);
      fs.copyFileSync(file, copy);
      fs.writeFileSync(`${copy}-wal`, later.subarray(0, cut));
      assert.deepEqual(readTable(copy, 't', ['a']), rows);
    }
    // A byte of the last frame, of its salts, and of its check sum, is another.
    for (const at of [later.length - 1, committed.length + 8, committed.length + 16]) {
      const copy = path.join(temp(), `other-${at}.db`);
      fs.copyFileSync(file, copy);
      const bytes = Buffer.from(later);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      fs.writeFileSync(`${copy}-wal`, bytes);
      assert.deepEqual(readTable(copy, 't', ['a']), rows);
    }
    assert.equal(readTable(file, 't', ['a']).length, 3);
  });

  it('takes a transaction of many pages as a whole or not at all', () => {
    const db = write('PRAGMA journal_mode=WAL', 'CREATE TABLE t(a)', 'INSERT INTO t VALUES (1)');
    const before = fs.statSync(`${file}-wal`).size;
    db.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(30_000));
    const bytes = fs.readFileSync(`${file}-wal`);
    const frame = 4096 + 24;
    assert.ok(bytes.length - before >= 8 * frame);
    const copy = path.join(temp(), 'copy.db');
    fs.copyFileSync(file, copy);
    for (let length = before; length <= bytes.length; length += frame) {
      fs.writeFileSync(`${copy}-wal`, bytes.subarray(0, length));
      assert.equal(readTable(copy, 't', ['a']).length, length === bytes.length ? 2 : 1);
    }
  });

  it('reads values that just fit into a page, and those that just do not', () => {
    const db = write('PRAGMA page_size=512', 'CREATE TABLE t(a)', 'BEGIN');
    for (let length = 0; length < 2100; length++) db.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(length));
    db.exec('COMMIT');
    assert.deepEqual(readTable(file, 't', ['a']), truth(db, 't', ['a']));
  });

  it('reads on in a log that grows, and anew in one that began again', () => {
    let db = write('PRAGMA journal_mode=WAL', 'CREATE TABLE t(a)');
    const opened = new Opened(file);
    const count = (): number => [...opened.begin()?.rows('t', ['a'], -Infinity, () => undefined) ?? []].length;
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 3; i++) {
        db.exec('INSERT INTO t VALUES (1)');
        assert.equal(count(), round * 3 + i + 1);
      }
      db.exec(round === 0 ? 'PRAGMA wal_checkpoint(RESTART)' : 'PRAGMA wal_checkpoint(TRUNCATE)');
    }
    db.close(); // takes the log away
    assert.equal(count(), 9);
    made = [];
    db = write('INSERT INTO t VALUES (1)');
    assert.equal(count(), 10);
    opened.close();
  });

  it('knows the columns by their names, whatever was done to the table', () => {
    const db = write(
      'CREATE TABLE x(y PRIMARY KEY)',
      `CREATE TABLE "odd ""t" ( -- a comment, with ( and ,
         [first col] TEXT DEFAULT ('a,b'), id INTEGER PRIMARY KEY AUTOINCREMENT /* , x */, "check" REAL CHECK ("check" > -1.5e3),
         twice AS (id * 2), kept INT GENERATED ALWAYS AS (id * 3) STORED, gone, CONSTRAINT u UNIQUE ("first col", gone), FOREIGN KEY (gone) REFERENCES x(y))`,
      "INSERT INTO x VALUES ('g'), ('h')", `INSERT INTO "odd ""t"(gone, "check") VALUES ('g', 2)`,
      `ALTER TABLE "odd ""t" ADD COLUMN late TEXT NOT NULL DEFAULT 'it''s'`, `ALTER TABLE "odd ""t" ADD COLUMN number NUMERIC(10, 2) DEFAULT -12.5`,
      `ALTER TABLE "odd ""t" ADD COLUMN words VARCHAR(5) DEFAULT 7`, `ALTER TABLE "odd ""t" ADD COLUMN empty DEFAULT NULL`, `ALTER TABLE "odd ""t" ADD COLUMN flag DEFAULT TRUE`,
      `INSERT INTO "odd ""t"("first col", gone) VALUES (x'0102', 'h')`,
    );
    const columns = ['first col', 'ID', 'check', 'kept', 'gone', 'late', 'number', 'words', 'empty', 'flag'];
    const table = 'odd "t';
    assert.deepEqual(readTable(file, table, columns), truth(db, '"odd ""t"', columns));
    db.exec('DROP TABLE IF EXISTS other; ALTER TABLE "odd ""t" RENAME COLUMN "check" TO checked');
    assert.deepEqual(readTable(file, table, ['checked', 'late']), truth(db, '"odd ""t"', ['checked', 'late']));
    assert.deepEqual(readTable(file, table, ['no such column', 'twice']), [[1, null, null], [2, null, null]]);
    assert.deepEqual(readTable(file, 'no such table', ['a']), []);
  });

  it('knows which column is another name of the rowid', () => {
    const db = write(
      'CREATE TABLE a(x TEXT, id integer primary key)', 'CREATE TABLE b(x TEXT, id INTEGER, PRIMARY KEY (id))', 'CREATE TABLE c(x TEXT, id INT PRIMARY KEY)',
      'CREATE TABLE d(x TEXT, id INTEGER PRIMARY KEY DESC)', 'CREATE TABLE e(x TEXT, id INTEGER, PRIMARY KEY (id, x))', 'CREATE TABLE f(x TEXT, "id" "INTEGER" CONSTRAINT k PRIMARY KEY ASC)',
    );
    for (const table of ['a', 'b', 'c', 'd', 'e', 'f']) {
      db.exec(`INSERT INTO ${table} VALUES ('x', 7), ('y', 5)`);
      assert.deepEqual(readTable(file, table, ['id', 'x']), truth(db, table, ['id', 'x']), table);
    }
  });

  it('has no rows of views, indexes and tables without rowids', () => {
    write('CREATE TABLE t(a)', 'CREATE VIEW v AS SELECT * FROM t', 'CREATE INDEX i ON t(a)', 'CREATE TABLE w(a INT PRIMARY KEY, b INT) WITHOUT ROWID, STRICT', 'INSERT INTO w VALUES (1, 2)');
    for (const name of ['v', 'i', 'w']) assert.deepEqual(readTable(file, name, ['a']), []);
  });

  for (const encoding of ['UTF-8', 'UTF-16le', 'UTF-16be']) {
    it(`finds rows by their keys in ${encoding}`, () => {
      const db = write(`PRAGMA encoding='${encoding}'`, 'PRAGMA page_size=512', 'CREATE TABLE t(other UNIQUE, id TEXT PRIMARY KEY, b)', 'BEGIN');
      for (let i = 0; i < 900; i++) db.prepare('INSERT INTO t VALUES (?, ?, ?)').run(i % 2 === 0 ? null : `ses_${900 - i}`, `ses_${i * 7919 % 900}é`, i);
      db.exec('COMMIT');
      const opened = new Opened(file);
      const database = opened.begin();
      for (let i = 0; i < 900; i++) assert.deepEqual(database?.row('t', ['b'], { column: 'id', text: `ses_${i * 7919 % 900}é` }), { b: i });
      assert.deepEqual(database?.row('t', ['b'], { column: 'other', text: 'ses_3' }), { b: 897 });
      for (const text of ['', 'ses_900é', 'ses_', 'zzz', 'ses_1']) assert.equal(database?.row('t', ['b'], { column: 'id', text }), null);
      assert.deepEqual(database?.row('t', ['b'], 5), { b: 4 });
      for (const rowid of [0, 901, -1, 2 ** 60, 1.5, NaN]) assert.equal(database?.row('t', ['b'], rowid), null);
      assert.equal(database?.row('gone', ['b'], 5), null);
      opened.close();
    });
  }

  it('R39: reads a few pages of a large table to see its new rows, and nothing of what was not asked for', () => {
    const db = write('PRAGMA journal_mode=WAL', 'CREATE TABLE t(id INTEGER PRIMARY KEY, long TEXT, after INTEGER)', 'BEGIN');
    const insert = db.prepare('INSERT INTO t(long, after) VALUES (?, ?)');
    for (let i = 0; i < 20_000; i++) insert.run('x'.repeat(1000), i);
    for (let i = 0; i < 10; i++) insert.run('x'.repeat(1_000_000), i);
    db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
    const { size } = fs.statSync(file);
    assert.ok(size > 30e6);
    const opened = new Opened(file);
    const begun = opened.begin();
    const last = [...begun?.rows('t', ['after'], 19_995, () => undefined) ?? []];
    assert.deepEqual(last.map(([, row]) => row.after), [19_995, 19_996, 19_997, 19_998, 19_999, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    // Of each long value's 245 pages the link to the next, four bytes.
    assert.ok(opened.pages.bytesRead < 30 * 4096 + 10 * 250 * 4, `${opened.pages.bytesRead} of ${size} bytes`);
    for (let round = 1; round <= 2; round++) {
      assert.equal([...begun?.rows('t', ['after'], 0, () => undefined) ?? []].length, 20_010);
      assert.ok(opened.pages.bytesRead > round * 20e6, 'it keeps more than it should');
    }
    opened.close();
  });
});
