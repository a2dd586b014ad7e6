/** What the snapshot and the charts ask of the database. Read only. */
import type { Span } from '../../core/days';
import type { SourceSum } from '../../core/figure';
import { MoneySum } from '../../core/money';
import type { CostKind, Provenance } from '../../core/reading';
import type { Sparkline } from '../../core/snapshot';
import { HOUR_MS, SECOND_MS, type EpochMs } from '../../core/time';
import type { SqlRow } from './database';
import { hasPacked } from './packedUsage';
import type { Sql } from './sql';
import { numberOr, TOKENS_SQL } from './usageRows';

/** The zone whose days a source of this account follows; null: any zone will do. */
export function dayZoneOf(sql: Sql, account: string): string | null {
  const row = sql.one('SELECT day_zone FROM source WHERE account = (SELECT id FROM account WHERE account = ?) AND day_zone IS NOT NULL LIMIT 1', account);
  return (row?.[0] ?? null) as string | null;
}

/** One sum per source of the account. A bucket belongs to the span that it starts in. @param takenAt of the last good reading. */
export const sumsOf = (sql: Sql, account: string, span: Span, takenAt: EpochMs | null): SourceSum[] => sumsOfSpans(sql, account, [span], takenAt)[0] ?? [];

/** The same for several spans, which may overlap. Rows are read once, one by one: a month of logs has thousands. */
export function sumsOfSpans(sql: Sql, account: string, spans: readonly Span[], takenAt: EpochMs | null): SourceSum[][] {
  const sources = sql.all('SELECT id, cost_kind, cost_provenance, token_provenance FROM source WHERE account = (SELECT id FROM account WHERE account = ?)', account);
  const seconds = spans.map(({ fromAt, toAt }) => [Math.floor(fromAt / SECOND_MS), Math.floor(toAt / SECOND_MS)] as const);
  const [first, end] = [Math.min(...seconds.map(([from]) => from)), Math.max(...seconds.map(([, to]) => to))];
  const bySource = sources.map(([id, costKind, costProvenance, tokenProvenance]): SourceSum[] => {
    const sums = seconds.map(([from, to]) => new RowSum(from, to));
    sql.each(
      row => { for (const sum of sums) sum.add(row); },
      'SELECT start_s, model, currency, unpriced, requests, micros, input, cache_read, cache_write, output FROM usage WHERE source = ? AND start_s >= ? AND start_s < ?',
      Number(id), first, end,
    );
    return sums.map((sum, index) => ({
      ...sum.total(sql), costKind: costKind as CostKind, costProvenance: costProvenance as Provenance, tokenProvenance: tokenProvenance as Provenance,
      current: takenAt !== null && takenAt >= (spans[index]?.fromAt ?? Infinity),
    }));
  });
  return spans.map((_, index) => bySource.flatMap(sums => sums[index] ?? []));
}

const START = 0, MODEL = 1, CURRENCY = 2, UNPRICED = 3, REQUESTS = 4, MICROS = 5, FIRST_TOKENS = 6;

/** What rows that start between two seconds add up to. */
class RowSum {
  private readonly costs = new MoneySum();
  /** Tokens by model. */
  private readonly unpriced = new Map<number, number>();
  private tokens: number | null = null;
  private requests: number | null = null;

  constructor(private readonly fromS: number, private readonly toS: number) {}

  add(row: SqlRow): void {
    const start = Number(row[START]);
    if (start < this.fromS || start >= this.toS) return;
    if (typeof row[REQUESTS] === 'number') this.requests = (this.requests ?? 0) + row[REQUESTS];
    const currency = String(row[CURRENCY]);
    if (currency !== '') this.costs.add(Number(row[MICROS]), currency);
    let tokens: number | null = null;
    for (let column = FIRST_TOKENS; column < row.length; column++) {
      const part = row[column];
      if (typeof part === 'number') tokens = (tokens ?? 0) + part;
    }
    if (tokens !== null) this.tokens = (this.tokens ?? 0) + tokens;
    if (row[UNPRICED] === 1) this.unpriced.set(Number(row[MODEL]), (this.unpriced.get(Number(row[MODEL])) ?? 0) + (tokens ?? 0));
  }

  total(sql: Sql): Pick<SourceSum, 'costs' | 'tokens' | 'requests' | 'unpriced'> {
    return {
      costs: this.costs.totals, tokens: this.tokens, requests: this.requests,
      unpriced: [...this.unpriced].map(([model, count]) => ({ model: String(sql.one('SELECT text FROM name WHERE id = ?', model)?.[0] ?? 'unknown model'), tokens: count })),
    };
  }
}

const POINTS = 24;

/** The last 24 hours of a meter's share used. Hours in which nobody looked are gaps. Null: nothing known. */
export function ratioSparkline(sql: Sql, account: string, meter: { id: string; label: string }, now: EpochMs): Sparkline | null {
  const first = Math.floor(now / HOUR_MS) - POINTS + 1;
  const rows = sql.all(
    `SELECT hour, last FROM hourly WHERE hour >= ? AND hour < ? AND series =
       (SELECT id FROM meter WHERE meter = ? AND account = (SELECT id FROM account WHERE account = ?))`,
    first, first + POINTS, meter.id, account,
  );
  const values = new Map(rows.map(([hour, last]) => [Number(hour), last === null ? null : Number(last) / 10_000]));
  return sparkline(`${meter.label}, used %`, 'ratio', first, values);
}

/**
 * Tokens, or else money, of each of the last 24 hours. Logs and reports leave out hours without use: between two that they tell
 * nothing was used. Null: no source of the account tells hours, or nothing is known.
 */
export function usageSparkline(sql: Sql, account: string, now: EpochMs): Sparkline | null {
  const first = Math.floor(now / HOUR_MS) - POINTS + 1;
  const hourly = 'FROM usage WHERE span_s <= 3600 AND source IN (SELECT id FROM source WHERE account = (SELECT id FROM account WHERE account = ?))';
  const rows = sql.all(
    `SELECT start_s / 3600, sum(${TOKENS_SQL}), sum(micros), min(nullif(currency, '')), max(currency) ${hourly} AND start_s >= ? AND start_s < ? GROUP BY 1`,
    account, first * 3600, (first + POINTS) * 3600,
  );
  const earlier = sql.one(`SELECT 1 ${hourly} AND start_s < ? LIMIT 1`, account, first * 3600) !== null
    || sql.all('SELECT id FROM source WHERE day_zone IS NULL AND account = (SELECT id FROM account WHERE account = ?)', account).some(([id]) => hasPacked(sql, Number(id)));
  const line = (label: string, unit: 'tokens' | 'micros', column: number): Sparkline | null =>
    sparkline(label, unit, first, withIdleHours(new Map(rows.map(row => [Number(row[0]), numberOr(row[column])])), earlier ? first : null));
  const byTokens = line('tokens per hour', 'tokens', 1);
  const currencies = new Set(rows.flatMap(([, , , first, last]) => (first === null ? [] : [first, last])));
  return byTokens !== null || currencies.size > 1 ? byTokens : line('cost per hour', 'micros', 2);
}

/** @param from the hour from which on all use is known; null: from the first that is told. */
function withIdleHours(values: ReadonlyMap<number, number | null>, from: number | null): ReadonlyMap<number, number | null> {
  const told = [...values].filter(([, value]) => value !== null).map(([hour]) => hour);
  const filled = new Map(values);
  for (let hour = from ?? Math.min(...told); hour < Math.max(...told); hour++) if (!filled.has(hour)) filled.set(hour, 0);
  return filled;
}

function sparkline(label: string, unit: Sparkline['unit'], first: number, values: ReadonlyMap<number, number | null>): Sparkline | null {
  const points = Array.from({ length: POINTS }, (_, index) => values.get(first + index) ?? null);
  return points.every(point => point === null) ? null : { label, unit, startAt: first * HOUR_MS, stepMs: HOUR_MS, values: points };
}
