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
  const wanted: (row: PricedRow) => (string | null)[] = row => labels.map(label => {
    switch (label) {
      case 'day': return day(row.at);
      case 'project': return row.project === null ? null : projects.of(row.project);
      case 'client': return clientOf(row.project);
      default: return row[label];
    }
  });
  const groups = new Map<string, { readonly labels: readonly (string | null)[]; readonly sums: Sums }>();
  for (const row of rows) {
    const own = wanted(row);
    const key = own.join('\0');
    let group = groups.get(key);
    if (group === undefined) groups.set(key, group = { labels: own, sums: new Sums() });
    group.sums.add(row);
  }
  const keyed = [...groups.values()].map(({ labels: own, sums }) => ({ key: JSON.stringify(own.map(name => name ?? '')), own, sums })).sort((a, b) => (a.key < b.key ? -1 : 1));
  return keyed.map(({ own, sums }) => ({ provider, ...Object.fromEntries(labels.map((label, i) => [label, own[i] ?? null])), ...sums.told }));
}

class Sums {
  #input = 0;
  #cacheRead = 0;
  #cacheWrite = 0;
  #output = 0;
  #reasoning = 0;
  #requests: number | null = 0;
  /** Null: nothing was priced yet. */
  #costMicros: number | null = null;

  add({ input, cacheRead, cacheWrite, output, reasoning, requests, costMicros }: PricedRow): void {
    this.#input += input;
    this.#cacheRead += cacheRead;
    this.#cacheWrite += cacheWrite;
    this.#output += output;
    this.#reasoning += reasoning;
    this.#requests = this.#requests === null || requests === null ? null : this.#requests + requests;
    if (costMicros !== null) this.#costMicros = (this.#costMicros ?? 0) + costMicros;
  }

  get told(): ScanSums {
    return {
      input: this.#input, cacheRead: this.#cacheRead, cacheWrite: this.#cacheWrite, output: this.#output, reasoning: this.#reasoning, requests: this.#requests,
      costUsd: this.#costMicros === null ? null : rounded(this.#costMicros) / MICROS_PER_UNIT,
    };
  }
}
