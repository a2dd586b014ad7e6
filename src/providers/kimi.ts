/**
 * Kimi's command lines: token counts from their session logs.
 * Source: local-logs facts B11, read 2026-11-23, and Kimi Code's own tests for the scopes of its records.
 * Files:  kimi-cli ~/.kimi/sessions/<group>/<session>/wire.jsonl, which names no model; Kimi Code
 *         ~/.kimi-code/sessions/<folder>/<session>/agents/<agent>/wire.jsonl, whose records, of turns or of the session, add up.
 * Units:  parts are disjoint; seconds with a fraction there, milliseconds here. Of the desktop app's files no form is known.
 */
import { namesOf, toolFolders } from './folders';
import { localTool } from './localTool';
import { type LineFormat, type LogFile, type LogLine, type LogSink, type LogSource, moment, numbered } from './logSource';
import { idOf, tell } from './told';

const CLI = 'message.payload.token_usage';
const CLI_FIELDS = [
  'timestamp', 'message.type', 'message.payload.message_id', `${CLI}.input_other`, `${CLI}.output`, `${CLI}.input_cache_read`, `${CLI}.input_cache_creation`,
] as const;
const C = numbered(CLI_FIELDS);

const CODE_FIELDS = ['type', 'model', 'time', 'usage.inputOther', 'usage.output', 'usage.inputCacheRead', 'usage.inputCacheCreation'] as const;
const K = numbered(CODE_FIELDS);

/** The tool is written in Python, whose JSON has blanks: the marker is a key alone. */
const kimiCli: LineFormat = {
  kind: 'lines',
  matches: path => /^[^/]+\/[^/]+\/wire\.jsonl$/.test(path),
  markers: ['"token_usage"'],
  fields: CLI_FIELDS,
  parser: (_, file) => ({ line: (line, emit) => readStatus(line, sessionOf(file, -2), emit), state: () => undefined }),
};

const kimiCode: LineFormat = {
  kind: 'lines',
  matches: path => /^[^/]+\/[^/]+\/agents\/[^/]+\/wire\.jsonl$/.test(path),
  markers: ['"usage.record"'],
  fields: CODE_FIELDS,
  parser: (_, file) => ({ line: (line, emit) => readRecord(line, sessionOf(file, -4), emit), state: () => undefined }),
};

export const kimiLogs: LogSource = {
  roots: (machine, home) => [
    ...toolFolders(machine, home, { env: ['KIMI_DATA_DIR'], below: ['.kimi'] }),
    ...toolFolders(machine, home, { env: ['KIMI_CODE_HOME'], below: ['.kimi-code'] }),
  ].map(folder => `${folder}/sessions`),
  enters: path => /^[^/]+(\/[^/]+(\/agents(\/[^/]+)?)?)?$/.test(path),
  formats: [kimiCli, kimiCode],
};

export const kimi = localTool({
  id: 'kimi', name: 'Kimi', summary: 'Tokens and what they would cost at list prices; kimi-cli names no model, so that its have no price',
  reads: 'Token counts, models and times in ~/.kimi/sessions and ~/.kimi-code/sessions', logs: kimiLogs,
});

/** @param place of the session's folder in the path, from its end. */
const sessionOf = (file: LogFile, place: number): string | null => namesOf(file.path).at(place) ?? null;

function readStatus(line: LogLine, session: string | null, emit: LogSink): void {
  if (line.text(C['message.type']) !== 'StatusUpdate') return;
  const at = moment(line.json(C.timestamp));
  const tokens = {
    input: line.count(C['message.payload.token_usage.input_other']), cacheRead: line.count(C['message.payload.token_usage.input_cache_read']),
    cacheWrite: line.count(C['message.payload.token_usage.input_cache_creation']), output: line.count(C['message.payload.token_usage.output']),
  };
  const id = line.text(C['message.payload.message_id']) ?? idOf(at, tokens.input, tokens.cacheRead, tokens.output);
  tell(emit, { id, at, model: null, session, tokens });
}

/** A record has no id: of forks, which copy records, it is the same time, model and counts. */
function readRecord(line: LogLine, session: string | null, emit: LogSink): void {
  if (line.text(K.type) !== 'usage.record') return;
  const [at, model] = [moment(line.json(K.time)), line.text(K.model)];
  const tokens = {
    input: line.count(K['usage.inputOther']), cacheRead: line.count(K['usage.inputCacheRead']),
    cacheWrite: line.count(K['usage.inputCacheCreation']), output: line.count(K['usage.output']),
  };
  tell(emit, { id: idOf(at, model, ...Object.values(tokens)), at, model, session, tokens });
}
