import { isJson, type LogLine, type LogResponse } from '../logSource';

/** Running totals, or one response's figures, as Codex counts: cached and written are parts of input, reasoning of output. */
export type Totals = Readonly<Record<keyof typeof COUNTS, number>>;
export const isTotals = (value: unknown): value is Totals => isJson(value) && Object.keys(COUNTS).every(name => typeof value[name] === 'number');

/** Names of the counts, as Codex writes them. */
export const COUNTS = {
  input: 'input_tokens', cached: 'cached_input_tokens', written: 'cache_write_input_tokens', output: 'output_tokens', reasoning: 'reasoning_output_tokens',
} as const;
/** Numbers of their fields. */
export type CountFields = Readonly<Record<keyof typeof COUNTS, number>>;

/** Null: not told. */
export function readTotals(line: LogLine, { input, cached, written, output, reasoning }: CountFields): Totals | null | 'damaged' {
  if (!line.has(input) && !line.has(output) && !line.has(cached) && !line.has(written) && !line.has(reasoning)) return null;
  const totals = { input: line.count(input), cached: line.count(cached), written: line.count(written), output: line.count(output), reasoning: line.count(reasoning) };
  if (!Number.isNaN(totals.input + totals.cached + totals.written + totals.output + totals.reasoning)) return totals;
  const large = { input: largeCount(line, input), cached: largeCount(line, cached), written: largeCount(line, written), output: largeCount(line, output), reasoning: largeCount(line, reasoning) };
  return Number.isNaN(large.input + large.cached + large.written + large.output + large.reasoning) ? 'damaged' : large;
}

/** As `count`, also of what a session of months sums up to, which no response is. */
function largeCount(line: LogLine, field: number): number {
  const [told, value] = [line.count(field), line.json(field)];
  return Number.isNaN(told) && Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : told;
}

export const isNothing = ({ input, output }: Totals): boolean => input === 0 && output === 0;

/** Part of a response's id: the totals are all but unique to a session and a moment. */
export const totalsKey = ({ input, cached, output, reasoning }: Totals): string => `${input} ${cached} ${output} ${reasoning}`;

const STALE_RATIO = 0.98;

/**
 * 'reset': the totals began anew. 'stale': a snapshot from a moment ago, out of order: little is missing, or no more than about two
 * responses like its own, which is not all that it tells of.
 */
export function fell(now: Totals, before: Totals, last: Totals | null): 'no' | 'reset' | 'stale' {
  const [have, had, own] = [now, before, last].map(totals => (totals === null ? 0 : totals.input + totals.output)) as [number, number, number];
  if (have >= had) return 'no';
  return have >= STALE_RATIO * had || (have > own && have + 2 * own >= had) ? 'stale' : 'reset';
}

export const rise = (now: Totals, before: Totals): Totals => ({
  input: Math.max(0, now.input - before.input), cached: Math.max(0, now.cached - before.cached), written: Math.max(0, now.written - before.written),
  output: Math.max(0, now.output - before.output), reasoning: Math.max(0, now.reasoning - before.reasoning),
});

/** Disjoint parts. */
export function plainUsage({ input, cached, written, output, reasoning }: Totals): Pick<
  LogResponse, 'input' | 'cacheRead' | 'cacheWrite5m' | 'cacheWrite1h' | 'output' | 'reasoning'
> {
  const cacheRead = Math.min(cached, input);
  const cacheWrite5m = Math.min(written, input - cacheRead);
  return { input: input - cacheRead - cacheWrite5m, cacheRead, cacheWrite5m, cacheWrite1h: 0, output, reasoning: Math.min(reasoning, output) };
}
