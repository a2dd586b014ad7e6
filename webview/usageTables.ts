/** The numbers behind the charts and their tables: the same for both, so that they cannot differ. */
import type { CostKind } from '../src/core/reading';
import type { AccountView, UsageRow } from '../src/core/snapshot';
import { dayOf } from '../src/core/format';
import { DAY_MS } from '../src/core/time';
import type { DashboardResults } from '../src/core/protocol';

export type Usage = DashboardResults['usage'];

/** Money of one cell. `micros` null: none known, which is not zero. `unpriced`: tokens without a price are missing in it. */
export interface Cell {
  readonly micros: number | null;
  readonly unpriced: boolean;
}

export interface DaySeries {
  readonly providerId: string;
  /** One per day of the table. */
  readonly cells: readonly Cell[];
  readonly total: Cell;
}

export interface DayTable {
  readonly days: readonly string[];
  readonly series: readonly DaySeries[];
  /** Of all series: one per day, then the whole. */
  readonly totals: readonly Cell[];
  readonly total: Cell;
  /** Which providers' days follow which zone. */
  readonly zones: readonly { readonly zone: string; readonly providerIds: readonly string[] }[];
}

export interface ModelRow {
  readonly providerId: string;
  /** Null: the source does not split by model. */
  readonly model: string | null;
  readonly tokens: number | null;
  readonly requests: number | null;
  readonly cost: Cell;
}

const NOTHING: Cell = { micros: null, unpriced: false };

/** Unknown and unknown is unknown; unknown and a number is the number. */
const add = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : a + b);
const addCells = (a: Cell, b: Cell): Cell => ({ micros: add(a.micros, b.micros), unpriced: a.unpriced || b.unpriced });
const sumCells = (cells: readonly Cell[]): Cell => cells.reduce(addCells, NOTHING);

/** Currencies in which money of that kind is known, in order of appearance. */
export function currenciesOf({ rows }: Usage, kind: CostKind): readonly string[] {
  const costs = rows.filter(({ costKind }) => costKind === kind).map(({ cost }) => cost?.currency);
  return [...new Set(costs.filter(currency => currency !== undefined))];
}

/** Names of accounts whose money of that kind is known, but not by day: it is in the totals and in no chart. */
export function withoutDays(accounts: readonly AccountView[], { rows }: Usage, kind: CostKind): readonly string[] {
  const having = new Set(rows.filter(({ costKind, cost }) => costKind === kind && cost !== null).map(({ accountId }) => accountId));
  const spends = ({ today, month }: AccountView): boolean =>
    [today, month].some(figure => figure?.costKind === kind && figure.costs.some(({ micros }) => micros !== 0));
  return accounts.filter(account => spends(account) && !having.has(account.id)).map(({ alias }) => alias);
}

/** Rows of one kind of money in one currency; rows without money are in every currency's list, as their tokens count. */
export function rowsOf({ rows }: Usage, kind: CostKind, currency: string): readonly UsageRow[] {
  return rows.filter(({ costKind, cost }) => costKind === kind && (cost === null || cost.currency === currency));
}

const cellOf = ({ cost, unpriced }: UsageRow): Cell => ({ micros: cost?.micros ?? null, unpriced });

/**
 * Money by day and provider. Every row is in it, also one whose day lies outside the span asked for (its zone differs).
 * @param order provider ids in the order of display; others follow.
 */
export function dayTable(usage: Usage, kind: CostKind, currency: string, order: readonly string[]): DayTable {
  const rows = rowsOf(usage, kind, currency).filter(({ cost, unpriced }) => cost !== null || unpriced);
  const days = daySpan(usage, rows);
  const series = inOrder(rows.map(({ providerId }) => providerId), order).map(providerId => {
    const cells = new Map<string, Cell>();
    for (const row of rows) {
      if (row.providerId === providerId) cells.set(row.day, addCells(cells.get(row.day) ?? NOTHING, cellOf(row)));
    }
    return { providerId, cells: days.map(day => cells.get(day) ?? NOTHING), total: sumCells([...cells.values()]) };
  });
  return {
    days,
    series,
    totals: days.map((_, i) => sumCells(series.map(({ cells }) => cells[i] ?? NOTHING))),
    total: sumCells(series.map(({ total }) => total)),
    zones: zonesOf(rows, order),
  };
}

/** Tokens and money by model, dearest first, then by tokens. */
export function modelRows(usage: Usage, kind: CostKind, currency: string): readonly ModelRow[] {
  const models = new Map<string, ModelRow>();
  for (const row of rowsOf(usage, kind, currency)) {
    const key = JSON.stringify([row.providerId, row.model]);
    const { providerId, model } = row;
    const before = models.get(key) ?? { providerId, model, tokens: null, requests: null, cost: NOTHING };
    models.set(key, {
      ...before,
      tokens: add(before.tokens, row.tokens),
      requests: add(before.requests, row.requests),
      cost: addCells(before.cost, cellOf(row)),
    });
  }
  const rank = (value: number | null): number => value ?? -Infinity;
  const compare = (a: number, b: number): number => (a === b ? 0 : b - a);
  return [...models.values()].sort((a, b) => compare(rank(a.cost.micros), rank(b.cost.micros)) || compare(rank(a.tokens), rank(b.tokens)));
}

export const totalOf = (rows: readonly ModelRow[]): Omit<ModelRow, 'providerId' | 'model'> => ({
  tokens: rows.reduce<number | null>((sum, { tokens }) => add(sum, tokens), null),
  requests: rows.reduce<number | null>((sum, { requests }) => add(sum, requests), null),
  cost: sumCells(rows.map(({ cost }) => cost)),
});

/** The ids that occur, those of `order` first. */
export function inOrder(ids: readonly string[], order: readonly string[]): readonly string[] {
  const found = new Set(ids);
  return [...new Set([...order.filter(id => found.has(id)), ...found])];
}

function daySpan({ fromDay, toDay }: Usage, rows: readonly UsageRow[]): readonly string[] {
  const known = [fromDay, toDay, ...rows.map(({ day }) => day)].sort();
  const first = Date.parse(`${known[0]}T00:00:00Z`);
  const last = Date.parse(`${known[known.length - 1]}T00:00:00Z`);
  return Array.from({ length: Math.round((last - first) / DAY_MS) + 1 }, (_, i) => dayOf(first + i * DAY_MS, 'UTC'));
}

function zonesOf(rows: readonly UsageRow[], order: readonly string[]): DayTable['zones'] {
  return [...new Set(rows.map(({ dayZone }) => dayZone))].map(zone => ({
    zone,
    providerIds: inOrder(rows.filter(({ dayZone }) => dayZone === zone).map(({ providerId }) => providerId), order),
  }));
}
