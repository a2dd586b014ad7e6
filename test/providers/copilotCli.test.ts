import assert from 'node:assert/strict';
import { copilotCli } from '../../src/providers/copilotCli';
import { desktopSessions } from '../../src/providers/copilotCli/desktop';
import { MAX_RUNS } from '../../src/providers/copilotCli/fallbacks';
import { copilotCliLogs } from '../../src/providers/copilotCli/logs';
import { sessionStore } from '../../src/providers/copilotCli/sessionStore';
import { TestHome, total } from '../engine/logs/rig';
import { type SqliteFile, writeSqlite } from '../support/nodeSqlite';
import { fileAt, growing, holdsInAnyOrder, seen, type Seen, tellLines } from './localRig';
import * as tables from './tables';

const dropped: string[] = [];
const readDatabase = (format: typeof sessionStore, db: SqliteFile, state?: unknown): Seen & { readonly state: unknown } =>
  tables.readDatabase(format, db, state, { sink: seen(id => dropped.push(id)) });

const SCHEMA = `
  CREATE TABLE schema_version(version INTEGER);
  CREATE TABLE sessions(id TEXT PRIMARY KEY, cwd TEXT, repository TEXT, branch TEXT, summary TEXT, created_at TEXT, updated_at TEXT);
  CREATE TABLE assistant_usage_events(id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT, turn_index INTEGER, model TEXT, copilot_usage_model TEXT,
    reasoning_effort TEXT, input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER, reasoning_tokens INTEGER,
    total_nano_aiu INTEGER, token_details_json TEXT, request_multiplier REAL, duration_ms INTEGER, agent_id TEXT, created_at TEXT);
  INSERT INTO sessions(id, cwd, branch, summary) VALUES ('s1', '/home/dev/app', 'main', 'a summary')`;

describe("copilot-cli's session store", () => {
  let db: SqliteFile;
  beforeEach(() => {
    db = writeSqlite(':memory:');
    db.exec(SCHEMA);
  });
  afterEach(() => db.close());
  const insert = (event: object): void => {
    const all = {
      session_id: 's1', model: 'claude-opus-5', input_tokens: 43792, output_tokens: 911, cache_read_tokens: 42698, cache_write_tokens: 904, reasoning_tokens: 130,
      total_nano_aiu: 4_130_000_000, created_at: '2026-11-22 10:00:05', ...event,
    };
    db.prepare(`INSERT INTO assistant_usage_events(${Object.keys(all).join(', ')}) VALUES (${Object.keys(all).map(() => '?').join(', ')})`).run(...Object.values(all));
  };

  it('takes what the cache had out of the input, and tells the cost, the folder and the branch', () => {
    insert({});
    assert.deepEqual(readDatabase(sessionStore, db).responses, [{
      id: 's1:1', at: Date.parse('2026-11-22T10:00:05Z'), model: 'claude-opus-5', project: '/home/dev/app', branch: 'main', session: 's1',
      input: 190, cacheRead: 42698, cacheWrite5m: 904, cacheWrite1h: 0, output: 911, reasoning: 130, tier: null, costMicros: 41_300,
    }]);
  });

  it('tells only what is new', () => {
    insert({});
    const { state } = readDatabase(sessionStore, db);
    insert({ session_id: 's2', created_at: '2026-11-22T10:00:06.250Z', copilot_usage_model: 'gpt-5.6-sol' });
    const { responses } = readDatabase(sessionStore, db, state);
    assert.deepEqual(responses.map(({ id, at, model, project, branch }) => [id, at, model, project, branch]), [
      ['s2:2', Date.parse('2026-11-22T10:00:06.250Z'), 'gpt-5.6-sol', null, null],
    ]);
  });

  it('takes a time without a zone for UTC, and missing figures for none', () => {
    insert({ created_at: '2026-11-22T10:00:05', cache_read_tokens: null, cache_write_tokens: null, reasoning_tokens: null, total_nano_aiu: null, model: null });
    const [response] = readDatabase(sessionStore, db).responses;
    assert.deepEqual([response?.at, response?.input, response?.cacheRead, response?.costMicros, response?.model], [Date.parse('2026-11-22T10:00:05Z'), 43792, 0, null, 'unknown']);
  });

  it('takes a cost of 0 for one that is not known', () => {
    insert({ total_nano_aiu: 0 });
    assert.equal(readDatabase(sessionStore, db).responses[0]?.costMicros, null);
  });

  it('passes over what cannot be', () => {
    for (const bad of [{ created_at: 'yesterday' }, { created_at: null }, { input_tokens: -1 }, { output_tokens: 'many' }]) insert(bad);
    insert({ input_tokens: 0, output_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0 });
    const { responses, damagedCount } = readDatabase(sessionStore, db);
    assert.deepEqual([responses, damagedCount], [[], 4]);
  });

  it('reads stores of other versions: columns and tables may be missing', () => {
    db.exec('DROP TABLE sessions; ALTER TABLE assistant_usage_events DROP COLUMN total_nano_aiu; ALTER TABLE assistant_usage_events DROP COLUMN copilot_usage_model');
    db.exec("INSERT INTO assistant_usage_events(session_id, output_tokens, created_at) VALUES ('s', 5, '2026-11-22 10:00:05')");
    assert.deepEqual(readDatabase(sessionStore, db).responses.map(({ output }) => output), [5]);
    db.exec('DROP TABLE assistant_usage_events');
    assert.deepEqual(readDatabase(sessionStore, db).responses, []);
  });

  it('is read where the tool keeps it, and nowhere else', async () => {
    assert.deepEqual(copilotCli.logs?.roots({ home: '/home/dev', platform: 'linux', env: { COPILOT_HOME: '/data/copilot' } }, undefined)[0], '/data/copilot/session-store.db');
    const home = new TestHome();
    try {
      home.database('.copilot/session-store.db', [SCHEMA, "INSERT INTO assistant_usage_events(session_id, model, output_tokens, total_nano_aiu, created_at) VALUES ('s1', 'm', 7, 1e9, '2026-11-22 10:00:05')"]);
      home.database('.copilot/other.db', [SCHEMA, "INSERT INTO assistant_usage_events(session_id, model, output_tokens, created_at) VALUES ('s1', 'm', 70, '2026-11-22 10:00:05')"]);
      const { report } = await home.scan(copilotCli);
      assert.deepEqual(report.buckets.map(({ model, project, tokens, cost }) => [model, project, tokens?.output, cost?.micros]), [['m', '/home/dev/app', 7, 10_000]]);
    } finally {
      home.remove();
    }
  });
});

const AT = '2026-11-20T10:00:05.000Z';
const start = (sessionId = 'old', context: object = { cwd: '/home/dev/app', branch: 'main' }): object =>
  ({ type: 'session.start', data: { sessionId, version: 1, producer: 'copilot-agent', copilotVersion: '1.0.10', context }, id: 'e0', timestamp: '2026-11-20T10:00:00.000Z', parentId: null });
type Told = readonly [input: number, output: number, read?: number, write?: number, reasoning?: number];
const usage = ([inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0, reasoningTokens = 0]: Told): object => ({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens });
const shutdown = (models: Readonly<Record<string, Told>>, timestamp = AT, more: object = {}): object => ({
  type: 'session.shutdown', id: `e ${timestamp}`, timestamp,
  data: { shutdownType: 'routine', modelMetrics: Object.fromEntries(Object.entries(models).map(([model, told]) => [model, { requests: { count: 3, cost: 1 }, usage: usage(told) }])), ...more },
});
const used = (id: string, model: string, told: Told, more: object = {}): object => ({ type: 'assistant.usage', id, timestamp: AT, data: { model, ...usage(told), cost: 1, ...more } });

describe("copilot-cli's event logs", () => {
  const file = fileAt('/home/dev/.copilot/session-state/named/events.jsonl');
  const tell = (...lines: readonly (object | string)[]): Seen => tellLines(copilotCliLogs, lines, file, id => dropped.push(id));
  /** By the id, the greatest of each figure, as the ledger counts them. */
  const counted = ({ responses }: Seen): readonly (readonly [model: string, at: string, input: number, read: number, output: number, cents: number | null])[] =>
    [...new Map(responses.map(response => [response.id, response])).values()].map(({ model, at, input, cacheRead, output, costMicros }) =>
      [model, new Date(at).toISOString().slice(5, 16), input, cacheRead, output, costMicros === null ? null : costMicros / 10_000]);

  it('tell the totals of a shutdown, with the folder and the branch', () => {
    assert.deepEqual(tell(start(), shutdown({ 'claude-opus-5': [43_792, 911, 42_698, 904, 130] }, AT, { totalNanoAiu: 4_130_000_000 })).responses, [{
      id: 'run 0 old', at: Date.parse(AT), model: 'claude-opus-5', project: '/home/dev/app', branch: 'main', session: 'old',
      input: 190, cacheRead: 42_698, cacheWrite5m: 904, cacheWrite1h: 0, output: 911, reasoning: 130, tier: null, costMicros: 41_300,
    }]);
  });

  it('R4: tell what each run of a resumed session rose by, when it ended, and nothing of totals that are repeated or fall', () => {
    const again = '2026-11-21T12:00:00.000Z';
    assert.deepEqual(counted(tell(
      start(), shutdown({ a: [100, 10] }), shutdown({ a: [100, 10] }), shutdown({ a: [90, 9] }), shutdown({ a: [150, 30], b: [7, 1, 5] }, again), shutdown({ a: [150, 30], b: [7, 1, 5] }, again),
    )), [['a', '11-20T10:00', 100, 0, 10, null], ['a', '11-21T12:00', 50, 0, 20, null], ['b', '11-21T12:00', 2, 5, 1, null]]);
  });

  it('tell the cost of a run of one model, and of none where several shared it', () => {
    assert.deepEqual(counted(tell(
      start(), shutdown({ a: [1, 1] }, AT, { totalNanoAiu: 1e9 }), shutdown({ a: [2, 2], b: [1, 1] }, AT, { totalNanoAiu: 3e9 }), shutdown({ a: [2, 2], b: [2, 2] }, AT, { totalNanoAiu: 8e9 }),
    )).map(([model, , , , , cents]) => [model, cents]), [['a', 1], ['a', null], ['b', null], ['b', 5]]);
  });

  it('count the calls of a run that was killed, where they are written down, and those of one that ended once', () => {
    const calls = [used('u1', 'a', [10, 1]), used('u2', 'a', [20, 2, 5])];
    assert.deepEqual(counted(tell(start(), ...calls)), [['a', '11-20T10:00', 25, 5, 3, null]]);
    assert.deepEqual(counted(tell(start(), ...calls, shutdown({ a: [30, 4, 5] }), used('u3', 'a', [1, 1]))), [['a', '11-20T10:00', 25, 5, 4, null], ['a', '11-20T10:00', 1, 0, 1, null]]);
  });

  it('tell all runs, however many', () => {
    const runs = Array.from({ length: 3 * MAX_RUNS }, (_, i) => shutdown({ [`m${i % 2}`]: [(i >> 1) * 10 + 10, (i >> 1) + 1] }));
    const told = counted(tell(start(), ...runs));
    assert.equal(told.length, MAX_RUNS);
    assert.deepEqual([2, 4].map(part => told.reduce((sum, run) => sum + Number(run[part]), 0)), [240, 24]);
  });

  it('name the session after the file where no line does, and take odd lines for damaged', () => {
    assert.deepEqual(tell(shutdown({ a: [1, 1] })).responses.map(({ session, project }) => [session, project]), [['named', null]]);
    assert.deepEqual(tellLines(copilotCliLogs, [shutdown({ a: [1, 1] })], fileAt('C:\\Users\\Jörg\\.copilot\\session-state\\flat.jsonl'), () => undefined).responses.map(({ session }) => session), ['flat']);
    for (const odd of [shutdown({ a: [-1, 1] }), shutdown({ a: [1, 1] }, 'never'), used('u', 'a', [1e12, 1])]) assert.equal(tell(start(), odd).damagedCount, 1);
    assert.deepEqual(tell(start(), { type: 'session.shutdown', data: null }, { type: 'user.message', data: { content: '"session.shutdown"' } }).responses, []);
  });
});

describe('copilot files', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());
  const STATE = '.copilot/session-state';
  const DESKTOP = 'CREATE TABLE IF NOT EXISTS sessions(id TEXT PRIMARY KEY, title TEXT, model TEXT, total_input_tokens INTEGER, total_output_tokens INTEGER, total_cached_tokens INTEGER, total_reasoning_tokens INTEGER, total_nano_aiu INTEGER, created_at TEXT)';
  const desktop = (id: string, output: number): string => `INSERT OR REPLACE INTO sessions VALUES ('${id}', 'a title', 'gpt-5.6-sol', ${output * 10}, ${output}, ${output * 4}, 1, ${output}e9, '2026-11-19T08:00:00Z')`;
  const row = (session: string, output: number): string => `INSERT INTO assistant_usage_events(session_id, model, output_tokens, created_at) VALUES ('${session}', 'm', ${output}, '2026-11-22 10:00:05')`;
  const outputs = async (stateDir: string | null = null): Promise<Readonly<Record<string, number>>> =>
    Object.fromEntries((await home.scan(copilotCli, { stateDir })).report.buckets.filter(({ requests }) => requests !== 0).map(({ model, tokens }) => [model ?? '', tokens?.output ?? 0]));

  it('of the desktop app tell a session by its totals, from the day when it was created', () => {
    const db = writeSqlite(':memory:');
    db.exec(DESKTOP);
    db.exec(desktop('d1', 20));
    db.exec("INSERT INTO sessions(id, model, total_output_tokens, created_at) VALUES ('odd', 'm', -1, 'x'), ('none', 'm', 0, NULL)");
    const { responses, damagedCount } = readDatabase(desktopSessions, db);
    assert.deepEqual([responses, damagedCount], [[{
      id: 'desktop d1', at: Date.parse('2026-11-19T08:00:00Z'), model: 'gpt-5.6-sol', project: null, branch: null, session: 'd1',
      input: 120, cacheRead: 80, cacheWrite5m: 0, cacheWrite1h: 0, output: 20, reasoning: 1, tier: null, costMicros: 200_000,
    }], 1]);
    db.close();
  });

  it('count a session by the store, else by its event log, else by the desktop app, whichever is there first', async () => {
    const steps: readonly (readonly [() => void, Readonly<Record<string, number>>])[] = [
      [() => home.database('.copilot/data.db', [DESKTOP, desktop('s1', 5), desktop('s2', 6), desktop('s3', 7)]), { 'gpt-5.6-sol': 18 }],
      [() => home.lines(`${STATE}/s1/events.jsonl`, ...[start('s1'), shutdown({ cli: [10, 5] })].map(line => JSON.stringify(line))), { 'gpt-5.6-sol': 13, 'cli': 5 }],
      [() => home.lines(`${STATE}/s2.jsonl`, ...[start('s2'), shutdown({ cli: [10, 60] })].map(line => JSON.stringify(line))), { 'gpt-5.6-sol': 7, 'cli': 65 }],
      [() => home.database('.copilot/session-store.db', [SCHEMA, row('s1', 50), row('s1', 3)]), { 'gpt-5.6-sol': 7, 'cli': 60, 'm': 53 }],
      [() => home.database('.copilot/data.db', [desktop('s1', 500), desktop('s3', 8)]), { 'gpt-5.6-sol': 8, 'cli': 60, 'm': 53 }],
    ];
    for (const [change, expected] of steps) {
      change();
      const kept = await outputs(home.stateDir);
      assert.deepEqual(await outputs(), expected);
      for (const model of Object.keys(kept)) assert.equal(kept[model], expected[model]);
    }
  });

  it('lie where COPILOT_HOME says, or below any home, and nowhere deeper', async () => {
    assert.deepEqual(copilotCliLogs.roots({ home: 'C:\\Users\\Jörg', platform: 'win32', env: {} }, undefined), ['session-store.db', 'session-state', 'data.db'].map(name => `C:\\Users\\Jörg/.copilot/${name}`));
    const lines = [start(), shutdown({ a: [1, 1] })].map(line => JSON.stringify(line));
    home.lines(`${STATE}/old/files/copy.jsonl`, ...lines.map(line => line.replaceAll('"old"', '"copy"')));
    home.lines(`${STATE}/old/events.jsonl`, ...lines);
    assert.equal(total((await home.scan(copilotCli)).report).output, 1);
    assert.deepEqual(['old', 'old/files'].map(folder => copilotCliLogs.enters?.(folder)), [true, false]);
  });

  it('R1: come to the same totals in any order, cut anywhere and copied', async () => {
    const lines = [start(), used('u1', 'a', [10, 1]), shutdown({ a: [10, 2] }), shutdown({ a: [30, 4], b: [1, 1] }), used('u2', 'b', [5, 5])];
    await holdsInAnyOrder(copilotCli, [growing(`${STATE}/old/events.jsonl`, lines, 5), growing(`${STATE}/old.jsonl`, lines, 2)], { input: 36, output: 10 });
  });
});
