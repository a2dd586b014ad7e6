import * as z from 'zod/mini';
import type { LogLine, LogResponse } from '../logSource';

/** Running totals, or one response's figures, as Codex counts: cached and written are parts of input, reasoning of output. */
export const Totals = z.object({ input: z.number(), cached: z.number(), written: z.number(), output: z.number(), reasoning: z.number() });
export type Totals = Readonly<z.infer<typeof Totals>>;

/** Names of the counts, as Codex writes them, in the order of the fields that `readTotals` is told of. */
export const COUNTS = ['input_tokens', 'cached_input_tokens', 'cache_write_input_tokens', 'output_tokens', 'reasoning_output_tokens'] as const;

/** @param fields the numbers of the fields of COUNTS. Null: not told. */
export function readTotals(line: LogLine, fields: readonly number[]): Totals | null | 'damaged' {
  if (!fields.some(field => line.has(field))) return null;
  const [input = 0, cached = 0, written = 0, output = 0, reasoning = 0] = fields.map(field => line.count(field));
  return Number.isNaN(input + cached + written + output + reasoning) ? 'damaged' : { input, cached, written, output, reasoning };
}

export const isNothing = ({ input, output }: Totals): boolean => input === 0 && output === 0;

/** Part of a response's id: the totals are all but unique to a session and a moment. */
export const totalsKey = ({ input, cached, output, reasoning }: Totals): string => `${input} ${cached} ${output} ${reasoning}`;

const STALE_RATIO = 0.98;

/** 'reset': the totals began anew. 'stale': a snapshot from a moment ago, out of order. */
export function fell(now: Totals, before: Totals): 'no' | 'reset' | 'stale' {
  const [have, had] = [now.input + now.output, before.input + before.output];
  if (have >= had) return 'no';
  return have >= STALE_RATIO * had ? 'stale' : 'reset';
}

export function rise(now: Totals, before: Totals): Totals {
  const up = (key: keyof Totals): number => Math.max(0, now[key] - before[key]);
  return { input: up('input'), cached: up('cached'), written: up('written'), output: up('output'), reasoning: up('reasoning') };
}

/** Disjoint parts. */
export function plainUsage({ input, cached, written, output, reasoning }: Totals): Pick<
  LogResponse, 'input' | 'cacheRead' | 'cacheWrite5m' | 'cacheWrite1h' | 'output' | 'reasoning'
> {
  const cacheRead = Math.min(cached, input);
  const cacheWrite5m = Math.min(written, input - cacheRead);
  return { input: input - cacheRead - cacheWrite5m, cacheRead, cacheWrite5m, cacheWrite1h: 0, output, reasoning: Math.min(reasoning, output) };
}
