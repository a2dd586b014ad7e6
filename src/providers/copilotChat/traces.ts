/**
 * The traces that Copilot Chat keeps in VS Code when `github.copilot.chat.otel.dbSpanExporter.enabled` is set: each call of a model, where
 * chat sessions tell the last one of a request. Experimental: the form is known from what others read.
 * Source: local-logs facts B4.4, read 2026-11-28. File: <user>/globalStorage/github.copilot-chat/agent-traces.db, a SQLite database of the last
 * days; a row of `spans` for each step, of which those of the operation "chat" are calls of a model, and the others sum them up.
 * Units:  `input_tokens` has the cached ones in it, `output_tokens` the reasoning. What was written to the cache is not told apart.
 */
import { editorFolders } from '../folders';
import { localTool } from '../localTool';
import { count, type LogRow, type LogSink, type LogSource, moment, text } from '../logSource';
import { newRows } from '../newRows';
import type { Provider } from '../provider';
import { idOf, tell, uncached } from '../told';

const SPANS = {
  name: 'spans', id: 'span_id',
  columns: [
    'span_id', 'trace_id', 'start_time_ms', 'end_time_ms', 'operation_name', 'conversation_id', 'chat_session_id', 'request_model', 'response_model',
    'input_tokens', 'output_tokens', 'cached_tokens', 'reasoning_tokens',
  ],
} as const;
type Span = LogRow<(typeof SPANS.columns)[number]>;

export const copilotTraceLogs: LogSource = {
  roots: (machine, home) => editorFolders(machine, home).map(user => `${user}/globalStorage/github.copilot-chat/agent-traces.db`),
  formats: [{
    kind: 'database',
    matches: path => path === 'agent-traces.db',
    read: (tables, state, _, emit) => newRows(tables, SPANS, state, row => {
      if (row.operation_name !== 'chat') return 'done';
      if (row.end_time_ms === null) return 'open';
      tellSpan(row, emit);
      return 'done';
    }),
  }],
};

/** Chat sessions tell less of a request, but of many more. */
export const copilotTraces: Provider = {
  ...localTool({
    id: 'copilot-traces', name: 'Copilot Chat traces', summary: 'Experimental: tokens of each call of a model and what they would cost at list prices',
    reads: "Token counts, models, times and sessions in Copilot Chat's agent-traces.db, which VS Code keeps when it is told to", logs: copilotTraceLogs,
  }),
  yieldsTo: ['copilot-chat'],
};

/** A span has the id that it has where it is sent to the receiver. */
function tellSpan(row: Span, emit: LogSink): void {
  const [input, cached] = [count(row.input_tokens), count(row.cached_tokens)];
  tell(emit, {
    id: idOf(text(row.trace_id), text(row.span_id)), at: moment(row.end_time_ms), model: text(row.response_model) ?? text(row.request_model),
    session: text(row.conversation_id) ?? text(row.chat_session_id),
    tokens: { input: uncached(input, cached), cacheRead: Math.min(cached, input), output: count(row.output_tokens), reasoning: count(row.reasoning_tokens) },
  });
}
