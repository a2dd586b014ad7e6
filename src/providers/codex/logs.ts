/**
 * Codex's rollout logs: <home>/sessions/YYYY/MM/DD/rollout-*.jsonl and <home>/archived_sessions/; packed as .jsonl.zst after a week.
 * A `token_count` event tells the session's running totals; a response is one rise of them. Events repeat the totals with every
 * change of the rate limits. `input_tokens` has cached and cache-written tokens in it, `output_tokens` has the reasoning in it.
 */
import { specialTier } from '../../core/pricing';
import { count, isJson, type LogLine, type LogParser, type LogSink, type LogSource, numbered } from '../logSource';
import type { Machine } from '../provider';
import { noticeContext } from './context';
import { LIMIT_FIELDS, LimitsNotice } from './limits';
import { beginReplay, inReplay, isReplay, type Replay, seeTurn, spawnedFrom } from './replay';
import { type CountFields, COUNTS, fell, isNothing, isTotals, plainUsage, readTotals, rise, type Totals, totalsKey } from './totals';

const FIELDS = [
  'timestamp', 'type', 'payload.type', 'payload.cwd', 'payload.model', 'payload.turn_id', 'payload.started_at',
  'payload.id', 'payload.git.branch', 'payload.forked_from_id', 'payload.parent_thread_id', 'payload.source', 'payload.thread_source', 'payload.timestamp',
  'payload.thread_settings.service_tier', 'payload.info.model', 'payload.info.model_context_window',
  ...Object.values(COUNTS).flatMap(name => [`payload.info.total_token_usage.${name}`, `payload.info.last_token_usage.${name}`] as const),
  ...LIMIT_FIELDS.map(name => `payload.rate_limits.${name}` as const),
] as const;
const F = numbered(FIELDS);
const countFields = (of: 'total' | 'last'): CountFields => {
  const field = (name: keyof CountFields): number => F[`payload.info.${of}_token_usage.${COUNTS[name]}`];
  return { input: field('input'), cached: field('cached'), written: field('written'), output: field('output'), reasoning: field('reasoning') };
};
const [TOTAL_FIELDS, LAST_FIELDS] = [countFields('total'), countFields('last')];
const limits = new LimitsNotice(name => F[`payload.rate_limits.${name}`]);

export const codexLogs: LogSource = {
  roots: (machine, home) => codexFolders(machine, home).flatMap(folder => [`${folder}/sessions`, `${folder}/archived_sessions`]),
  formats: [{
    kind: 'lines',
    matches: path => /(^|\/)rollout-[^/]*\.jsonl$/.test(path),
    // "type":"token_count", "turn_context", "task_started", "thread_settings_applied": one search finds all four.
    markers: ['"type":"t', '"type":"session_meta"'],
    fields: FIELDS,
    parser: state => new RolloutParser(state),
  }],
};

/** `home` may be Codex's own folder or a home that holds `.codex`. Some readers take CODEX_HOME as a comma list. */
export function codexFolders({ home: userHome, env }: Machine, home: string | undefined): readonly string[] {
  if (home !== undefined) return [trimmed(home), `${trimmed(home)}/.codex`];
  const told = env['CODEX_HOME'] ?? '';
  const folders = told === '' ? [`${userHome}/.codex`] : [told, ...told.split(',')];
  return [...new Set(folders.map(folder => trimmed(folder.trim())))].filter(folder => folder !== '');
}

/** The one model of Codex's first months, when logs did not name it. Later logs do: where one does not, nothing is known. */
const FIRST_MODEL = 'gpt-5';
const NAMED_SINCE = Date.UTC(2026, 0, 1);

const trimmed = (folder: string): string => folder.replace(/[\\/]+$/, '').replace(/[\\/]sessions$/, '');

interface State extends Readonly<Record<(typeof TEXTS)[number], string | null>> {
  readonly begun: boolean;
  readonly totals: Totals | null;
  readonly replay: Replay | null;
}
const TEXTS = ['model', 'project', 'branch', 'session', 'tier'] as const;

/** By hand, as all that reads logs does without the library of schemas: loading that takes longer than most scans. */
const isState = (value: unknown): value is State => isJson(value) && typeof value['begun'] === 'boolean'
  && TEXTS.every(name => value[name] === null || typeof value[name] === 'string')
  && (value['totals'] === null || isTotals(value['totals'])) && (value['replay'] === null || isReplay(value['replay']));

class RolloutParser implements LogParser {
  /** Whether the file's own session_meta was seen; a replay may bring those of its ancestors. */
  #begun = false;
  #model: string | null = null;
  #project: string | null = null;
  #branch: string | null = null;
  #session: string | null = null;
  #tier: string | null = null;
  /** The last told running totals; null: none yet. */
  #totals: Totals | null = null;
  /** Set while the file repeats the history of the session that it was forked or spawned from. */
  #replay: Replay | null = null;

  constructor(state: unknown) {
    if (!isState(state)) return;
    ({
      begun: this.#begun, model: this.#model, project: this.#project, branch: this.#branch, session: this.#session, tier: this.#tier,
      totals: this.#totals, replay: this.#replay,
    } = state);
  }

  state(): State {
    return {
      begun: this.#begun, model: this.#model, project: this.#project, branch: this.#branch, session: this.#session, tier: this.#tier,
      totals: this.#totals, replay: this.#replay,
    };
  }

  line(line: LogLine, emit: LogSink): void {
    const type = line.text(F.type);
    if (type === 'session_meta') return this.#begin(line);
    if (type === 'turn_context') return this.#turn(line);
    if (type !== 'event_msg') return;
    const event = line.text(F['payload.type']);
    if (event === 'token_count') this.#tokens(line, emit);
    else if (event === 'task_started') this.#seeTurn(line);
    // Holds until the next settings; settings without a tier end it.
    else if (event === 'thread_settings_applied') this.#tier = specialTier(line.text(F['payload.thread_settings.service_tier']));
  }

  #begin(line: LogLine): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#project = line.text(F['payload.cwd']);
    this.#branch = line.text(F['payload.git.branch']);
    const source = line.json(F['payload.source']);
    this.#session = line.text(F['payload.parent_thread_id']) ?? spawnedFrom(source) ?? line.text(F['payload.id']);
    this.#replay = beginReplay({
      id: line.text(F['payload.id']), forkedFrom: line.text(F['payload.forked_from_id']), parent: line.text(F['payload.parent_thread_id']),
      source, threadSource: line.text(F['payload.thread_source']),
      createdAt: line.instant(F['payload.timestamp']), at: line.instant(F.timestamp),
    });
  }

  #turn(line: LogLine): void {
    this.#seeTurn(line);
    this.#model = line.text(F['payload.model']) ?? this.#model;
    this.#project = line.text(F['payload.cwd']) ?? this.#project;
  }

  #seeTurn(line: LogLine): void {
    if (this.#replay !== null) this.#replay = seeTurn(this.#replay, line.text(F['payload.turn_id']), line.json(F['payload.started_at']));
  }

  #tokens(line: LogLine, emit: LogSink): void {
    const at = line.instant(F.timestamp);
    if (at === null) return emit.damaged();
    const replayed = inReplay(this.#replay, at);
    if (replayed && this.#replay !== null) this.#replay = { ...this.#replay, lastAt: at };
    // Past a spawned thread's replay, whatever the clock does next, the thread is on its own.
    else if (this.#replay?.spawned === true && !this.#replay.byTurnId) this.#replay = null;
    if (!replayed) limits.notice(line, at, emit);
    const totals = readTotals(line, TOTAL_FIELDS);
    const last = readTotals(line, LAST_FIELDS);
    if (totals === 'damaged' || last === 'damaged') return emit.damaged();
    const used = this.#used(totals, last);
    if (used === null || isNothing(used)) return;
    if (Number.isNaN(count(used.input) + count(used.output))) return emit.damaged(); // more than a response can be
    const id = `${line.text(F.timestamp)} ${totalsKey(totals ?? used)}`;
    if (replayed) return emit.replay(id);
    if (last !== null) noticeContext(last.input, line.json(F['payload.info.model_context_window']), at, emit);
    emit.response({
      id, at, model: this.#model ?? line.text(F['payload.info.model']) ?? (at < NAMED_SINCE ? FIRST_MODEL : 'unknown'), project: this.#project, branch: this.#branch, session: this.#session,
      tier: this.#tier, costMicros: null, ...plainUsage(used),
    });
  }

  /** What this event adds: nothing where it repeats the totals. Null: it tells no figures, or is out of order. Moves the totals on. */
  #used(totals: Totals | null, last: Totals | null): Totals | null {
    if (totals === null) return last;
    const before = this.#totals;
    const fall = before === null ? 'no' : fell(totals, before, last);
    if (fall === 'stale') return null;
    this.#totals = totals;
    // Without totals before it, or after a restart of them, the event's own figures tell what is new.
    return before === null || fall === 'reset' ? (last ?? totals) : rise(totals, before);
  }
}
