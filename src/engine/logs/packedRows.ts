import { SUMS } from './ledger';
import type { Row, RowKey } from './rowKey';

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

export function* unpackRows({ names, columns }: PackedRows): Generator<{ readonly key: RowKey; readonly sums: readonly number[] }> {
  const at = (column: number, row: number): number => columns[column]?.[row] ?? 0;
  const text = (column: number, row: number): string | null => names[at(column, row) - 1] ?? null;
  let quarter = 0;
  for (let row = 0; row < (columns[0]?.length ?? 0); row++) {
    quarter += at(0, row);
    const [model, project, branch, session, tier] = TEXTS.map((_, i) => text(i + 1, row));
    yield {
      key: {
        quarter, model: model ?? '', project: project ?? null, branch: branch ?? null, session: session ?? null, tier: tier ?? null,
        step: at(TEXTS.length + 1, row), reported: at(TEXTS.length + 2, row) === 1,
      },
      sums: SUMS.map((_, i) => at(KEY_WIDTH + i, row)),
    };
  }
}
