/** Of each tool that keeps its figures in a database: where, and statements that make a response of `output` tokens in it. */
import type { ProtobufField } from '../../src/core/protobuf';
import { protobuf } from '../support/protobuf';

interface DatabaseTool { readonly file: string; readonly root: string; readonly rows: (output: number) => readonly string[] }

const openCode = (file: string): DatabaseTool => ({
  file, root: '.local',
  rows: output => [
    'CREATE TABLE IF NOT EXISTS message(id TEXT PRIMARY KEY, session_id TEXT, data TEXT)',
    `INSERT INTO message VALUES ('m${output}', 's', '${JSON.stringify({ role: 'assistant', time: { created: 1795348700000, completed: 1795348700001 }, tokens: { output } })}')`,
  ],
});

const part = (number: number, ...fields: readonly ProtobufField[]): ProtobufField => ({ number, wireType: 'bytes', value: protobuf(fields) });
const figure = (number: number, value: number): ProtobufField => ({ number, wireType: 'varint', value: BigInt(value) });

export const databaseTools: Readonly<Record<string, DatabaseTool>> = {
  'copilot-cli': {
    file: '.copilot/session-store.db', root: '.copilot',
    rows: output => [
      'CREATE TABLE IF NOT EXISTS assistant_usage_events(id INTEGER PRIMARY KEY, session_id TEXT, model TEXT, output_tokens, created_at TEXT)',
      `INSERT INTO assistant_usage_events(session_id, output_tokens, created_at) VALUES ('s', ${output}, '2026-10-31 10:00:00')`,
    ],
  },
  'opencode': openCode('.local/share/opencode/opencode.db'),
  'kilo': openCode('.local/share/kilo/kilo.db'),
  'mimo': openCode('.local/share/mimocode/mimocode.db'),
  'goose': {
    file: '.local/share/goose/sessions/sessions.db', root: '.local',
    rows: output => [
      'CREATE TABLE IF NOT EXISTS sessions(id TEXT PRIMARY KEY, updated_at, accumulated_output_tokens)',
      `INSERT INTO sessions VALUES ('s${output}', '2026-10-31 10:00:00', ${output})`,
    ],
  },
  'zed': {
    file: '.local/share/zed/threads/threads.db', root: '.local',
    rows: output => [
      'CREATE TABLE IF NOT EXISTS threads(id TEXT PRIMARY KEY, updated_at, data_type, data)',
      `INSERT INTO threads VALUES ('t${output}', '2026-10-31T10:00:00Z', 'json', '${JSON.stringify({ request_token_usage: { m: { output_tokens: output } } })}')`,
    ],
  },
  'devin': {
    file: '.local/share/devin/cli/sessions.db', root: '.local',
    rows: output => [
      'CREATE TABLE IF NOT EXISTS message_nodes(row_id INTEGER PRIMARY KEY, node_id, chat_message, created_at)',
      `INSERT INTO message_nodes(node_id, chat_message, created_at) VALUES (1, '${JSON.stringify({ role: 'assistant', metadata: { metrics: { output_tokens: output } } })}', 1795348700)`,
    ],
  },
  'antigravity': {
    file: '.gemini/antigravity-cli/conversations/c.db', root: '.gemini',
    rows: output => [
      'CREATE TABLE IF NOT EXISTS gen_metadata(idx INTEGER PRIMARY KEY, data BLOB)',
      `INSERT INTO gen_metadata(data) VALUES (x'${Buffer.from(protobuf([part(1, part(4, figure(9, output)), part(9, part(4, figure(1, 1795348700))))])).toString('hex')}')`,
    ],
  },
  'copilot-traces': {
    file: '.config/Code/User/globalStorage/github.copilot-chat/agent-traces.db', root: '.config',
    rows: output => [
      'CREATE TABLE IF NOT EXISTS spans(span_id TEXT PRIMARY KEY, trace_id TEXT, end_time_ms, operation_name, output_tokens)',
      `INSERT INTO spans VALUES ('s${output}', 't', 1795348700000, 'chat', ${output})`,
    ],
  },
};
