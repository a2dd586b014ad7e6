/**
 * Claude Code's session logs: <config folder>/projects/<slug>/<session>.jsonl and <session>/subagents/**.
 * One API response is written as several lines (one per content block) and copied into resumed sessions, side questions and
 * progress reports, so a response is its message.id, wherever it stands; the request id may be missing or differ in a copy.
 * `input_tokens` has no cached tokens in it; `output_tokens` has the thinking in it. Forms of versions 1.0 to 2.1, as described; checked on
 * generated lines only.
 */
import { specialTier } from '../../core/pricing';
import type { Machine } from '../provider';
import { besideLogs, coworkFolder } from './cowork';
import { noticeRefusal } from './refusals';
import { count, isJson, type Json, type LogLine, type LogResponse, type LogSink, type LogSource, numbered, text } from '../logSource';

const FIELDS = [
  'type', 'timestamp', 'uuid', 'cwd', 'gitBranch', 'sessionId', 'isApiErrorMessage', 'message.id', 'message.model',
  'message.usage.input_tokens', 'message.usage.output_tokens', 'message.usage.cache_read_input_tokens', 'message.usage.cache_creation_input_tokens',
  'message.usage.cache_creation.ephemeral_5m_input_tokens', 'message.usage.cache_creation.ephemeral_1h_input_tokens',
  'message.usage.output_tokens_details.thinking_tokens', 'message.usage.speed', 'message.usage.service_tier', 'message.usage.iterations', 'quotaLimits',
] as const;
const F = numbered(FIELDS);

/** Markers are bytes: the tool writes JSON without spaces, and quotes inside texts are escaped, so look-alikes there do not match. */
export const claudeLogs: LogSource = {
  roots: (machine, home) => [...claudeFolders(machine, home).flatMap(folder => [`${folder}/projects`, `${folder}/transcripts`]), coworkFolder(trimmed(home ?? machine.home))],
  enters: path => !besideLogs(path),
  formats: [{
    kind: 'lines',
    matches: path => path.endsWith('.jsonl') && !besideLogs(path) && !(path.endsWith('journal.jsonl') && /(^|\/)subagents\/(.*\/)?journal\.jsonl$/.test(path)),
    markers: ['"usage":{'],
    fields: FIELDS,
    parser: () => ({ line: readLine, state: () => undefined }),
  }],
};

/**
 * Folders that may be Claude Code's own, most wanted first. `home` may be that folder or a home that holds `.claude`.
 * CLAUDE_CONFIG_DIR is one folder for Claude Code itself, a comma list for some readers: both are tried.
 */
export function claudeFolders({ home: userHome, env }: Machine, home: string | undefined): readonly string[] {
  if (home !== undefined) return [trimmed(home), `${trimmed(home)}/.claude`];
  const told = env['CLAUDE_CONFIG_DIR'] ?? '';
  const xdg = env['XDG_CONFIG_HOME'] || `${userHome}/.config`;
  const folders = [told, ...told.split(','), `${xdg}/claude`, `${userHome}/.claude`];
  return [...new Set(folders.map(folder => trimmed(folder.trim())))].filter(folder => folder !== '');
}

const trimmed = (folder: string): string => folder.replace(/[\\/]+$/, '').replace(/[\\/]projects$/, '');

function readLine(line: LogLine, emit: LogSink): void {
  if (line.text(F.type) !== 'assistant') return;
  if (!line.has(F['message.usage.output_tokens']) && !line.has(F['message.usage.input_tokens'])) return; // the usage is another's
  const model = line.text(F['message.model']) ?? 'unknown';
  // Notices made on this machine, with figures that are none.
  if (model === '<synthetic>' || line.json(F.isApiErrorMessage) === true) return noticeRefusal(line.json(F.quotaLimits), line.instant(F.timestamp), emit);
  const response = toResponse(line, model);
  if (response === null) return emit.damaged();
  emit.response(response);
  for (const advice of advisors(response, line.json(F['message.usage.iterations']))) emit.response(advice);
}

/** Null when the line says no usable time or figures. */
function toResponse(line: LogLine, model: string): LogResponse | null {
  const at = line.instant(F.timestamp);
  const figures = toFigures({
    input: line.count(F['message.usage.input_tokens']),
    output: line.count(F['message.usage.output_tokens']),
    cacheRead: line.count(F['message.usage.cache_read_input_tokens']),
    cacheWrite: line.count(F['message.usage.cache_creation_input_tokens']),
    fiveMinutes: line.count(F['message.usage.cache_creation.ephemeral_5m_input_tokens']),
    oneHour: line.count(F['message.usage.cache_creation.ephemeral_1h_input_tokens']),
    thinking: line.count(F['message.usage.output_tokens_details.thinking_tokens']),
  });
  if (at === null || figures === null) return null;
  return {
    id: line.text(F['message.id']) ?? line.text(F.uuid) ?? [at, model, ...Object.values(figures)].join(' '),
    at, model, ...figures,
    project: line.text(F.cwd),
    branch: line.text(F.gitBranch),
    session: line.text(F.sessionId),
    tier: specialTier(line.text(F['message.usage.speed']) === 'fast' ? 'fast' : line.text(F['message.usage.service_tier'])),
    costMicros: null,
  };
}

type Figures = Pick<LogResponse, 'input' | 'cacheRead' | 'cacheWrite5m' | 'cacheWrite1h' | 'output' | 'reasoning'>;

/** Null when one of the counts is none. */
function toFigures({ input, output, cacheRead, cacheWrite, fiveMinutes, oneHour, thinking }: Readonly<Record<
  'input' | 'output' | 'cacheRead' | 'cacheWrite' | 'fiveMinutes' | 'oneHour' | 'thinking', number
>>): Figures | null {
  if (Number.isNaN(input + output + cacheRead + cacheWrite + fiveMinutes + oneHour + thinking)) return null;
  return {
    input, cacheRead,
    // The two lifetimes may miss the sum by a little, and old lines have the sum alone: the rest was kept five minutes.
    cacheWrite5m: Math.max(fiveMinutes, cacheWrite - oneHour),
    cacheWrite1h: oneHour,
    output,
    reasoning: Math.min(thinking, output),
  };
}

/** A second model that was asked on the way: in `iterations`, not in the totals. Ordinary iterations are in the totals. */
function advisors(response: LogResponse, iterations: unknown): readonly LogResponse[] {
  if (!Array.isArray(iterations)) return [];
  return iterations.flatMap((part: unknown, index) => {
    const figures = isJson(part) && part['type'] === 'advisor_message' ? advisorFigures(part) : null;
    if (figures === null || !isJson(part)) return [];
    return [{ ...response, ...figures, id: `${response.id}/advisor/${index}`, model: text(part['model']) ?? 'unknown' }];
  });
}

function advisorFigures(usage: Json): Figures | null {
  const split = isJson(usage['cache_creation']) ? usage['cache_creation'] : {};
  const details = isJson(usage['output_tokens_details']) ? usage['output_tokens_details'] : {};
  return toFigures({
    input: count(usage['input_tokens']), output: count(usage['output_tokens']), cacheRead: count(usage['cache_read_input_tokens']),
    cacheWrite: count(usage['cache_creation_input_tokens']), fiveMinutes: count(split['ephemeral_5m_input_tokens']),
    oneHour: count(split['ephemeral_1h_input_tokens']), thinking: count(details['thinking_tokens']),
  });
}
