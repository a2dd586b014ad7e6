import { SUMS } from './ledger';
import type { Row } from './rowKey';

/** Rows as they are written down: numbers by column, which pack well, and each text once. */
export interface PackedRows {
  readonly names: readonly string[];
  /** The columns of `KEYS`, then the sums. Texts by their place in `names` plus one, 0 for null; quarters by what they grow by. */
  readonly columns: readonly (readonly number[])[];
}

const TEXTS = ['model', 'project', 'branch', 'session', 'tier'] as const;
const KEY_WIDTH = TEXTS.length + 3;

export function packRows(rows: readonly Row[]): PackedRows {
  const places = new Map<string, number>();
  const placeOf = (text: string | null): number => {
    if (text === null) return 0;
    const place = places.get(text) ?? places.size + 1;
    places.set(text, place);
    return place;
  };
  const columns = [
    rows.map(({ quarter }, i) => quarter - (rows[i - 1]?.quarter ?? 0)),
    ...TEXTS.map(name => rows.map(row => placeOf(row[name]))),
    rows.map(({ step }) => step),
    rows.map(({ reported }) => Number(reported)),
    ...SUMS.map(name => rows.map(row => row[name])),
  ];
  return { names: [...places.keys()], columns };
}

/** Tells all rows, in their order. The columns are looked up here by hand, as this runs at each start. */
export function unpackRows({ names, columns }: PackedRows, tell: (row: Row) => void): void {
  const [quarters = [], models = [], projects = [], branches = [], sessions = [], tiers = [], steps = [], reported = []] = columns;
  const [inputs = [], cacheReads = [], cacheWrites5m = [], cacheWrites1h = [], outputs = [], reasonings = [], costs = [], requests = []] = columns.slice(KEY_WIDTH);
  let quarter = 0;
  for (let i = 0; i < quarters.length; i++) {
    quarter += quarters[i] ?? 0;
    tell({
      quarter, model: names[(models[i] ?? 0) - 1] ?? '', project: names[(projects[i] ?? 0) - 1] ?? null, branch: names[(branches[i] ?? 0) - 1] ?? null,
      session: names[(sessions[i] ?? 0) - 1] ?? null, tier: names[(tiers[i] ?? 0) - 1] ?? null, step: steps[i] ?? 0, reported: reported[i] === 1,
      input: inputs[i] ?? 0, cacheRead: cacheReads[i] ?? 0, cacheWrite5m: cacheWrites5m[i] ?? 0, cacheWrite1h: cacheWrites1h[i] ?? 0,
      output: outputs[i] ?? 0, reasoning: reasonings[i] ?? 0, cost: costs[i] ?? 0, requests: requests[i] ?? 0,
    });
  }
}
