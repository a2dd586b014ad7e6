/**
 * Tools that send their own telemetry (OpenTelemetry) to the receiver on this machine, which writes down what each response used,
 * a line each, and nothing else of it. Read like any other local logs.
 */
import { specialTier } from '../../core/pricing';
import { localTool } from '../localTool';
import { type LogLine, type LogResponse, type LogSink, type LogSource, moment, numbered } from '../logSource';
import type { Provider } from '../provider';

const FIELDS = ['id', 'at', 'model', 'session', 'tier', 'input', 'cacheRead', 'cacheWrite', 'output', 'reasoning', 'costMicros'] as const;
const F = numbered(FIELDS);

/** As `readLine` reads it; it begins with the source's marker. */
export const telemetryLine = ({ id, at, model, session, tier, input, cacheRead, cacheWrite5m, output, reasoning, costMicros }: LogResponse): string =>
  `${JSON.stringify({ id, at, model, session, tier, input, cacheRead, cacheWrite: cacheWrite5m, output, reasoning, costMicros })}\n`;

/** `home`: the folder itself, in place of that of the receiver here. */
const telemetryLogs = (id: string, more: Pick<LogSource, 'costs'>): LogSource => ({
  roots: ({ telemetryDir }, home) => (home !== undefined ? [home] : telemetryDir === undefined ? [] : [`${telemetryDir}/${id}`]),
  enters: () => false,
  formats: [{
    kind: 'lines',
    matches: path => /^\d{4}-\d\d-\d\d\.jsonl$/.test(path),
    markers: ['{"id":'],
    fields: FIELDS,
    parser: () => ({ line: readLine, state: () => undefined }),
  }],
  ...more,
});

function readLine(line: LogLine, emit: LogSink): void {
  const [id, at] = [line.text(F.id), moment(line.json(F.at))];
  const [input, cacheRead, cacheWrite5m] = [line.count(F.input), line.count(F.cacheRead), line.count(F.cacheWrite)];
  const [output, reasoning, cost] = [line.count(F.output), line.count(F.reasoning), line.json(F.costMicros)];
  if (id === null || at === null || Number.isNaN(input + cacheRead + cacheWrite5m + output + reasoning)) return emit.damaged();
  emit.response({
    id, at, model: line.text(F.model) ?? 'unknown', project: null, branch: null, session: line.text(F.session), tier: specialTier(line.text(F.tier)),
    input, cacheRead, cacheWrite5m, cacheWrite1h: 0, output, reasoning: Math.min(reasoning, output),
    costMicros: typeof cost === 'number' && cost > 0 ? line.count(F.costMicros) : null,
  });
}

const telemetry = (id: string, tool: string, yieldsTo: readonly string[], more: Pick<LogSource, 'costs'> = {}): Provider => ({
  ...localTool({
    id, name: `${tool} telemetry`, summary: more.costs === undefined ? 'Tokens and what they would cost at list prices' : 'Tokens and what they would cost, as the tool says',
    reads: `Token counts, costs, models, tiers, times and sessions that ${tool} sends to this machine's own receiver, once you have turned that on and pointed ${tool} at it`,
    logs: telemetryLogs(id, more),
  }),
  yieldsTo,
});

export const claudeTelemetry = telemetry('claude-telemetry', 'Claude Code', ['claude'], { costs: 'reported' });
export const codexTelemetry = telemetry('codex-telemetry', 'Codex', ['codex']);
export const geminiTelemetry = telemetry('gemini-telemetry', 'Gemini CLI', ['gemini']);
/** Its files tell less, but may tell of a time before. */
export const copilotTelemetry = telemetry('copilot-telemetry', 'Copilot Chat', ['copilot-chat', 'copilot-traces']);

/** All whose numbers come by the receiver. */
export const telemetryProviders: readonly Provider[] = [claudeTelemetry, codexTelemetry, geminiTelemetry, copilotTelemetry];
