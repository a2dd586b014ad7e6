/** Files that are damaged, made to do harm, or written while they are read. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { DamagedDatabase } from '../../../src/engine/sqlite/damaged';
import { type SqliteFile, writeSqlite } from '../../support/nodeSqlite';
import { useTempDir } from '../../support/tempDir';
import { Opened, readTable } from './rig';

const PAGE = 512;

describe('SQLite files that are not as they should be', () => {
  const temp = useTempDir();
  let file: string;
  let made: SqliteFile[] = [];
  beforeEach(() => (file = path.join(temp(), 'some.db')));
  afterEach(() => {
    for (const db of made) db.close();
    made = [];
  });
  const write = (...statements: readonly string[]): SqliteFile => {
    const db = writeSqlite(file);
    made.push(db);
    for (const statement of ['PRAGMA synchronous=OFF', `PRAGMA page_size=${PAGE}`, ...statements]) db.exec(statement);
    return db;
  };
  const numbers = (count: number): string => `INSERT INTO t(b, a) WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) SELECT 'text ' || i, i FROM n`;
  /** A table of two levels, one value of it in overflow pages, and its bytes. */
  const sample = (): Buffer => {
    write('CREATE TABLE t(b TEXT PRIMARY KEY, a, c)', numbers(200), "UPDATE t SET c = printf('%.*c', 3000, 'x') WHERE a = 100").close();
    made = [];
    return fs.readFileSync(file);
  };
  const damage = (bytes: Buffer): void => fs.writeFileSync(file, bytes);
  const read = (): unknown => readTable(file, 't', ['a', 'b', 'c']);
  const rootOf = (bytes: Buffer): number => {
    for (let page = 2; page * PAGE < bytes.length; page++) if (bytes[(page - 1) * PAGE] === 5) return (page - 1) * PAGE;
    throw new Error('no page with pages below it');
  };

  it('are refused when they are no databases, and taken for empty when they are empty', () => {
    for (const bytes of [Buffer.alloc(4096), Buffer.from('SQLite format 3'), Buffer.from('{"some": "json"}'.repeat(100))]) {
      damage(bytes);
      assert.throws(read, DamagedDatabase);
    }
    damage(Buffer.alloc(0));
    assert.deepEqual(read(), []);
  });

  it('are refused when they are cut off', () => {
    const bytes = sample();
    for (const length of [bytes.length - PAGE, bytes.length >> 1, PAGE, 200]) {
      damage(bytes.subarray(0, length));
      assert.throws(read, DamagedDatabase, String(length));
    }
  });

  for (const [what, break_] of [
    ['a tree leads back to its root', (bytes, root) => void bytes.writeUInt32BE(root / PAGE + 1, root + 8)],
    ['a tree leads out of the file', (bytes, root) => void bytes.writeUInt32BE(0x7fffffff, root + 8)],
    ['a tree leads to nothing', (bytes, root) => void bytes.writeUInt32BE(0, root + 8)],
    ['a page has more cells than room', (bytes, root) => void bytes.writeUInt16BE(60_000, root + 3)],
    ['a cell lies outside of its page', (bytes, root) => void bytes.writeUInt16BE(PAGE - 1, root + 12)],
    ['a page is of another kind', (bytes, root) => void (bytes[root] = 2)],
    ['pages have an odd size', bytes => void bytes.writeUInt16BE(513, 16)],
    ['nothing of a page is in use', bytes => void (bytes[20] = 255)],
  ] as readonly (readonly [string, (bytes: Buffer, root: number) => void])[]) {
    it(`are refused when ${what}`, () => {
      const bytes = sample();
      break_(bytes, rootOf(bytes));
      damage(bytes);
      assert.throws(read, DamagedDatabase);
    });
  }

  it('tell no row twice when branches of a tree are the same', () => {
    const bytes = sample();
    const root = rootOf(bytes);
    bytes.writeUInt32BE(bytes.readUInt32BE(root + bytes.readUInt16BE(root + 12)), root + bytes.readUInt16BE(root + 14));
    damage(bytes);
    const rowids = readTable(file, 't', ['a']).map(([rowid]) => rowid);
    assert.ok(rowids.length < 200);
    assert.equal(new Set(rowids).size, rowids.length);
  });

  it('are refused when a few pages make a tree without end', () => {
    const bytes = sample();
    const root = rootOf(bytes);
    const page = bytes.subarray(root, root + PAGE);
    const leaf = bytes.readUInt32BE(root + page.readUInt16BE(12));
    const next = bytes.length / PAGE + 1;
    const levels = Array.from({ length: 30 }, (_, level) => {
      const copy = Buffer.from(page);
      const child = level === 29 ? leaf : next + level + 1;
      copy.writeUInt32BE(child, 8);
      for (let cell = 0; cell < copy.readUInt16BE(3); cell++) copy.writeUInt32BE(child, copy.readUInt16BE(12 + 2 * cell));
      return copy;
    });
    page.writeUInt32BE(next, 8);
    for (let cell = 0; cell < page.readUInt16BE(3); cell++) page.writeUInt32BE(next, page.readUInt16BE(12 + 2 * cell));
    damage(Buffer.concat([bytes, ...levels]));
    assert.throws(read, DamagedDatabase);
  });

  it('are refused when rows are out of order', () => {
    const bytes = sample();
    const root = rootOf(bytes);
    const leaf = (bytes.readUInt32BE(root + bytes.readUInt16BE(root + 12)) - 1) * PAGE;
    const [first, second] = [bytes.readUInt16BE(leaf + 8), bytes.readUInt16BE(leaf + 10)];
    bytes.writeUInt16BE(second, leaf + 8);
    bytes.writeUInt16BE(first, leaf + 10);
    damage(bytes);
    assert.throws(read, DamagedDatabase);
  });

  it('end a chain of overflow pages that goes round in circles', () => {
    const bytes = sample();
    const chained = Array.from({ length: bytes.length / PAGE }, (_, i) => i).filter(i => bytes.subarray(i * PAGE + 100, (i + 1) * PAGE).every(byte => byte === 120));
    assert.ok(chained.length >= 4);
    for (const i of chained) bytes.writeUInt32BE(i + 1, i * PAGE);
    damage(bytes);
    assert.equal((read() as unknown[]).length, 200, 'its other values count');
  });

  it('pass over a value that is too long, and are refused when it is longer than the file', () => {
    sample();
    const opened = new Opened(file, 2000);
    const tooLong: number[] = [];
    assert.equal([...opened.begin()?.rows('t', ['c'], 0, rowid => tooLong.push(rowid)) ?? []].length, 199);
    assert.deepEqual(tooLong, [100]);
    assert.equal(opened.begin()?.row('t', ['c'], 100), null);
    assert.deepEqual(opened.begin()?.row('t', ['a'], 100), { a: 100 });
    opened.close();
  });

  it('end with rows or with an error of our own, whatever bytes are wrong', function () {
    this.timeout(60_000);
    const sound = sample();
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat({ max: sound.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 30 }), changes => {
      const bytes = Buffer.from(sound);
      for (const [at, byte] of changes) bytes[at] = byte;
      damage(bytes);
      try {
        assert.ok(Array.isArray(read()));
        const opened = new Opened(file);
        try {
          opened.begin()?.row('t', ['a'], { column: 'b', text: 'text 77' });
        } finally {
          opened.close();
        }
      } catch (error) {
        assert.ok(error instanceof DamagedDatabase, String((error as Error).stack));
      }
    }), { numRuns: 400 });
  });

  it('end so with any log', function () {
    this.timeout(60_000);
    const db = write('PRAGMA journal_mode=WAL', 'CREATE TABLE t(b, a, c)', numbers(50));
    const [main, log] = [fs.readFileSync(file), fs.readFileSync(`${file}-wal`)];
    assert.ok(log.length > 2000);
    db.close();
    made = [];
    damage(main);
    fc.assert(fc.property(fc.nat({ max: log.length - 1 }), fc.nat({ max: 255 }), fc.nat({ max: log.length }), (at, byte, length) => {
      const bytes = Buffer.from(log);
      bytes[at] = byte;
      fs.writeFileSync(`${file}-wal`, bytes.subarray(0, length));
      try {
        const rows = read() as unknown[];
        assert.ok(rows.length === 0 || rows.length === 50);
      } catch (error) {
        assert.ok(error instanceof DamagedDatabase, String((error as Error).stack));
      }
    }), { numRuns: 200 });
  });

  it('are known to have changed under the reader when a log was copied into them, and not when it grew', () => {
    const db = write('PRAGMA journal_mode=WAL', 'CREATE TABLE t(b, a, c)', numbers(50));
    const opened = new Opened(file);
    const changes = (statement: string): boolean => {
      assert.ok(opened.begin());
      db.exec(statement);
      return !opened.pages.unchanged();
    };
    assert.equal(changes(numbers(1)), false);
    assert.equal(changes('SELECT 1'), false);
    assert.equal(changes('PRAGMA wal_checkpoint(PASSIVE)'), true);
    assert.equal(changes('SELECT 1'), false);
    assert.equal(changes(numbers(1)), true, 'the log began again');
    assert.equal(changes('PRAGMA wal_checkpoint(TRUNCATE)'), true);
    db.exec(numbers(1));
    fs.utimesSync(file, 1e9, 1e9);
    assert.ok(opened.begin());
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    fs.utimesSync(file, 1e9, 1e9); // as when two writes come within one tick of the clock
    assert.equal(opened.pages.unchanged(), false);
    assert.equal(changes('VACUUM'), true);
    assert.equal(changes('PRAGMA journal_mode=DELETE'), true);
    assert.equal(changes(numbers(1)), true);
    opened.close();
  });

  it('are left alone while a writer without a log is at work, or died at it', () => {
    const db = write('PRAGMA journal_mode=DELETE', 'CREATE TABLE t(b, a, c)', 'PRAGMA cache_size=1', 'PRAGMA cache_spill=1', 'BEGIN', numbers(500));
    assert.ok(fs.existsSync(`${file}-journal`));
    const opened = new Opened(file);
    const begun = opened.begin();
    db.exec('COMMIT');
    assert.equal(begun, null);
    assert.equal(opened.pages.unchanged(), false);
    assert.equal([...opened.begin()?.rows('t', ['a'], 0, () => undefined) ?? []].length, 500);
    assert.equal(opened.pages.unchanged(), true);
    db.exec("UPDATE t SET a = 'new'");
    assert.equal(opened.pages.unchanged(), false);
    assert.deepEqual([...opened.begin()?.rows('t', ['a'], 499, () => undefined) ?? []], [[500, { a: 'new' }]]);
    opened.close();
  });
});
