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

/** Names a response whose log gives it no id: by what copies of it share. */
export const idOf = (...parts: readonly (string | number | null)[]): string => parts.join(' ');
