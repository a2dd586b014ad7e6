/**
 * Chat sessions of VS Code: <user>/workspaceStorage/<work space>/chatSessions/<session>, and for windows without a folder elsewhere.
 * .json (older): one value, or the id of another session alone. .jsonl: `kind` 0 is a whole state, 1 sets the value at the path `k`,
 * 2 appends to the list there, which is cut at `i` before, if that is told. Of both only requests are looked at.
 */
import { namesOf } from '../folders';
import { count, type DocumentFormat, isJson, type LineFormat, type LogFile, type LogLine, type LogParser, type LogSink, numbered, text } from '../logSource';
import { type ChatRequest, keeps, requestFrom, requestWith, tellRequest } from './request';
import { workspaceFolder } from './workspace';

const PLACE = '^([^/]+/(GitHub\\.copilot-chat/)?chatSessions/)?[^/]+';
const DOCUMENT = new RegExp(`${PLACE}\\.json$`);
const DELTAS = new RegExp(`${PLACE}\\.jsonl$`);
/** Of one session; what would lie beyond is passed over. */
const MAX_REQUESTS = 4096;
/** Of a log's requests only the last ones change; older ones were told and are forgotten, as there may be thousands of logs. */
const MAX_OPEN = 8;

export const wholeSessions: DocumentFormat = {
  kind: 'document',
  matches: path => DOCUMENT.test(path),
  read: (document, _, file, emit) => {
    if (typeof document === 'string') return; // the id of another session
    if (!isJson(document)) return emit.damaged();
    const requests = listOf(document['requests']).map(requestFrom);
    for (const request of requests) tellRequest(request, text(document['sessionId']) ?? nameOf(file), workspaceFolder(file), emit);
  },
};

const FIELDS = ['kind', 'k', 'i', 'v'] as const;
const F = numbered(FIELDS);

export const deltaLogs: LineFormat = {
  kind: 'lines',
  matches: path => DELTAS.test(path),
  markers: ['"requests"'],
  fields: FIELDS,
  parser: (state, file) => new DeltaReader(state, file),
};

class DeltaReader implements LogParser {
  readonly #project: string | null;
  #session: string;
  /** By their place in the session; null: forgotten. */
  readonly #requests: (ChatRequest | null)[];

  constructor(state: unknown, file: LogFile) {
    const known = isJson(state) ? state : {};
    const open = listOf(known['open']).map(requestFrom);
    this.#project = workspaceFolder(file);
    this.#session = text(known['session']) ?? nameOf(file);
    this.#requests = [...Array.from({ length: Math.min(count(known['forgotten']) || 0, MAX_REQUESTS) }, () => null), ...open];
  }

  state(): unknown {
    const open = this.#requests.filter(request => request !== null);
    return { session: this.#session, forgotten: this.#requests.length - open.length, open };
  }

  line(line: LogLine, emit: LogSink): void {
    const kind = line.json(F.kind);
    if (kind === 0) return this.#begin(line.json(F.v), emit);
    const path = line.json(F.k);
    if (!Array.isArray(path) || path[0] !== 'requests') return;
    const [, index, ...rest] = path as readonly unknown[];
    if (kind === 1 && index === undefined) this.#replace(line.json(F.v), 0, emit);
    if (kind === 2 && index === undefined) this.#replace(line.json(F.v), this.#cutAt(line.json(F.i)), emit);
    if (kind === 1 && typeof index === 'number') this.#set(index, rest, line, emit);
  }

  #begin(state: unknown, emit: LogSink): void {
    if (!isJson(state)) return emit.damaged();
    this.#session = text(state['sessionId']) ?? this.#session;
    this.#replace(state['requests'], 0, emit);
  }

  #cutAt(told: unknown): number {
    return typeof told === 'number' && Number.isInteger(told) && told >= 0 ? Math.min(told, this.#requests.length) : this.#requests.length;
  }

  /** Puts requests in the place of all from `from` on. Those that go were counted. */
  #replace(requests: unknown, from: number, emit: LogSink): void {
    const fresh = listOf(requests).slice(0, MAX_REQUESTS - from).map(requestFrom);
    this.#requests.splice(from, Infinity, ...fresh);
    this.#requests.fill(null, 0, Math.max(0, this.#requests.length - MAX_OPEN));
    for (const request of fresh) tellRequest(request, this.#session, this.#project, emit);
  }

  #set(index: number, path: readonly unknown[], line: LogLine, emit: LogSink): void {
    const before = this.#requests[index];
    if (before == null || !keeps(path)) return; // answers, the bulk of all lines, are not even parsed
    const request = requestWith(before, path, line.json(F.v));
    this.#requests[index] = request;
    tellRequest(request, this.#session, this.#project, emit);
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value as readonly unknown[] : []);

const nameOf = (file: LogFile): string => namesOf(file.path).at(-1)?.replace(/\.jsonl?$/, '') ?? '';
