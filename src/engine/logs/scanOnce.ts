import path from 'node:path';
import type { Client } from '../../core/clients';
import { ProviderError } from '../../core/errors';
import type { PriceTable } from '../../core/pricing';
import { type LogTool, logTools } from '../../providers/logTools';
import type { Machine } from '../../providers/provider';
import { Projects } from '../projects';
import { hashText } from './hash';
import { existingRoots } from './listing';
import { LogScanner } from './logScanner';
import type { ScanThreads } from './scanThreads';
import { type ScanRow, type ScanView, type Unpriced, type View, viewRows } from './scanViews';

export interface ScanOnceOptions {
  readonly machine: Machine;
  /** Folders of tools by provider id, to be read in place of all default ones; none: the default ones that exist. */
  readonly homes: ReadonlyMap<string, string>;
  /** Where to remember what was read; null: everything is read. */
  readonly stateDir: string | null;
  readonly zone: string;
  readonly prices: PriceTable;
  readonly threads: ScanThreads;
  /** Null: days of models in projects. */
  readonly view: ScanView | null;
  readonly clients: readonly Client[];
}

export interface ScanResult {
  readonly rows: readonly ScanRow[];
  /** Tokens without a known price: in `rows`, but not in their cost. */
  readonly unpriced: readonly Unpriced[];
  /** What was not counted and why, in words. */
  readonly skipped: readonly { readonly provider: string; readonly reason: string }[];
  /** Of the tools asked for by folder, those whose logs could not be read at all. */
  readonly failed: readonly string[];
}

/** Ids of the tools whose local logs can be counted. */
export const loggingTools = (): readonly string[] => logTools.map(({ id }) => id);

/** Counts local logs once, for the command line. */
export async function scanOnce(options: ScanOnceOptions): Promise<ScanResult> {
  const rows: ScanRow[] = [];
  const projects = new Projects();
  const unpriced: Unpriced[] = [];
  const skipped: { provider: string; reason: string }[] = [];
  const failed: string[] = [];
  const counted = new Set<string>();
  for (const tool of logTools) {
    const { id, yieldsTo } = tool;
    if (options.homes.size > 0 && !options.homes.has(id)) continue;
    if (yieldsTo.some(other => counted.has(other))) continue;
    const scan = await scanTool(tool, options, projects);
    if (scan === null) continue;
    if (scan instanceof ProviderError) {
      skipped.push({ provider: id, reason: scan.message });
      failed.push(id);
      continue;
    }
    if (scan.rows.length > 0) counted.add(id);
    rows.push(...scan.rows);
    unpriced.push(...scan.unpriced);
    skipped.push(...scan.notes.map(reason => ({ provider: id, reason })));
  }
  return { rows, unpriced, skipped, failed };
}

const NOTHING: View = { rows: [], unpriced: [] };

/** Null: no such logs here, and nobody asked for them by name. */
async function scanTool({ id, logs }: LogTool, options: ScanOnceOptions, projects: Projects): Promise<(View & { readonly notes: readonly string[] }) | ProviderError | null> {
  const { machine, homes, stateDir, zone, prices, threads } = options;
  const home = homes.get(id);
  const roots = existingRoots(logs, machine, home);
  if (roots.length === 0 && home === undefined) return null;
  // Folders of their own for other roots: what one of them told does not belong to another.
  const folder = stateDir === null ? null : path.join(stateDir, `${id}-${hashText(roots.join('\n')).toString(36)}`);
  const scanner = new LogScanner({
    source: logs, machine, home, stateDir: folder, zone, prices, log: () => undefined,
    help: { providerId: id, threads },
  });
  try {
    const notes = await scanner.count();
    const { counted } = scanner;
    return { ...(counted === null ? NOTHING : viewRows(id, counted, { ...options, projects })), notes };
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  } finally {
    scanner.dispose();
  }
}
