import assert from 'node:assert/strict';
import { copilotCli } from '../../src/providers/copilotCli';
import { sessionStore } from '../../src/providers/copilotCli/sessionStore';
import { TestHome } from '../engine/logs/rig';
import { type SqliteFile, writeSqlite } from '../support/nodeSqlite';
import { readDatabase } from './tables';

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
      home.database('.copilot/data.db', [SCHEMA]);
      const { report } = await home.scan(copilotCli);
      assert.deepEqual(report.buckets.map(({ model, project, tokens, cost }) => [model, project, tokens?.output, cost?.micros]), [['m', '/home/dev/app', 7, 10_000]]);
    } finally {
      home.remove();
    }
  });
});
