/**
 * Devin CLI: token counts from its sessions. Experimental: the form is known from what others read, not from its maker.
 * Source: local-logs facts B17, read 2026-11-23. File: <data>/devin/cli/sessions.db, a SQLite database; a row of `message_nodes` for each node
 * of a tree of messages. Retries, reverts and forks copy messages into other nodes.
 * Units:  parts are taken for disjoint. `created_at` is seconds.
 */
import { dataFolders, toolFolders } from './folders';
import { localTool } from './localTool';
import { count, isJson, type LogRow, type LogSink, type LogSource, type LogTables, moment, text } from './logSource';
import { newRows } from './newRows';
import { idOf, tell } from './told';

const NODES = { name: 'message_nodes', id: 'created_at', columns: ['row_id', 'session_id', 'chat_message', 'created_at'] } as const;

export const devinLogs: LogSource = {
  roots: (machine, home) => [
    ...dataFolders(machine, home, 'devin/cli'), ...(home === undefined ? toolFolders(machine, undefined, { below: [], appData: ['devin/cli'] }) : []),
  ],
  enters: () => false,
  formats: [{
    kind: 'database',
    matches: path => path === 'sessions.db' || path === 'cli_sessions.db',
    read: (tables, state, _, emit) => newRows(tables, NODES, state, row => {
      tellNode(tables, row, emit);
      return 'done';
    }),
  }],
};

export const devin = localTool({
  id: 'devin', name: 'Devin CLI', summary: 'Experimental: tokens and what they would cost at list prices',
  reads: "Token counts, models, times and folders in the sessions.db of Devin's command line", logs: devinLogs,
});

function tellNode(tables: LogTables, row: LogRow<(typeof NODES.columns)[number]>, emit: LogSink): void {
  // Most of these tables is what was said and done: only what may have figures is looked into.
  if (typeof row.chat_message !== 'string' || !row.chat_message.includes('"metrics"')) return;
  const message = parse(row.chat_message);
  if (message === null) return emit.damaged();
  const metadata = isJson(message) && message['role'] === 'assistant' ? message['metadata'] : null;
  const metrics = isJson(metadata) ? metadata['metrics'] : null;
  if (!isJson(message) || !isJson(metadata) || !isJson(metrics)) return;
  const session = text(row.session_id);
  const known = session === null ? null : tables.row('sessions', ['working_directory', 'model'], { column: 'id', text: session });
  const routed = text(known?.model);
  tell(emit, {
    id: text(message['message_id']) ?? text(message['id']) ?? idOf(session, String(row.row_id)),
    at: moment(row.created_at), model: text(metadata['generation_model']) ?? (routed === 'adaptive' ? null : routed), session, project: text(known?.working_directory),
    tokens: {
      input: count(metrics['input_tokens']), output: count(metrics['output_tokens']),
      cacheRead: count(metrics['cache_read_tokens']), cacheWrite: count(metrics['cache_creation_tokens']),
    },
  });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return null;
  }
}
