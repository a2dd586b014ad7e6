import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { kilo, mimo, openCode } from '../../src/providers/openCode';
import type { LogScan } from '../../src/providers/provider';
import { TestHome, total } from '../engine/logs/rig';
import { readDatabase } from './tables';
import { type SqliteFile, writeSqlite } from '../support/nodeSqlite';

const CREATED = Date.UTC(2026, 10, 22, 10);
const SCHEMA = [
  'CREATE TABLE IF NOT EXISTS session(id TEXT PRIMARY KEY, project_id TEXT, parent_id TEXT, directory TEXT)',
  'CREATE TABLE IF NOT EXISTS message(id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, time_updated INTEGER, data TEXT)',
];
const message = (change: object = {}, tokens: object = {}): object => ({
  role: 'assistant', modelID: 'claude-opus-5', providerID: 'anthropic', cost: 0.0413, time: { created: CREATED, completed: CREATED + 12_000 },
  tokens: { input: 1234, output: 567, reasoning: 120, total: 10934, cache: { read: 8890, write: 123 }, ...tokens }, ...change,
});
const quoted = (value: unknown): string => (value === null ? 'NULL' : `'${String(value).replaceAll("'", "''")}'`);
const insert = (id: string, session: string, data: object): string =>
  `INSERT INTO message(id, session_id, time_created, data) VALUES (${quoted(id)}, ${quoted(session)}, 1, ${quoted(JSON.stringify(data))})`;
const session = (id: string, directory: string | null, parent: string | null = null): string =>
  `INSERT INTO session(id, parent_id, directory) VALUES (${quoted(id)}, ${quoted(parent)}, ${quoted(directory)})`;

describe('opencode and its kin', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());
  const DB = '.local/share/opencode/opencode.db';
  const scan = (): Promise<LogScan> => home.scan(openCode, { stateDir: home.stateDir });
  const output = async (): Promise<number> => total((await scan()).report).output;

  it('add the reasoning to the output, and take the cost that is told', async () => {
    home.database(DB, [...SCHEMA, session('ses_1', '/home/dev/app'), insert('msg_1', 'ses_1', message())]);
    const { report } = await scan();
    assert.deepEqual(report.buckets.map(({ model, project, requests, tokens, cost }) => ({ model, project, requests, tokens, cost: cost?.micros })), [{
      model: 'claude-opus-5', project: '/home/dev/app', requests: 1, cost: 41_300,
      tokens: { input: 1234, cacheRead: 8890, cacheWrite: 123, output: 687, reasoning: 120 },
    }]);
  });

  it('leave the reasoning in the output where the total says that it is in it', async () => {
    const totals = [10_814, 10_934, undefined];
    home.database(DB, [...SCHEMA, ...totals.map((told, i) => insert(`msg_${i}`, 'ses_1', message({ modelID: `m${i}` }, { total: told })))]);
    assert.deepEqual((await scan()).report.buckets.map(({ model, tokens }) => [model, tokens?.output, tokens?.reasoning]), [['m0', 567, 120], ['m1', 687, 120], ['m2', 687, 120]]);
  });

  it('take a cost of 0 for one that is not known', async () => {
    home.database(DB, [...SCHEMA, insert('msg_1', 'ses_1', message({ cost: 0 }))]);
    assert.equal((await scan()).report.buckets[0]?.cost, null);
  });

  it('read a message again until it is finished, and count it once', async () => {
    const db = writeSqlite(home.database(DB, [...SCHEMA, insert('msg_0', 'ses_1', message({ time: { created: Date.now() }, cost: 0 }, { output: 10, reasoning: 0 }))]));
    try {
      assert.equal(await output(), 10);
      db.exec(insert('msg_1', 'ses_1', message({}, { output: 1, reasoning: 0 })));
      db.exec(`UPDATE message SET data = ${quoted(JSON.stringify(message({ time: { created: Date.now() } }, { output: 30, reasoning: 0 })))} WHERE id = 'msg_0'`);
      assert.equal(await output(), 31);
      db.exec(`UPDATE message SET data = ${quoted(JSON.stringify(message({ time: { created: Date.now(), completed: Date.now() } }, { output: 50, reasoning: 0 })))} WHERE id = 'msg_0'`);
      const { report } = await scan();
      assert.deepEqual([total(report).output, await output()], [51, 51]);
      assert.equal(total(report).requests, 2);
    } finally {
      db.close();
    }
  });

  it('count copies once: those of forks under other ids, in the databases of other channels, and in files of an earlier version', async () => {
    const other = message({ time: { created: CREATED + 1, completed: CREATED + 2 } });
    home.database(DB, [...SCHEMA, insert('msg_1', 'ses_1', message()), insert('msg_2', 'ses_2', message()), insert('msg_3', 'ses_1', other)]);
    home.database('.local/share/opencode/opencode-next.db', [...SCHEMA, insert('msg_1', 'ses_1', message())]);
    home.write('.local/share/opencode/storage/message/ses_1/msg_1.json', JSON.stringify({ id: 'msg_1', sessionID: 'ses_1', ...message() }));
    home.write('.local/share/opencode/storage/message/ses_9/msg_9.json', JSON.stringify({ id: 'msg_9', sessionID: 'ses_9', ...message({ path: { cwd: '/home/dev/old' } }, { output: 1 }) }));
    home.write('.local/share/opencode/storage/part/msg_1/prt_1.json', JSON.stringify({ id: 'msg_7', ...message({}, { output: 99 }) }));
    const { report } = await scan();
    assert.deepEqual([total(report).requests, total(report).output], [3, 687 * 2 + 121]);
    assert.ok(report.buckets.some(({ project }) => project === '/home/dev/old'));
  });

  it('follow a file of an earlier version until it is finished', async () => {
    const file = '.local/share/opencode/storage/message/ses_1/msg_1.json';
    const write = (time: object, tokens: number): string => home.write(file, JSON.stringify({ id: 'msg_1', sessionID: 'ses_1', ...message({ time }, { output: tokens, reasoning: 0 }) }));
    write({ created: Date.now() }, 5);
    assert.equal(await output(), 5);
    write({ created: Date.now(), completed: Date.now() }, 500);
    assert.equal(await output(), 500);
    home.write(file, '[');
    assert.equal(await output(), 500);
  });

  it('tell nothing of messages of users, without tokens, or broken', async () => {
    home.database(DB, [
      ...SCHEMA, insert('a', 's', message({ role: 'user' })), insert('b', 's', { role: 'assistant' }),
      insert('c', 's', message({}, { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } })), insert('d', 's', message({}, { input: -5 })),
      insert('e', 's', message({ time: { completed: CREATED } })), "INSERT INTO message(id, data) VALUES ('f', 'no json'), ('g', NULL)",
    ]);
    const { report, notes } = await scan();
    assert.deepEqual([report.buckets, notes], [[], ['4 damaged lines or files not counted.']]);
  });

  it('give up a message that was not finished within a day', async () => {
    const DAY = 24 * 3600_000;
    const update = (tokens: number): readonly string[] => [2 * DAY, DAY / 2].map((age, i) =>
      `${insert(`m${i}`, 's', message({ time: { created: Date.now() - age } }, { output: tokens * 10 ** i, reasoning: 0 }))} ON CONFLICT(id) DO UPDATE SET data = excluded.data`);
    home.database(DB, [...SCHEMA, ...update(1)]);
    assert.equal(await output(), 11);
    home.database(DB, update(5));
    assert.equal(await output(), 51);
  });

  it('take what another provider did at the same moment for its own', async () => {
    home.database(DB, [...SCHEMA, insert('a', 's', message()), insert('b', 's', message({ providerID: 'opencode' })), insert('c', 's', message({ cost: 0.5 }))]);
    assert.equal(total((await scan()).report).requests, 3);
  });

  it("R50: count a sub-agent to its parent's session, whatever the parents", async () => {
    const responses: [unknown, unknown][] = [];
    const database = openCode.logs?.formats[0];
    assert.ok(database?.kind === 'database');
    const db = writeSqlite(':memory:');
    for (const statement of [...SCHEMA, session('root', '/home/dev/app'), session('child', null, 'root'), session('grandchild', '/home/dev/app/sub', 'child'), session('ring', '/r', 'ring')]) db.exec(statement);
    ['root', 'child', 'grandchild', 'ring', 'gone'].forEach((id, i) => db.exec(insert(`m${i}`, id, message({}, { input: i }))));
    readDatabase(database, db).responses.forEach(({ session: of, project }) => responses.push([of, project]));
    assert.deepEqual(responses, [['root', '/home/dev/app'], ['root', '/home/dev/app'], ['root', '/home/dev/app/sub'], ['ring', '/r'], ['gone', null]]);
    db.close();
  });

  it('lie where their variables say, and leave other folders alone', () => {
    const roots = openCode.logs?.roots({ home: '/home/dev', platform: 'linux', env: { XDG_DATA_HOME: '/data/', OPENCODE_DATA_DIR: '/oc' } }, undefined) ?? [];
    assert.deepEqual(roots.filter(root => !root.startsWith('/oc/')), ['/data/opencode', '/oc', '/home/dev/.local/share/opencode']);
    const [database] = openCode.logs?.formats ?? [];
    assert.deepEqual(['opencode.db', 'opencode-next.db', 'opencode.db-wal', 'x/opencode.db', 'opencode.json'].map(file => database?.matches(file)), [true, true, false, false, false]);
    const [other] = kilo.logs?.formats ?? [];
    assert.deepEqual(['kilo.db', 'kilo-next.db', 'opencode.db'].map(file => other?.matches(file)), [true, true, false]);
    assert.deepEqual(['storage', 'storage/message', 'storage/message/ses_1', 'storage/part', 'snapshot', 'storage/message/a/b'].map(folder => openCode.logs?.enters?.(folder)), [true, true, true, false, false, false]);
  });

  it('lie in the file that OPENCODE_DB names, too, whatever its name', async () => {
    const named = (file: string): readonly string[] => (openCode.logs?.roots({ home: '/h', platform: 'linux', env: { OPENCODE_DB: file } }, undefined) ?? []).slice(1);
    assert.deepEqual([named('/data/Büro.db'), named('D:\\work.db'), named('work.db'), named(':memory:'), named('')], [['/data/Büro.db'], ['D:\\work.db'], ['/h/.local/share/opencode/work.db'], [], []]);
    const file = home.database('elsewhere/Büro.db', [...SCHEMA, insert('msg_1', 'ses_1', message())]);
    home.database(DB, [...SCHEMA, insert('msg_1', 'ses_1', message())]);
    home.database('elsewhere/other.db', [...SCHEMA, insert('msg_2', 'ses_1', message({}, { output: 1 }))]);
    assert.equal(total((await home.scan(openCode, { machine: { ...home.machine, env: { OPENCODE_DB: file } } })).report).requests, 1);
    fs.rmSync(path.join(home.dir, DB));
    assert.equal(total((await home.scan(openCode, { machine: { ...home.machine, env: { OPENCODE_DB: file } } })).report).requests, 1);
  });

  it('have the same form in their own folders', async () => {
    home.database('.local/share/kilo/kilo.db', [...SCHEMA, insert('msg_1', 'ses_1', message())]);
    home.database('.local/share/mimocode/mimocode.db', [...SCHEMA, insert('msg_1', 'ses_1', message({}, { output: 1 }))]);
    for (const [provider, tokens] of [[kilo, 687], [mimo, 121]] as const) assert.equal(total((await home.scan(provider)).report).output, tokens);
  });

  it('R1: come to the same totals whenever they are looked at', async () => {
    const turn = fc.record({ do: fc.constantFrom('begin', 'grow', 'finish', 'fork', 'scan', 'delete'), n: fc.nat({ max: 5 }) });
    await fc.assert(fc.asyncProperty(fc.array(turn, { maxLength: 25 }), async turns => {
      const place = new TestHome();
      const db: SqliteFile = writeSqlite(place.database(DB, SCHEMA));
      const [began, finished] = [new Set<number>(), new Set<number>()];
      const now = Date.now();
      try {
        const data = (n: number, tokens: number): object => message({ time: { created: now + n, ...(finished.has(n) && { completed: now + n }) } }, { output: tokens, reasoning: 0 });
        for (const { do: what, n } of turns) {
          if (what === 'begin' && !began.has(n)) {
            began.add(n);
            db.exec(insert(`m${n}`, 's', data(n, 0)));
          } else if (what === 'grow' && began.has(n) && !finished.has(n)) {
            db.exec(`UPDATE message SET data = ${quoted(JSON.stringify(data(n, 7)))} WHERE id = 'm${n}'`);
          } else if (what === 'finish' && began.has(n) && !finished.has(n)) {
            finished.add(n);
            db.exec(`UPDATE message SET data = ${quoted(JSON.stringify(data(n, 100 + n)))} WHERE id = 'm${n}'`);
          } else if (what === 'fork' && finished.has(n)) {
            db.exec(insert(`f${n}-${Math.random()}`, 'fork', data(n, 100 + n)));
          } else if (what === 'scan') {
            await place.scan(openCode, { stateDir: place.stateDir });
          } else if (what === 'delete' && finished.has(n)) {
            await place.scan(openCode, { stateDir: place.stateDir });
            db.exec(`DELETE FROM message WHERE id = 'm${n}'`);
          }
        }
        for (const n of began) {
          if (finished.has(n)) continue;
          finished.add(n);
          db.exec(`UPDATE message SET data = ${quoted(JSON.stringify(data(n, 100 + n)))} WHERE id = 'm${n}'`);
        }
        const { report } = await place.scan(openCode, { stateDir: place.stateDir });
        assert.equal(total(report).output, [...finished].reduce((sum, n) => sum + 100 + n, 0));
      } finally {
        db.close();
        place.remove();
      }
    }), { numRuns: 25 });
  });
});
