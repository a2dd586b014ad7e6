/**
 * Copilot CLI's session store.
 * Source: local-logs facts B4.1, read 2026-11-23. File: <home>/.copilot/session-store.db, a SQLite database; one row of
 * `assistant_usage_events` for each call of a model, those of sub-agents among them.
 * Units:  `input_tokens` has what was read from the cache, and written to it, in it; `output_tokens` the reasoning. A thousand million
 * nano-AIU are an AI credit, which is a cent. Times are UTC.
 */
import { count, type DatabaseFormat, type LogRow, type LogSink, type LogTables, text, utcInstant } from '../logSource';
import { newRows } from '../newRows';
import { tell, uncached } from '../told';
import { dropFallbacks } from './fallbacks';

const EVENTS = {
  name: 'assistant_usage_events', id: 'created_at',
  columns: [
    'id', 'session_id', 'model', 'copilot_usage_model', 'input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens', 'reasoning_tokens', 'total_nano_aiu',
    'created_at',
  ],
} as const;
type Event = LogRow<(typeof EVENTS.columns)[number]>;

export const NANO_AIU_PER_DOLLAR = 1e11;

export const sessionStore: DatabaseFormat = {
  kind: 'database',
  matches: path => path === 'session-store.db',
  read: (tables, state, _, emit) => {
    const sessions = new Set<string>();
    return newRows(tables, EVENTS, state, row => {
      tellEvent(tables, row, emit);
      const session = text(row.session_id);
      if (session !== null && !sessions.has(session)) dropFallbacks(session, emit);
      sessions.add(session ?? '');
      return 'done';
    });
  },
};

function tellEvent(tables: LogTables, row: Event, emit: LogSink): void {
  const session = text(row.session_id);
  const [input, output, reasoning] = [count(row.input_tokens), count(row.output_tokens), count(row.reasoning_tokens)];
  const [cacheRead, cacheWrite] = [count(row.cache_read_tokens), count(row.cache_write_tokens)];
  const place = session === null ? null : tables.row('sessions', ['cwd', 'branch'], { column: 'id', text: session });
  tell(emit, {
    id: `${session ?? ''}:${String(row.id)}`, at: utcInstant(row.created_at), model: text(row.copilot_usage_model) ?? text(row.model), session,
    project: text(place?.cwd), branch: text(place?.branch),
    cost: typeof row.total_nano_aiu === 'number' ? row.total_nano_aiu / NANO_AIU_PER_DOLLAR : null,
    tokens: { input: uncached(input, cacheRead + cacheWrite), cacheRead, cacheWrite, output, reasoning },
  });
}
