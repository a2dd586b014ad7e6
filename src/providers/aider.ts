/**
 * Aider: token counts from its analytics log, which it writes only when told to (--analytics-log).
 * Source: local-logs facts B16, unsure there; read 2026-11-23. The file is looked for only where AIDER_ANALYTICS_LOG or the account's
 *         own choice names it. The chat history beside each project holds rounded numbers without a time: it is not read.
 * Units:  `time` in seconds since the epoch; `cost` in US dollars. Cached tokens are not told apart.
 */
import { trimmed } from './folders';
import { localTool } from './localTool';
import { type LogLine, type LogSink, type LogSource, moment, numbered } from './logSource';
import { idOf, tell } from './told';

const FIELDS = ['event', 'time', 'properties.main_model', 'properties.prompt_tokens', 'properties.completion_tokens', 'properties.cost'] as const;
const F = numbered(FIELDS);

export const aiderLogs: LogSource = {
  roots: ({ env }, home) => [trimmed(home ?? env['AIDER_ANALYTICS_LOG'] ?? '')].filter(place => place !== ''),
  enters: () => false,
  formats: [{
    kind: 'lines',
    matches: path => /^[^/]+\.(jsonl?|log)$/.test(path),
    markers: ['"message_send"'],
    fields: FIELDS,
    parser: () => ({ line: readLine, state: () => undefined }),
  }],
};

export const aider = localTool({
  id: 'aider', name: 'Aider', summary: 'Experimental: tokens and their cost, from the analytics log that Aider writes when told to',
  reads: 'Token counts, models, costs and times in the file that AIDER_ANALYTICS_LOG names, or in that of your choice', logs: aiderLogs,
});

function readLine(line: LogLine, emit: LogSink): void {
  if (line.text(F.event) !== 'message_send') return;
  const [at, model] = [moment(line.json(F.time)), line.text(F['properties.main_model'])];
  const [input, output, cost] = [line.count(F['properties.prompt_tokens']), line.count(F['properties.completion_tokens']), line.json(F['properties.cost'])];
  tell(emit, { id: idOf(at, model, input, output, typeof cost === 'number' ? cost : null), at, model, cost, tokens: { input, output } });
}
