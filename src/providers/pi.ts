/**
 * Pi and its kin (Oh My Pi, Kimchi, Senpi, Prime): token counts from their session logs.
 * Source: local-logs facts B13, read 2026-11-23. Files: <home>/.pi/agent/sessions/**.jsonl and the like; forks copy entries.
 * Units:  parts are disjoint; `cost.total` in US dollars wins over list prices. An answer is its vendor's `responseId`, wherever it stands.
 */
import { toolFolders } from './folders';
import { localTool } from './localTool';
import { isJson, type LogLine, type LogParser, type LogSink, type LogSource, moment, numbered, text } from './logSource';
import { idOf, tell } from './told';

const FIELDS = [
  'type', 'id', 'timestamp', 'cwd', 'message.role', 'message.model', 'message.responseId', 'message.timestamp',
  'message.usage.input', 'message.usage.output', 'message.usage.cacheRead', 'message.usage.cacheWrite',
  'message.usage.cost.total',
] as const;
const F = numbered(FIELDS);

export const piLogs: LogSource = {
  roots: (machine, home) => [
    ...[machine.env['PI_CODING_AGENT_SESSION_DIR'] ?? ''].filter(folder => home === undefined && folder !== ''),
    ...toolFolders(machine, home, { env: ['PI_AGENT_DIR'], below: ['.pi/agent', '.omp/agent', '.config/kimchi/harness', '.senpi/agent', '.prime/agent'] })
      .map(folder => `${folder}/sessions`),
  ],
  formats: [{
    kind: 'lines',
    matches: path => path.endsWith('.jsonl'),
    markers: ['"usage"', '"cwd"'],
    fields: FIELDS,
    parser: state => new SessionParser(state),
  }],
};

export const pi = localTool({
  id: 'pi', name: 'Pi', summary: 'Tokens and what they would cost at list prices; also of Oh My Pi, Kimchi, Senpi and Prime',
  reads: 'Token counts, models, times and folders in ~/.pi/agent/sessions and in those of its kin', logs: piLogs,
});

class SessionParser implements LogParser {
  /** Of the file's header; null: none yet. */
  #session: string | null = null;
  #project: string | null = null;

  constructor(state: unknown) {
    if (isJson(state)) [this.#session, this.#project] = [text(state['session']), text(state['project'])];
  }

  state(): unknown {
    return { session: this.#session, project: this.#project };
  }

  line(line: LogLine, emit: LogSink): void {
    const type = line.text(F.type);
    if (type === 'session') [this.#session, this.#project] = [line.text(F.id), line.text(F.cwd)];
    if (type !== 'message' || line.text(F['message.role']) !== 'assistant') return;
    const at = line.instant(F.timestamp) ?? moment(line.json(F['message.timestamp']));
    const model = line.text(F['message.model']);
    const tokens = {
      input: line.count(F['message.usage.input']), output: line.count(F['message.usage.output']),
      cacheRead: line.count(F['message.usage.cacheRead']), cacheWrite: line.count(F['message.usage.cacheWrite']),
    };
    const id = line.text(F['message.responseId']) ?? idOf(line.text(F.id), at, model, ...Object.values(tokens));
    tell(emit, { id, at, model, session: this.#session, project: this.#project, cost: line.json(F['message.usage.cost.total']), tokens });
  }
}
