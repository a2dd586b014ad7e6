import { type Client, clientFinder } from '../../core/clients';
import { dayOf } from '../../core/format';
import { MICROS_PER_UNIT } from '../../core/money';
import type { PriceTable } from '../../core/pricing';
import { QUARTER_MS } from '../../core/time';
import type { Projects } from '../projects';
import { modelLabel, rounded } from './buckets';
import { BRANCH, CACHE_READ, CACHE_WRITE_1H, CACHE_WRITE_5M, COST, INPUT, MODEL, OUTPUT, PROJECT, REASONING, REQUESTS, SESSION, SUMS, TIER } from './rowColumns';
import type { RowTable } from './rowTable';
import { Groups, type Labelled } from './scanGroups';
import { QUARTERS_PER_DAY, Rates } from './scanRates';

const PROMPT = [INPUT, CACHE_READ, CACHE_WRITE_5M, CACHE_WRITE_1H];

/** What usage can be split by. */
export const SCAN_VIEWS = ['day', 'model', 'project', 'branch', 'session', 'client'] as const;
export type ScanView = (typeof SCAN_VIEWS)[number];

/** Sums. Tokens are disjoint, but for `reasoning`, which is inside `output`. */
export interface ScanSums {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
  /** Null: the logs of this tool do not tell. */
  readonly requests: number | null;
  /** As reported, else at list prices; null: no price is known. What is unpriced of it is listed apart. */
  readonly costUsd: number | null;
}

/** What a row is of; null: the logs do not say; undefined: it is not of one of these. Days are of the zone that was asked for, "2026-10-31". Projects are roots of repositories. */
export type ScanLabels = Readonly<Record<ScanView, string | null | undefined>>;
export type ScanRow = { readonly provider: string } & ScanLabels & ScanSums;

/** The labels of a row, in each view; without a view all that tell days of models in projects apart. */
const LABELS: Readonly<Record<ScanView | 'all', readonly [ScanView, ...ScanView[]]>> = {
  all: ['day', 'model', 'project'], day: ['day'], model: ['model'], project: ['project'], branch: ['project', 'branch'], session: ['session'], client: ['client'],
};
export const labelsOf = (view: ScanView | null): readonly [ScanView, ...ScanView[]] => LABELS[view ?? 'all'];

/** What a scanner counted, to be looked at from many sides. */
export interface Counted {
  readonly table: RowTable;
  readonly prices: PriceTable;
  /** False: its logs do not tell how many requests there were. */
  readonly countsRequests: boolean;
}

export interface Unpriced { readonly provider: string; readonly model: string; readonly tokens: number }
export interface View { readonly rows: readonly ScanRow[]; /** What is in `rows`, but not in their cost. */ readonly unpriced: readonly Unpriced[] }

export interface ViewOptions { readonly view: ScanView | null; readonly zone: string; readonly projects: Projects; readonly clients: readonly Client[] }

/**
 * Rows of one tool in a fixed order; what is counted counts in one of them, whatever the view. Each start of the command line goes
 * through all that was ever counted, before any of this code could become fast: so nothing is made for a row, and rows that follow each
 * other and differ in nothing but their quarter of an hour, as most do, are looked up together.
 */
export function viewRows(provider: string, { table, prices, countsRequests }: Counted, options: ViewOptions): View {
  const labels = labelsOf(options.view);
  const quarters = options.zone === 'UTC' ? QUARTERS_PER_DAY : 1; // of which all lie in one day
  const groups = new Groups(labels.map(label => labelled(label, table, quarters, options)), table.length);
  const rates = new Rates(table, prices);
  const unpriced = new Map<string, number>();
  const sums = new Float64Array(SUMS.length);
  for (let row = 0, end; row < table.length; row = end) {
    end = table.endOfRun(row, quarters);
    table.addUp(row, end, sums);
    if (sums[REQUESTS] === 0) continue;
    const cost = table.reported(row) ? sums[COST] ?? 0 : rates.costOf(row, sums);
    groups.add(row, sums, cost);
    if (cost !== null) continue;
    const model = modelLabel(table.key(row));
    unpriced.set(model, PROMPT.reduce((tokens, part) => tokens + (sums[part] ?? 0), (unpriced.get(model) ?? 0) + (sums[OUTPUT] ?? 0)));
  }
  const [day, model, project, branch, session, client] = SCAN_VIEWS.map(label => labels.indexOf(label));
  const rows = groups.inOrder((name, sum, cost): ScanRow => ({
    provider, day: name(day), model: name(model), project: name(project), branch: name(branch), session: name(session), client: name(client),
    input: sum(INPUT), cacheRead: sum(CACHE_READ), cacheWrite: sum(CACHE_WRITE_5M) + sum(CACHE_WRITE_1H), output: sum(OUTPUT), reasoning: sum(REASONING),
    requests: countsRequests ? sum(REQUESTS) : null, costUsd: cost === null ? null : rounded(cost) / MICROS_PER_UNIT,
  }));
  return { rows, unpriced: [...unpriced].map(([name, tokens]) => ({ provider, model: name, tokens })) };
}

/** @param quarters how many from an even one on lie in one day. */
function labelled(label: ScanView, table: RowTable, quarters: number, { zone, projects, clients }: ViewOptions): Labelled {
  const text = (place: number, name = (told: string | null) => told): Labelled => ({ mark: row => table.textPlace(row, place), name: row => name(table.text(table.textPlace(row, place))) });
  switch (label) {
    case 'day': return { mark: row => Math.floor(table.quarter(row) / quarters), name: row => dayOf(table.quarter(row) * QUARTER_MS, zone) };
    case 'model': return { mark: row => table.textPlace(row, MODEL) * table.textCount + table.textPlace(row, TIER), name: row => modelLabel(table.key(row)) };
    case 'project': return text(PROJECT, folder => (folder === null ? null : projects.of(folder)));
    case 'client': return text(PROJECT, clientFinder(clients));
    case 'branch': return text(BRANCH);
    case 'session': return text(SESSION);
  }
}
