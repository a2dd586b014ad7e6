/**
 * Goose: token counts from its sessions.
 * Source: local-logs facts B12, read 2026-11-23. File: <data>/sessions/sessions.db, a SQLite database; a row of `sessions` is written anew
 * with each turn of its session.
 * Units:  running totals of the session, of which what is new counts at `updated_at`: all of a session that ended before the first look
 *         counts at its end. Cached tokens are not told apart. Times are UTC.
 */
import { dataFolders } from './folders';
import { localTool } from './localTool';
import { count, isJson, type LogRow, type LogSink, type LogSource, text, utcInstant } from './logSource';
import { allRows } from './newRows';
import { tellRunning } from './told';

const COLUMNS = ['id', 'accumulated_input_tokens', 'accumulated_output_tokens', 'model_config_json', 'updated_at', 'working_dir'] as const;

export const gooseLogs: LogSource = {
  roots: (machine, home) => dataFolders(machine, home, 'goose', {
    env: ['GOOSE_PATH_ROOT'], more: ['.local/share/Block/goose', 'Library/Application Support/goose', 'Library/Application Support/Block/goose'],
  }).flatMap(folder => [`${folder}/sessions`, `${folder}/data/sessions`]),
  enters: () => false,
  countsRequests: false,
  formats: [{
    kind: 'database',
    matches: path => path === 'sessions.db',
    read: allRows('sessions', COLUMNS, tellSession),
  }],
};

export const goose = localTool({
  id: 'goose', name: 'Goose', summary: 'Tokens and what they would cost at list prices, by the time a session was last seen to grow',
  reads: 'Token counts, models, times and folders in the sessions.db of ~/.local/share/goose', logs: gooseLogs,
});

function tellSession(row: LogRow<(typeof COLUMNS)[number]>, emit: LogSink): void {
  const id = text(row.id) ?? String(row.id);
  tellRunning(emit, {
    id, at: utcInstant(row.updated_at), model: modelOf(row.model_config_json), project: text(row.working_dir), session: id,
    tokens: { input: count(row.accumulated_input_tokens), output: count(row.accumulated_output_tokens) },
  });
}

function modelOf(config: unknown): string | null {
  try {
    const json: unknown = JSON.parse(typeof config === 'string' ? config : '');
    return isJson(json) ? text(json['model_name']) : null;
  } catch {
    return null;
  }
}
