import path from 'node:path';
import { ProviderError } from '../../core/errors';
import { dayOf } from '../../core/format';
import { MICROS_PER_UNIT } from '../../core/money';
import type { PriceTable } from '../../core/pricing';
import { totalTokens, type UsageBucket } from '../../core/reading';
import { providers } from '../../providers';
import type { Machine, Provider } from '../../providers/provider';
import { hashText } from './hash';
import { existingRoots } from './listing';
import { LogScanner } from './logScanner';
import type { ScanThreads } from './scanThreads';

export interface ScanOnceOptions {
  readonly machine: Machine;
  /** Folders of tools by provider id, to be read in place of all default ones; none: the default ones that exist. */
  readonly homes: ReadonlyMap<string, string>;
  /** Where to remember what was read; null: everything is read. */
  readonly stateDir: string | null;
  readonly zone: string;
  readonly prices: PriceTable;
  readonly threads: ScanThreads;
}

/** A day of a model in a project. Tokens are disjoint, but for `reasoning`, which is inside `output`. */
export interface ScanRow {
  readonly provider: string;
  /** "2026-10-31", in the zone that was asked for. */
  readonly day: string;
  readonly model: string;
  readonly project: string | null;
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
  readonly requests: number;
  /** At list prices; null: no price is known. What is unpriced of it is listed apart. */
  readonly costUsd: number | null;
}

export interface ScanResult {
  readonly rows: readonly ScanRow[];
  /** Tokens without a known price: in `rows`, but not in their cost. */
  readonly unpriced: readonly { readonly provider: string; readonly model: string; readonly tokens: number }[];
  /** What was not counted and why, in words. */
  readonly skipped: readonly { readonly provider: string; readonly reason: string }[];
  /** Of the tools asked for by folder, those whose logs could not be read at all. */
  readonly failed: readonly string[];
}

/** Ids of the tools whose local logs can be counted. */
export const loggingTools = (): readonly string[] => providers.filter(({ logs }) => logs !== undefined).map(({ info }) => info.id);

/** Counts local logs once, for the command line. */
export async function scanOnce(options: ScanOnceOptions): Promise<ScanResult> {
  const rows: ScanRow[] = [];
  const unpriced = new Map<string, { provider: string; model: string; tokens: number }>();
  const skipped: { provider: string; reason: string }[] = [];
  const failed: string[] = [];
  for (const provider of providers) {
    const { id } = provider.info;
    if (options.homes.size > 0 && !options.homes.has(id)) continue;
    const scan = await scanTool(provider, options);
    if (scan === null) continue;
    if (scan instanceof ProviderError) {
      skipped.push({ provider: id, reason: scan.message });
      failed.push(id);
      continue;
    }
    rows.push(...toRows(id, scan.buckets, options.zone));
    for (const { model, tokens } of scan.buckets.filter(bucket => bucket.unpriced)) {
      const name = model ?? 'unknown';
      const before = unpriced.get(`${id} ${name}`)?.tokens ?? 0;
      unpriced.set(`${id} ${name}`, { provider: id, model: name, tokens: before + ((tokens && totalTokens(tokens)) ?? 0) });
    }
    skipped.push(...scan.notes.map(reason => ({ provider: id, reason })));
  }
  return { rows, unpriced: [...unpriced.values()], skipped, failed };
}

/** Null: no such logs here, and nobody asked for them by name. */
async function scanTool({ info, logs }: Provider, { machine, homes, stateDir, zone, prices, threads }: ScanOnceOptions): Promise<
  { readonly buckets: readonly UsageBucket[]; readonly notes: readonly string[] } | ProviderError | null
> {
  if (logs === undefined) return null;
  const home = homes.get(info.id);
  const roots = await existingRoots(logs, machine, home);
  if (roots.length === 0 && home === undefined) return null;
  // Folders of their own for other roots: what one of them told does not belong to another.
  const folder = stateDir === null ? null : path.join(stateDir, `${info.id}-${hashText(roots.join('\n')).toString(36)}`);
  const scanner = new LogScanner({
    source: logs, machine, home, stateDir: folder, zone, prices, log: () => undefined,
    help: { providerId: info.id, threads },
  });
  try {
    const { report, notes } = await scanner.scan();
    return { buckets: report.buckets.filter(({ requests }) => requests !== 0), notes };
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  } finally {
    scanner.dispose();
  }
}

function toRows(provider: string, buckets: readonly UsageBucket[], zone: string): readonly ScanRow[] {
  const groups = new Map<string, { day: string; model: string; project: string | null; buckets: UsageBucket[] }>();
  for (const bucket of buckets) {
    const [day, model, project] = [dayOf(bucket.startAt, zone), bucket.model ?? 'unknown', bucket.project];
    const key = JSON.stringify([day, model, project ?? '']);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { day, model, project, buckets: [bucket] });
    else group.buckets.push(bucket);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { day, model, project, buckets: same }]) => {
    const sum = (part: 'input' | 'cacheRead' | 'cacheWrite' | 'output' | 'reasoning'): number => same.reduce((total, { tokens }) => total + (tokens?.[part] ?? 0), 0);
    const costs = same.map(({ cost }) => cost).filter(cost => cost !== null);
    return {
      provider, day, model, project,
      input: sum('input'), cacheRead: sum('cacheRead'), cacheWrite: sum('cacheWrite'), output: sum('output'), reasoning: sum('reasoning'),
      requests: same.reduce((total, { requests }) => total + (requests ?? 0), 0),
      costUsd: costs.length === 0 ? null : costs.reduce((total, { micros }) => total + micros, 0) / MICROS_PER_UNIT,
    };
  });
}
