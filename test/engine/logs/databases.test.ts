/** Logs that are databases, which their tool writes meanwhile. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { claude } from '../../../src/providers/claude';
import type { LogSource, LogTables } from '../../../src/providers/logSource';
import type { Provider } from '../../../src/providers/provider';
import { type SqliteFile, writeSqlite } from '../../support/nodeSqlite';
import { TestHome, total } from './rig';

describe('logs that are databases', () => {
  let home: TestHome;
  let db: SqliteFile;
  /** Called with each step, before it reads. */
  let onStep: (step: number) => void;
  let steps: { from: number; told: number }[];
  beforeEach(() => {
    home = new TestHome();
    fs.mkdirSync(path.join(home.dir, 'tool'));
    db = writeSqlite(path.join(home.dir, 'tool/a.db'));
    db.exec('PRAGMA synchronous=OFF; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t(n INTEGER, long)');
    [onStep, steps] = [() => undefined, []];
  });
  afterEach(() => {
    db.close();
    home.remove();
  });

  /** A tool that writes a row with the count of output tokens for each response. */
  const logs: LogSource = {
    roots: ({ home }) => [`${home}/tool`],
    formats: [{
      kind: 'database',
      matches: file => file.includes('.db'),
      read: (tables, state, file, emit) => {
        let last = typeof state === 'number' ? state : 0;
        const step = { from: last, told: 0 };
        steps.push(step);
        onStep(steps.length);
        tables.rows('t', ['n', 'long'], last, ({ n }, rowid) => {
          step.told++;
          last = rowid;
          if (typeof n !== 'number') return emit.damaged();
          emit.response({
            id: `${path.basename(file.path)} ${rowid}`, at: Date.UTC(2026, 9, 31), model: 'm', project: null, branch: null, session: null,
            input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: n, reasoning: 0, tier: null, costMicros: null,
          });
        });
        return last;
      },
    }],
  };
  const tool: Provider = { ...claude, logs };
  const output = async (): Promise<number> => total((await home.scan(tool, { stateDir: home.stateDir })).report).output;
  const insert = (count: number): void => db.exec(`WITH c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${count}) INSERT INTO t(n) SELECT 1 FROM c`);

  it('tell their new rows, also when they are in the write-ahead log alone', async () => {
    const before = fs.statSync(path.join(home.dir, 'tool/a.db'));
    insert(3);
    assert.equal(await output(), 3);
    assert.equal(await output(), 3);
    assert.deepEqual(steps, [{ from: 0, told: 3 }], 'it was read without need');
    insert(1);
    assert.equal(await output(), 4);
    assert.deepEqual(steps.at(-1), { from: 3, told: 1 });
    assert.deepEqual([fs.statSync(path.join(home.dir, 'tool/a.db')).size, fs.statSync(path.join(home.dir, 'tool/a.db')).mtimeMs], [before.size, before.mtimeMs]);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    insert(1);
    assert.equal(await output(), 5);
  });

  it('R27: are read on in a write-ahead log of which the beginning is known', async () => {
    insert(50_000);
    const scanner = home.scanner(tool);
    assert.equal(total((await scanner.scan()).report).output, 50_000);
    assert.ok(fs.statSync(path.join(home.dir, 'tool/a.db-wal')).size > 400_000);
    const { readSync } = fs;
    let bytes = 0;
    fs.readSync = ((...call: Parameters<typeof readSync>) => {
      const read = readSync(...call);
      bytes += read;
      return read;
    }) as typeof readSync;
    try {
      for (let i = 1; i <= 3; i++) {
        insert(1);
        assert.equal(total((await scanner.scan()).report).output, 50_000 + i);
      }
    } finally {
      fs.readSync = readSync;
      scanner.dispose();
    }
    assert.ok(bytes < 150_000, String(bytes));
  });

  it('R21: are never written, locked or added to', async () => {
    insert(5000);
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    insert(10);
    const beside = (): unknown => fs.readdirSync(path.join(home.dir, 'tool')).sort().map(name => {
      const file = path.join(home.dir, 'tool', name);
      const { size, mtimeNs, ctimeNs, ino } = fs.statSync(file, { bigint: true });
      return [name, size, mtimeNs, ctimeNs, ino, createHash('sha256').update(fs.readFileSync(file)).digest('hex')];
    });
    const before = beside();
    assert.equal((before as unknown[]).length, 3);
    const { openSync } = fs;
    const flags: unknown[] = [];
    fs.openSync = (file, flag, mode) => {
      if (String(file).includes('/tool/')) flags.push(flag);
      return openSync(file, flag, mode);
    };
    try {
      assert.equal(await output(), 5010);
    } finally {
      fs.openSync = openSync;
    }
    assert.deepEqual(beside(), before);
    assert.deepEqual(flags.filter(flag => flag !== 'r' && flag !== (fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)), []);
    assert.ok(flags.length > 0);
  });

  it('are read in steps, between which other work goes on', async () => {
    insert(20_000);
    let turns = 0;
    const count = (): void => void setImmediate(() => {
      turns++;
      if (turns < 1000) count();
    });
    count();
    assert.equal(await output(), 20_000);
    assert.ok(steps.length >= 10 && steps.every(({ told }) => told <= 1000), String(steps.length));
    assert.ok(turns >= 2, String(turns));
    turns = 1000;
  });

  it('stop in between when told to, and go on from there', async () => {
    insert(20_000);
    const stop = new AbortController();
    onStep = step => { if (step === 6) stop.abort(new Error('stopped')); };
    await assert.rejects(home.scan(tool, { stateDir: home.stateDir, signal: stop.signal }), /stopped/);
    onStep = () => undefined;
    assert.equal(await output(), 20_000);
    assert.equal(steps.reduce((sum, { told }) => sum + told, 0), 20_000, 'rows were told again');
  });

  it('are read again where a writer changed them meanwhile, and count once', async () => {
    insert(4000);
    onStep = step => {
      if (step > 2) return;
      insert(1);
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    };
    assert.equal(await output(), 4002);
    assert.deepEqual(steps.slice(0, 3).map(({ from }) => from), [0, 0, 0]);
  });

  it('are left for the next scan when a writer does not let go, what was sure before being kept', async () => {
    insert(3000);
    let later = 0;
    onStep = step => {
      if (step === 1) return;
      insert(1);
      later++;
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    };
    assert.equal(await output(), 1000);
    assert.ok(later >= 2 && later <= 4, String(later));
    onStep = () => undefined;
    assert.equal(await output(), 3000 + later);
  });

  it('are left for the next scan when the system refuses what lies beside them', async () => {
    insert(10);
    const { openSync } = fs;
    for (const part of ['-wal', '-shm', '-journal']) {
      fs.openSync = (file, flag, mode) => {
        if (String(file).endsWith(part)) throw Object.assign(new Error('EBUSY: busy'), { code: 'EBUSY', syscall: 'open' });
        return openSync(file, flag, mode);
      };
      try {
        assert.equal(await output(), 0);
      } finally {
        fs.openSync = openSync;
      }
    }
    assert.equal(await output(), 10);
  });

  it('do not spoil what they told before when they are damaged later, which is told', async () => {
    insert(10);
    assert.equal(await output(), 10);
    db.close();
    const file = path.join(home.dir, 'tool/a.db');
    const sound = fs.readFileSync(file);
    fs.writeFileSync(file, sound.subarray(0, 5000));
    for (let i = 0; i < 2; i++) {
      const { report, notes } = await home.scan(tool, { stateDir: home.stateDir });
      assert.deepEqual([total(report).output, notes], [10, ['1 damaged line or file not counted.']]);
    }
    fs.writeFileSync(file, sound);
    db = writeSqlite(file);
    insert(1);
    assert.equal(await output(), 11);
  });

  it('say which rows could not be used', async () => {
    db.exec("INSERT INTO t(n) VALUES ('x'), (5); INSERT INTO t(n, long) VALUES (6, zeroblob(67108865)), (7, zeroblob(1000))");
    const { report, notes } = await home.scan(tool, { stateDir: home.stateDir });
    assert.deepEqual([total(report).output, notes], [12, ['1 line or file above 64 MB: not counted.', '1 damaged line or file not counted.']]);
  });

  it('fail as a fault of ours when a reader does not get on', async () => {
    insert(3000);
    const stuck: Provider = { ...tool, logs: { ...logs, formats: [{ kind: 'database', matches: file => file === 'a.db', read: (tables: LogTables) => void tables.rows('t', ['n'], null, () => undefined) }] } };
    await assert.rejects(home.scan(stuck), /does not get on/);
  });
});
