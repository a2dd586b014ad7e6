/**
 * Zed's own agent: token counts from its threads. Agents that Zed shows but others run are not in them.
 * Source: local-logs facts B14, read 2026-11-23. File: <data>/zed/threads/threads.db, a SQLite database; a row of `threads` is written anew
 * with each change, its JSON packed by zstd.
 * Units:  parts are disjoint. A request has no time of its own: it counts when its thread was written, so that all of a thread which
 *         ended before the first look counts at its end.
 */
import { dataFolders, trimmed } from './folders';
import { localTool } from './localTool';
import { count, isJson, type Json, type LogSink, type LogSource, type LogTables, moment, text } from './logSource';
import type { Machine } from './provider';
import { idOf, tell, tellRunning, type ToldTokens } from './told';

const MAX_THREAD_BYTES = 64 * 1024 * 1024;

/** Threads that were not written since `since` are known. A pass over all goes on behind `after`; `newest` is the last time in it so far. */
interface State { readonly since: number; readonly after: number | null; readonly newest: number }
const isState = (value: unknown): value is State =>
  isJson(value) && typeof value['since'] === 'number' && (value['after'] === null || typeof value['after'] === 'number') && typeof value['newest'] === 'number';

export const zedLogs: LogSource = {
  roots: (machine, home) => zedFolders(machine, home).map(folder => `${folder}/threads`),
  enters: () => false,
  formats: [{
    kind: 'database',
    matches: path => path === 'threads.db',
    read: (tables, state, _, emit) => {
      let { since, after, newest }: State = isState(state) ? state : { since: 0, after: null, newest: 0 };
      const rest = tables.rows('threads', ['id', 'updated_at'], after, (row, rowid) => {
        after = rowid;
        const at = moment(row.updated_at);
        if (at !== null && at < since) return;
        newest = Math.max(newest, at ?? 0);
        const thread = threadAt(tables, rowid);
        if (thread === null) emit.damaged();
        else tellThread(thread, text(row.id) ?? String(rowid), at, emit);
      });
      if (rest === 'all') [since, after, newest] = [Math.max(since, newest), null, 0];
      return { since, after, newest } satisfies State;
    },
  }],
};

export const zed = localTool({
  id: 'zed', name: 'Zed', summary: "Tokens of Zed's own agent and what they would cost at list prices, by the time a thread was last seen to grow",
  reads: "Token counts, models and times in Zed's threads.db", logs: zedLogs,
});

function zedFolders(machine: Machine, home: string | undefined): readonly string[] {
  const local = home === undefined ? trimmed(machine.env['LOCALAPPDATA'] ?? '') : '';
  return [...(local === '' ? [] : [`${local}/Zed`]), ...dataFolders(machine, home, 'zed', { more: ['Library/Application Support/Zed', 'AppData/Local/Zed'] })];
}

function threadAt(tables: LogTables, rowid: number): Json | null {
  const row = tables.row('threads', ['data_type', 'data'], rowid);
  const packed = row?.data_type === 'zstd' && row.data instanceof Uint8Array;
  const json = packed && row.data instanceof Uint8Array ? tables.unpack(row.data, MAX_THREAD_BYTES) : row?.data;
  try {
    const thread: unknown = JSON.parse(json instanceof Uint8Array ? new TextDecoder().decode(json) : String(json ?? ''));
    return isJson(thread) ? thread : null;
  } catch {
    return null;
  }
}

function tellThread(thread: Json, id: string, at: number | null, emit: LogSink): void {
  const model = isJson(thread['model']) ? text(thread['model']['model']) : null;
  const requests = isJson(thread['request_token_usage']) ? Object.entries(thread['request_token_usage']) : [];
  for (const [request, usage] of requests) if (isJson(usage)) tell(emit, { id: idOf(id, request), at, model, session: id, tokens: tokensOf(usage) });
  const total = thread['cumulative_token_usage'];
  // Of a thread that told requests the total has those, too: also once an edit of its first message took all of them away.
  if (requests.length > 0) emit.replay(id);
  else if (isJson(total)) tellRunning(emit, { id, at, model, session: id, tokens: tokensOf(total) });
}

const tokensOf = (usage: Json): ToldTokens => ({
  input: count(usage['input_tokens']), output: count(usage['output_tokens']),
  cacheRead: count(usage['cache_read_input_tokens']), cacheWrite: count(usage['cache_creation_input_tokens']),
});
