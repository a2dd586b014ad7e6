/**
 * Grok Build: token counts from its log.
 * Source: local-logs facts B20, read 2026-11-23. Files: <home>/.grok/logs/unified.jsonl, which begins anew when it is long; what it
 *         told stays counted. The model is that of the last "model changed" of the same process.
 * Units:  `prompt_tokens` has the cached tokens in it. Whether `reasoning_tokens` lie inside `completion_tokens` is unsure: they are
 *         not added.
 */
import { toolFolders } from './folders';
import { localTool } from './localTool';
import { isJson, type LogLine, type LogParser, type LogSink, type LogSource, numbered, text } from './logSource';
import { idOf, tell, uncached } from './told';

const FIELDS = ['ts', 'pid', 'sid', 'msg', 'ctx.model', 'ctx.prompt_tokens', 'ctx.cached_prompt_tokens', 'ctx.completion_tokens', 'ctx.reasoning_tokens'] as const;
const F = numbered(FIELDS);

export const grokLogs: LogSource = {
  roots: (machine, home) => toolFolders(machine, home, { env: ['GROK_HOME'], below: ['.grok'] }).map(folder => `${folder}/logs`),
  enters: () => false,
  formats: [{
    kind: 'lines',
    matches: path => path === 'unified.jsonl',
    markers: ['shell.turn.inference_done', 'model changed'],
    fields: FIELDS,
    parser: state => new LogReader(state),
  }],
};

export const grok = localTool({
  id: 'grok', name: 'Grok Build', summary: 'Experimental: tokens and what they would cost at list prices',
  reads: 'Token counts, models and times in ~/.grok/logs/unified.jsonl', logs: grokLogs,
});

/** Processes whose model is remembered: those that changed it last. */
const MAX_PROCESSES = 100;

class LogReader implements LogParser {
  readonly #models: Map<string, string>;

  constructor(state: unknown) {
    const known = isJson(state) ? Object.entries(state) : [];
    this.#models = new Map(known.flatMap(([pid, model]) => { const name = text(model); return name === null ? [] : [[pid, name] as const]; }));
  }

  state(): unknown {
    return Object.fromEntries(this.#models);
  }

  line(line: LogLine, emit: LogSink): void {
    const told = line.json(F.pid);
    const pid = `p${typeof told === 'number' ? told : line.text(F.pid) ?? 0}`; // begins with a letter, so that an object keeps the order
    const message = line.text(F.msg);
    if (message === 'model changed') this.#change(pid, line.text(F['ctx.model']));
    if (message !== 'shell.turn.inference_done') return;
    const [at, prompt, cached] = [line.instant(F.ts), line.count(F['ctx.prompt_tokens']), line.count(F['ctx.cached_prompt_tokens'])];
    const [output, reasoning] = [line.count(F['ctx.completion_tokens']), line.count(F['ctx.reasoning_tokens'])];
    tell(emit, {
      id: idOf(line.text(F.ts), pid, prompt, cached, output), at, model: this.#models.get(pid) ?? null, session: line.text(F.sid),
      tokens: { input: uncached(prompt, cached), cacheRead: Math.min(cached, prompt), output, reasoning },
    });
  }

  #change(pid: string, model: string | null): void {
    this.#models.delete(pid);
    if (model !== null) this.#models.set(pid, model);
    for (const oldest of this.#models.keys()) {
      if (this.#models.size <= MAX_PROCESSES) break;
      this.#models.delete(oldest);
    }
  }
}
