/**
 * Copilot CLI's event logs, for sessions from before it had the session store.
 * Source: local-logs facts B4.2, read 2026-11-28. Files: <home>/.copilot/session-state/<session>/events.jsonl, before that <session>.jsonl.
 * Units:  as of the store. A shutdown tells running totals by model, of all runs of its session together; a usage event, which few versions
 * write down, one call. A run that was killed tells no more than those. How many requests a run made is not told: it counts as one for
 * each model.
 */
import { namesOf } from '../folders';
import { count, isJson, type Json, type LineFormat, type LogFile, type LogLine, type LogParser, type LogSink, numbered } from '../logSource';
import { tell, uncached } from '../told';
import { desktopId, MAX_RUNS, runId } from './fallbacks';
import { NANO_AIU_PER_DOLLAR } from './sessionStore';

const FIELDS = [
  'type', 'timestamp', 'data.sessionId', 'data.context.cwd', 'data.context.branch', 'data.modelMetrics', 'data.totalNanoAiu',
  'data.model', 'data.inputTokens', 'data.outputTokens', 'data.cacheReadTokens', 'data.cacheWriteTokens', 'data.reasoningTokens', 'data.copilotUsage.totalNanoAiu',
] as const;
const F = numbered(FIELDS);

export const eventLog: LineFormat = {
  kind: 'lines',
  matches: path => /^([^/]+\/events|[^/]+)\.jsonl$/.test(path),
  markers: ['"session.start"', '"session.shutdown"', '"assistant.usage"'],
  fields: FIELDS,
  parser: (state, file) => new EventReader(state, file),
};

const PARTS = ['input', 'output', 'cacheRead', 'cacheWrite', 'reasoning', 'nanoAiu'] as const;
type Figures = Readonly<Record<(typeof PARTS)[number], number>>;
const NOTHING: Figures = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0, nanoAiu: 0 };

interface Run { readonly number: number; readonly model: string; used: Figures }
interface State {
  session: string;
  project: string | null;
  branch: string | null;
  /** By model, what was used up to the last shutdown. */
  before: readonly (readonly [model: string, used: Figures])[];
  /** Since then. */
  running: Run[];
  /** How many runs have been begun. */
  runs: number;
  /** Of ended runs, what counts under the last number. */
  carried: Figures;
  /** The cost of all ended runs together. */
  nanoAiu: number;
}

const isFigures = (value: unknown): boolean => isJson(value) && PARTS.every(part => typeof value[part] === 'number');
const isRun = (value: unknown): boolean => isJson(value) && typeof value['number'] === 'number' && typeof value['model'] === 'string' && isFigures(value['used']);
const isState = (value: unknown): value is State => isJson(value) && typeof value['session'] === 'string'
  && (['project', 'branch'] as const).every(name => value[name] === null || typeof value[name] === 'string')
  && Array.isArray(value['before']) && value['before'].every((of: unknown) => Array.isArray(of) && typeof of[0] === 'string' && isFigures(of[1]))
  && Array.isArray(value['running']) && value['running'].every(isRun) && isFigures(value['carried'])
  && typeof value['runs'] === 'number' && typeof value['nanoAiu'] === 'number';

class EventReader implements LogParser {
  readonly #state: State;

  constructor(state: unknown, file: LogFile) {
    this.#state = isState(state) ? structuredClone(state) : {
      session: sessionOf(file), project: null, branch: null, before: [], running: [], runs: 0, carried: NOTHING, nanoAiu: 0,
    };
  }

  state(): unknown {
    return structuredClone(this.#state);
  }

  line(line: LogLine, emit: LogSink): void {
    const type = line.text(F.type);
    if (type === 'session.start') this.#begin(line);
    else if (type === 'assistant.usage') this.#use(line, emit);
    else if (type === 'session.shutdown') this.#end(line, emit);
  }

  #begin(line: LogLine): void {
    const state = this.#state;
    state.session = line.text(F['data.sessionId']) ?? state.session;
    [state.project, state.branch] = [line.text(F['data.context.cwd']) ?? state.project, line.text(F['data.context.branch']) ?? state.branch];
  }

  #use(line: LogLine, emit: LogSink): void {
    const model = line.text(F['data.model']);
    if (model === null) return;
    const used: Figures = {
      input: line.count(F['data.inputTokens']), output: line.count(F['data.outputTokens']), cacheRead: line.count(F['data.cacheReadTokens']),
      cacheWrite: line.count(F['data.cacheWriteTokens']), reasoning: line.count(F['data.reasoningTokens']), nanoAiu: nanoOf(line.json(F['data.copilotUsage.totalNanoAiu'])),
    };
    if (isDamaged(used)) return emit.damaged();
    const run = this.#runOf(model);
    run.used = plus(run.used, used);
    this.#tell(run, line, emit);
  }

  #end(line: LogLine, emit: LogSink): void {
    const metrics = line.json(F['data.modelMetrics']);
    if (!isJson(metrics)) return;
    const [state, before] = [this.#state, new Map(this.#state.before)];
    for (const [model, told] of Object.entries(metrics)) {
      const total = isJson(told) && isJson(told['usage']) ? figuresOf(told['usage']) : NOTHING;
      if (isDamaged(total)) return emit.damaged();
      const known = before.get(model) ?? NOTHING;
      if (PARTS.every(part => total[part] <= known[part])) continue;
      const run = this.#runOf(model);
      run.used = each(part => Math.max(run.used[part], total[part] - known[part]));
    }
    // Of several models nobody knows which had what share of the cost.
    const [run, ...others] = state.running;
    const nanoAiu = Math.max(state.nanoAiu, nanoOf(line.json(F['data.totalNanoAiu'])));
    if (run !== undefined && others.length === 0) run.used = { ...run.used, nanoAiu: Math.max(run.used.nanoAiu, nanoAiu - state.nanoAiu) };
    for (const each of state.running) this.#tell(each, line, emit);
    for (const { model, used } of state.running) before.set(model, plus(before.get(model) ?? NOTHING, used));
    [state.before, state.carried, state.nanoAiu, state.running] = [[...before], this.#last, nanoAiu, []];
  }

  /** What counts under the last number. */
  get #last(): Figures {
    const { carried, running } = this.#state;
    return running.filter(({ number }) => number === MAX_RUNS - 1).map(({ used }) => used).reduce(plus, carried);
  }

  #runOf(model: string): Run {
    const { running, runs } = this.#state;
    const known = running.find(run => run.model === model);
    if (known !== undefined) return known;
    const run = { number: Math.min(runs, MAX_RUNS - 1), model, used: NOTHING };
    this.#state.runs++;
    running.push(run);
    return run;
  }

  #tell({ number, model, used }: Run, line: LogLine, emit: LogSink): void {
    const { session, project, branch } = this.#state;
    const { input, output, cacheRead, cacheWrite, reasoning, nanoAiu } = number < MAX_RUNS - 1 ? used : this.#last;
    tell(emit, {
      id: runId(session, number), at: line.instant(F.timestamp), model, project, branch, session, cost: nanoAiu / NANO_AIU_PER_DOLLAR,
      tokens: { input: uncached(input, cacheRead + cacheWrite), output, cacheRead, cacheWrite, reasoning },
    });
    emit.replay(desktopId(session));
  }
}

const each = (of: (part: (typeof PARTS)[number]) => number): Figures => Object.fromEntries(PARTS.map(part => [part, of(part)])) as Figures;

const plus = (a: Figures, b: Figures): Figures => each(part => a[part] + b[part]);

const figuresOf = (usage: Json): Figures => ({
  input: count(usage['inputTokens']), output: count(usage['outputTokens']), cacheRead: count(usage['cacheReadTokens']),
  cacheWrite: count(usage['cacheWriteTokens']), reasoning: count(usage['reasoningTokens']), nanoAiu: 0,
});

const isDamaged = (figures: Figures): boolean => PARTS.some(part => Number.isNaN(figures[part]));

/** May be greater than any count of tokens; 0: not told. */
const nanoOf = (value: unknown): number => (typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : 0);

function sessionOf(file: LogFile): string {
  const [folder, name] = namesOf(file.path).slice(-2);
  return (name === 'events.jsonl' ? folder : name?.replace(/\.jsonl$/, '')) ?? '';
}
