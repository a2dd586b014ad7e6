/**
 * Copilot's desktop app. Experimental: the form is known from what others read, not from its maker.
 * Source: local-logs facts B4.3, read 2026-11-28. File: <home>/.copilot/data.db, a SQLite database; a row of `sessions` for each session,
 * written anew with each turn.
 * Units:  as of the store; totals of the session's whole life, told without the times of its parts: they count when it was created. A session
 * that the session store or an event log tells is counted by those.
 */
import { count, type DatabaseFormat, type LogRow, type LogSink, moment, text, utcInstant } from '../logSource';
import { allRows } from '../newRows';
import { tell, uncached } from '../told';
import { desktopId } from './fallbacks';
import { NANO_AIU_PER_DOLLAR } from './sessionStore';

const COLUMNS = ['id', 'model', 'total_input_tokens', 'total_output_tokens', 'total_cached_tokens', 'total_reasoning_tokens', 'total_nano_aiu', 'created_at'] as const;

export const desktopSessions: DatabaseFormat = {
  kind: 'database',
  matches: path => path === 'data.db',
  read: allRows('sessions', COLUMNS, tellSession),
};

function tellSession(row: LogRow<(typeof COLUMNS)[number]>, emit: LogSink): void {
  const session = text(row.id);
  if (session === null) return;
  const [input, cacheRead] = [count(row.total_input_tokens), count(row.total_cached_tokens)];
  tell(emit, {
    id: desktopId(session), at: utcInstant(row.created_at) ?? moment(row.created_at), model: text(row.model), session,
    cost: typeof row.total_nano_aiu === 'number' ? row.total_nano_aiu / NANO_AIU_PER_DOLLAR : null,
    tokens: { input: uncached(input, cacheRead), cacheRead, output: count(row.total_output_tokens), reasoning: count(row.total_reasoning_tokens) },
  });
}
