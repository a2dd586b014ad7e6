import assert from 'node:assert/strict';
import { devin } from '../../src/providers/devin';
import { type SqliteFile, writeSqlite } from '../support/nodeSqlite';
import { readDatabase } from './tables';

describe('devin sessions', () => {
  let db: SqliteFile;
  beforeEach(() => {
    db = writeSqlite(':memory:');
    db.exec(`CREATE TABLE sessions(id TEXT PRIMARY KEY, working_directory TEXT, model TEXT, agent_mode TEXT, created_at INTEGER, hidden INTEGER);
      CREATE TABLE message_nodes(row_id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT, node_id INTEGER, parent_node_id INTEGER, chat_message TEXT, created_at INTEGER, metadata TEXT);
      INSERT INTO sessions(id, working_directory, model) VALUES ('s1', '/home/dev/app', 'adaptive'), ('s2', '/home/dev/b', 'glm-5-2')`);
  });
  afterEach(() => db.close());
  const format = (() => {
    const [first] = devin.logs?.formats ?? [];
    return first?.kind === 'database' ? first : assert.fail('no database');
  })();
  const insert = (session: string, node: number, message: object | string, at = 1795348700): void =>
    void db.prepare('INSERT INTO message_nodes(session_id, node_id, chat_message, created_at) VALUES (?, ?, ?, ?)').run(session, node, typeof message === 'string' ? message : JSON.stringify(message), at);
  const answer = (id: string | undefined, metrics: object = {}, metadata: object = {}): object => ({
    role: 'assistant', message_id: id, content: 'x',
    metadata: { generation_model: 'claude-opus-5', metrics: { input_tokens: 31, output_tokens: 147, cache_read_tokens: 8, cache_creation_tokens: null, total_time_ms: 2846, ...metrics }, ...metadata },
  });

  it('tell the figures of answers', () => {
    insert('s1', 1, { role: 'user', content: 'about "metrics"', metadata: { metrics: { input_tokens: 1 } } });
    insert('s1', 2, answer('m1'));
    const { responses, damagedCount } = readDatabase(format, db);
    assert.deepEqual([responses, damagedCount], [[{
      id: 'm1', at: 1795348700000, model: 'claude-opus-5', project: '/home/dev/app', branch: null, session: 's1',
      input: 31, cacheRead: 8, cacheWrite5m: 0, cacheWrite1h: 0, output: 147, reasoning: 0, tier: null, costMicros: null,
    }], 0]);
  });

  it('go by the message, not by the node, which others have the number of too', () => {
    insert('s1', 2, answer('m1'));
    insert('s1', 3, answer('m1'));
    insert('s2', 2, answer('m1'));
    insert('s2', 2, answer('m2'));
    insert('s2', 3, answer(undefined));
    insert('s2', 4, answer(undefined));
    assert.deepEqual(readDatabase(format, db).responses.map(({ id }) => id), ['m1', 'm1', 'm1', 'm2', 's2 5', 's2 6']);
  });

  it('take the model of the session where the answer has none, but not a way of choosing one', () => {
    insert('s1', 1, answer('m1', {}, { generation_model: null }));
    insert('s2', 1, answer('m2', {}, { generation_model: undefined }));
    assert.deepEqual(readDatabase(format, db).responses.map(({ model }) => model), ['unknown', 'glm-5-2']);
  });

  it('tell only what is new, and nothing of what is broken', () => {
    insert('s1', 1, answer('m1'));
    const { state } = readDatabase(format, db);
    insert('s1', 2, '{"metrics": ');
    insert('s1', 3, answer('m2', { output_tokens: 'many' }));
    insert('s1', 4, '["metrics"]');
    insert('s9', 5, answer('m3'));
    const { responses, damagedCount } = readDatabase(format, db, state);
    assert.deepEqual([responses.map(({ id, project }) => [id, project]), damagedCount], [[['m3', null]], 2]);
  });

  it('are told from the beginning where a database made anew has the numbers of the old one', () => {
    for (const node of [1, 2]) insert('s1', node, answer(`m${node}`));
    const { state } = readDatabase(format, db);
    db.exec('DELETE FROM message_nodes; DELETE FROM sqlite_sequence');
    for (const node of [1, 2, 3]) insert('s2', node, answer(`n${node}`), 1795435100);
    assert.deepEqual(readDatabase(format, db, state).responses.map(({ id }) => id), ['n1', 'n2', 'n3']);
  });

  it('say that they are experimental, and lie where several versions put them', () => {
    assert.match(devin.info.summary, /experimental/i);
    assert.deepEqual(devin.logs?.roots({ home: '/u', platform: 'win32', env: { APPDATA: 'C:\\a', XDG_DATA_HOME: '/x' } }, undefined), ['/x/devin/cli', '/u/.local/share/devin/cli', 'C:\\a/devin/cli']);
    assert.deepEqual(['sessions.db', 'cli_sessions.db', 'other.db'].map(file => format.matches(file)), [true, true, false]);
  });
});
