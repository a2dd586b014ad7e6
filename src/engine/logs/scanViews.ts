import { type Client, clientFinder } from '../../core/clients';
import { dayOf } from '../../core/format';
import { MICROS_PER_UNIT } from '../../core/money';
import type { Projects } from '../projects';
import { type PricedRow, rounded } from './buckets';

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

/** What a row is of; null: the logs do not say. Days are of the zone that was asked for, "2026-10-31". Projects are roots of repositories. */
export type ScanLabels = Readonly<Partial<Record<ScanView, string | null>>>;
export type ScanRow = { readonly provider: string } & ScanLabels & ScanSums;

/** The labels of a row, in each view; without a view all that tell days of models in projects apart. */
const LABELS: Readonly<Record<ScanView | 'all', readonly [ScanView, ...ScanView[]]>> = {
  all: ['day', 'model', 'project'], day: ['day'], model: ['model'], project: ['project'], branch: ['project', 'branch'], session: ['session'], client: ['client'],
};
export const labelsOf = (view: ScanView | null): readonly [ScanView, ...ScanView[]] => LABELS[view ?? 'all'];

/** Rows of one tool in a fixed order; each priced row counts in one of them, whatever the view. */
export function viewRows(provider: string, rows: readonly PricedRow[], view: ScanView | null, zone: string, projects: Projects, clients: readonly Client[]): readonly ScanRow[] {
  const labels = labelsOf(view);
  const clientOf = clientFinder(clients);
  const days = new Map<number, string>();
  const day = (at: number): string => {
    const known = days.get(at) ?? dayOf(at, zone);
    days.set(at, known);
    return known;
  };
  const groups = new Map<string, { readonly labels: ScanLabels; readonly rows: PricedRow[] }>();
  for (const row of rows) {
    const all: Readonly<Record<ScanView, string | null>> = {
      day: labels.includes('day') ? day(row.at) : null, model: row.model, project: row.project === null ? null : projects.of(row.project),
      branch: row.branch, session: row.session, client: labels.includes('client') ? clientOf(row.project) : null,
    };
    const own = labels.map(label => all[label]);
    const key = JSON.stringify(own.map(name => name ?? ''));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels: Object.fromEntries(labels.map((label, i) => [label, own[i] ?? null])), rows: [row] });
    else group.rows.push(row);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => ({ provider, ...group.labels, ...sumOf(group.rows) }));
}

function sumOf(rows: readonly PricedRow[]): ScanSums {
  const sum = (part: (row: PricedRow) => number): number => rows.reduce((total, row) => total + part(row), 0);
  const priced = rows.map(({ costMicros }) => costMicros).filter(micros => micros !== null);
  return {
    input: sum(row => row.input), cacheRead: sum(row => row.cacheRead), cacheWrite: sum(row => row.cacheWrite), output: sum(row => row.output),
    reasoning: sum(row => row.reasoning), requests: rows.some(({ requests }) => requests === null) ? null : sum(row => row.requests ?? 0),
    costUsd: priced.length === 0 ? null : rounded(priced.reduce((total, micros) => total + micros, 0)) / MICROS_PER_UNIT,
  };
}
