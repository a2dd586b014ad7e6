/** From what a log tells of a response to what is counted of it. */
import type { EpochMs } from '../core/time';
import { dollarMicros, type LogResponse, type LogSink } from './logSource';

/** Disjoint parts, but for `reasoning`, which is inside `output`. NaN: what was told is no count. */
export interface ToldTokens {
  readonly input: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly output: number;
  readonly reasoning?: number;
}

export interface Told {
  readonly id: string;
  /** Null: no time is told, or none that can be. */
  readonly at: EpochMs | null;
  /** Null: not told. */
  readonly model: string | null;
  readonly project?: string | null;
  readonly branch?: string | null;
  readonly session?: string | null;
  /** As of LogResponse. */
  readonly tier?: string | null;
  /** What the log says that it cost, in US dollars, not yet checked; 0 for tokens that were used is "not known". */
  readonly cost?: unknown;
  readonly tokens: ToldTokens;
}

/** Hands on a response. Without a token it is none; without a time, or with counts that are none, it is damaged. */
export function tell(emit: LogSink, told: Told): void {
  const response = toResponse(told);
  if (response === 'damaged') emit.damaged();
  else if (response !== null) emit.response(response);
}

/** As `tell`, of all that a session has used so far. */
export function tellRunning(emit: LogSink, told: Told): void {
  const response = toResponse(told);
  if (response === 'damaged') emit.damaged();
  else if (response !== null) emit.running(response);
}

function toResponse({ id, at, model, project = null, branch = null, session = null, tier = null, cost, tokens }: Told): LogResponse | 'damaged' | null {
  const { input, cacheRead = 0, cacheWrite = 0, output, reasoning = 0 } = tokens;
  const total = input + cacheRead + cacheWrite + output;
  if (total === 0) return null;
  if (at === null || Number.isNaN(total + reasoning)) return 'damaged';
  return {
    id, at, model: model ?? 'unknown', project, branch, session, tier,
    input, cacheRead, cacheWrite5m: cacheWrite, cacheWrite1h: 0, output, reasoning: Math.min(reasoning, output),
    costMicros: dollarMicros(cost) || null,
  };
}

/** The part of a prompt that no cache had, where the tool counts all of it. */
export const uncached = (prompt: number, cached: number): number => Math.max(0, prompt - cached);

/** A prompt without its cached part, of tools of which it is not certain that they count that in it: where it can lie in it. */
export const withoutCached = (prompt: number, cached: number): number => (cached <= prompt ? prompt - cached : prompt);

/**
 * The whole output of tools that count reasoning in it or beside it: beside, unless what they tell as the total has no room for it.
 * @param others all other parts of the total. @param total 0: not told.
 */
export const outputIn = ({ output, reasoning, others, total }: { readonly output: number; readonly reasoning: number; readonly others: number; readonly total: number }): number =>
  (total > 0 && total <= others + output ? output : output + reasoning);

/** Names a response whose log gives it no id: by what copies of it share. */
export const idOf = (...parts: readonly (string | number | null)[]): string => parts.join(' ');
