import assert from 'node:assert/strict';
import { copilotChat } from '../../src/providers/copilotChat';
import { copilotTraceLogs, copilotTraces } from '../../src/providers/copilotChat/traces';
import type { DatabaseFormat } from '../../src/providers/logSource';
import { copilotTelemetry } from '../../src/providers/telemetry';
import { type SqliteFile, writeSqlite } from '../support/nodeSqlite';
import { readDatabase } from './tables';

const SCHEMA = `CREATE TABLE spans(span_id TEXT PRIMARY KEY, trace_id TEXT, parent_span_id TEXT, name TEXT, start_time_ms INTEGER, end_time_ms INTEGER, status_code INTEGER,
  operation_name TEXT, provider_name TEXT, agent_name TEXT, conversation_id TEXT, request_model TEXT, response_model TEXT, input_tokens INTEGER, output_tokens INTEGER,
  cached_tokens INTEGER, reasoning_tokens INTEGER, tool_name TEXT, chat_session_id TEXT, turn_index INTEGER, ttft_ms INTEGER)`;

describe("copilot chat's traces", () => {
  const [format] = copilotTraceLogs.formats as readonly DatabaseFormat[];
  let db: SqliteFile;
  beforeEach(() => {
    db = writeSqlite(':memory:');
    db.exec(SCHEMA);
  });
  afterEach(() => db.close());
  const read = (state?: unknown): ReturnType<typeof readDatabase> => readDatabase(format ?? assert.fail('no format'), db, state);
  const insert = (span: object): void => {
    const all = {
      span_id: 's1', trace_id: 't1', operation_name: 'chat', start_time_ms: 1795348700000, end_time_ms: 1795348712000, conversation_id: 'c1', request_model: 'gpt-5', response_model: 'gpt-5.6-sol',
      input_tokens: 41_210, output_tokens: 911, cached_tokens: 40_000, reasoning_tokens: 130, ...span,
    };
    db.prepare(`INSERT OR REPLACE INTO spans(${Object.keys(all).join(', ')}) VALUES (${Object.keys(all).map(() => '?').join(', ')})`).run(...Object.values(all));
  };

  it('tell each call of a model, without the cached part in its input', () => {
    insert({});
    assert.deepEqual(read().responses, [{
      id: 't1 s1', at: 1795348712000, model: 'gpt-5.6-sol', project: null, branch: null, session: 'c1',
      input: 1210, cacheRead: 40_000, cacheWrite5m: 0, cacheWrite1h: 0, output: 911, reasoning: 130, tier: null, costMicros: null,
    }]);
  });

  it('tell nothing of spans that sum up calls, or are of tools', () => {
    for (const operation of ['invoke_agent', 'execute_tool', null]) insert({ span_id: `s ${operation}`, operation_name: operation });
    const { responses, damagedCount } = read();
    assert.deepEqual([responses, damagedCount], [[], 0]);
  });

  it('tell a call that ends later, and after old ones were deleted only new ones', () => {
    insert({});
    insert({ span_id: 's2', end_time_ms: null, response_model: null, conversation_id: null, chat_session_id: 'v1' });
    const first = read();
    assert.deepEqual(first.responses.map(({ id }) => id), ['t1 s1']);
    db.exec("UPDATE spans SET end_time_ms = 1795348713000 WHERE span_id = 's2'; DELETE FROM spans WHERE span_id = 's1'");
    insert({ span_id: 's3', input_tokens: 5, cached_tokens: 9 });
    const second = read(first.state);
    assert.deepEqual(second.responses.map(({ id, model, session, input, cacheRead }) => [id, model, session, input, cacheRead]), [['t1 s3', 'gpt-5.6-sol', 'c1', 0, 5], ['t1 s2', 'gpt-5', 'v1', 1210, 40_000]]);
  });

  it('are damaged where they say what cannot be', () => {
    for (const [i, odd] of [{ input_tokens: -1 }, { end_time_ms: 'x' }, { output_tokens: 'many' }].entries()) insert({ span_id: `s${i}`, ...odd });
    const { responses, damagedCount } = read();
    assert.deepEqual([responses, damagedCount], [[], 3]);
  });

  it('lie in the folder of the extension, wherever an editor keeps its users\' data', () => {
    const roots = copilotTraceLogs.roots({ home: 'C:\\Users\\Jörg', platform: 'win32', env: { APPDATA: 'C:\\Users\\Jörg\\AppData\\Roaming' } }, undefined);
    assert.ok(roots.includes('C:\\Users\\Jörg\\AppData\\Roaming/Code - Insiders/User/globalStorage/github.copilot-chat/agent-traces.db'));
    assert.ok(roots.includes('C:\\Users\\Jörg/.vscode-server/data/User/globalStorage/github.copilot-chat/agent-traces.db'));
  });

  it('count nothing beside chat sessions, which tell the same requests, and telemetry nothing beside them', () => {
    assert.deepEqual([copilotTraces.yieldsTo, copilotTelemetry.yieldsTo], [[copilotChat.info.id], [copilotChat.info.id, copilotTraces.info.id]]);
  });
});
