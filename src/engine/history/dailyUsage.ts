import type { Account } from '../../core/account';
import { addDays, startOfDay } from '../../core/days';
import type { SourceSum } from '../../core/figure';
import { dayOf } from '../../core/format';
import type { Provenance } from '../../core/reading';
import type { UsageRow } from '../../core/snapshot';
import { DAY_MS, SECOND_MS, type EpochMs } from '../../core/time';
import { CACHE_READ, CACHE_WRITE, CURRENCY, eachUsage, INPUT, MICROS, MODEL, OUTPUT, REQUESTS, START, UNPRICED } from './packedUsage';
import type { Sql } from './sql';

/** `providerId` is left to the caller, who knows the accounts. */
export type DailyRow = Omit<UsageRow, 'providerId'>;
export interface DailyUsage { readonly fromDay: string; readonly toDay: string; readonly rows: readonly DailyRow[] }

/** The rows of the accounts that there are, with their providers; the history of those that went may still be kept. */
export function usageOf(accounts: readonly Account[], usage: DailyUsage): { fromDay: string; toDay: string; rows: UsageRow[] } {
  const providerIds = new Map(accounts.map(({ id, providerId }) => [id, providerId]));
  const rows = usage.rows.flatMap(row => {
    const providerId = providerIds.get(row.accountId);
    return providerId === undefined ? [] : [{ ...row, providerId }];
  });
  return { ...usage, rows };
}

interface Source { readonly id: number; readonly costKind: SourceSum['costKind']; readonly costProvenance: Provenance; readonly zone: string | null }
interface Sum {
  readonly model: unknown;
  readonly currency: unknown;
  readonly sum: { -readonly [K in keyof DailyRow]: K extends 'cost' ? { micros: number; currency: string } | null : DailyRow[K] };
}

/**
 * Usage by day, account and model; projects are added up. Hourly buckets fall into the days of the zone asked for; a vendor's daily
 * buckets keep the vendor's days, as `dayZone` says. Every bucket is in one day, so days add up to the range. Summing half a year
 * of 50 accounts takes a tenth of a second, so days are kept, and those that `touch` tells of are summed again.
 */
export class UsageDays {
  private readonly accounts = new Map<string, Map<string, readonly DailyRow[]>>();
  /** What was said of each account's sources when its days were summed. */
  private readonly kinds = new Map<string, string | undefined>();
  /** For what `accounts` was summed; null: nothing is. */
  private summed: { readonly fromDay: string; readonly toDay: string; readonly zone: string } | null = null;
  /** The first instant from which an account's sums are out of date. */
  private touched = new Map<string, EpochMs>();

  constructor(private readonly sql: Sql) {}

  /** Usage of an account changed from an instant on. */
  touch(account: string, from: EpochMs): void {
    this.touched.set(account, Math.min(from, this.touched.get(account) ?? Infinity));
  }

  /** Usage of all accounts changed. */
  clear(): void {
    this.summed = null;
  }

  /** The last `days` days. */
  of(days: number, zone: string, now: EpochMs): DailyUsage {
    const today = dayOf(now, zone);
    const fromDay = addDays(today, 1 - days);
    this.update(fromDay, zone, addDays(today, 1)); // a vendor's day can be ahead of ours
    const rows: DailyRow[] = [];
    let toDay = today;
    for (let day = fromDay, n = 0; n <= days; n++, day = addDays(day, 1)) {
      for (const account of this.accounts.values()) {
        for (const row of account.get(day) ?? []) rows.push(row);
      }
      if (day > toDay && rows.at(-1)?.day === day) toDay = day;
    }
    return { fromDay, toDay, rows };
  }

  private update(fromDay: string, zone: string, toDay: string): void {
    const names = new Map(this.sql.all('SELECT id, text FROM name').map(([id, text]) => [id, String(text)]));
    const sources = this.sources();
    const finder = dayFinders();
    const again = (id: number, account: string, from: string): void => {
      const known = this.accounts.get(account) ?? new Map<string, readonly DailyRow[]>();
      for (const day of known.keys()) if (day >= from) known.delete(day);
      for (const source of sources.get(id) ?? []) {
        const dayAt = finder(from, source.zone === null ? addDays(toDay, -1) : toDay, source.zone ?? zone);
        for (const [day, rows] of sumDays(this.sql, source, account, dayAt, from, source.zone ?? zone, names)) known.set(day, [...known.get(day) ?? [], ...rows]);
      }
      this.accounts.set(account, known);
    };
    const { summed } = this;
    const all = summed === null || summed.zone !== zone || fromDay < summed.fromDay || toDay < summed.toDay; // the last: the clock was set back
    const since = all || toDay === summed.toDay ? null : addDays(summed.toDay, -1);
    if (all) this.accounts.clear();
    for (const [id, account] of this.sql.all('SELECT id, account FROM account ORDER BY id') as [number, string][]) {
      const touchedAt = this.touched.get(account);
      const kinds = JSON.stringify(sources.get(id));
      const [from] = [since, touchedAt === undefined ? null : addDays(dayOf(touchedAt, 'UTC'), -1)].filter(day => day !== null).sort();
      if (all || this.kinds.get(account) !== kinds) again(id, account, all ? fromDay : summed.fromDay);
      else if (from !== undefined) again(id, account, later(summed.fromDay, from));
      this.kinds.set(account, kinds);
    }
    this.summed = { fromDay: all ? fromDay : summed.fromDay, toDay, zone };
    this.touched.clear();
  }

  /** By the id of their account. */
  private sources(): Map<number, Source[]> {
    const sources = new Map<number, Source[]>();
    for (const [id, account, costKind, costProvenance, zone] of this.sql.all('SELECT id, account, cost_kind, cost_provenance, day_zone FROM source ORDER BY id')) {
      sources.set(Number(account), [...sources.get(Number(account)) ?? [], { id, costKind, costProvenance, zone } as Source]);
    }
    return sources;
  }
}

const later = (a: string, b: string): string => (a > b ? a : b);

/** The sums of one source, day by day. */
function sumDays(
  sql: Sql, { id, costKind, costProvenance }: Source, accountId: string, dayAt: DayFinder, fromDay: string, dayZone: string, names: ReadonlyMap<unknown, string>,
): Map<string, DailyRow[]> {
  const found = new Map<string, DailyRow[]>();
  let [today, sums, rows]: [string | null, Sum[], DailyRow[]] = [null, [], []];
  // Zones lie within a day of UTC.
  eachUsage(sql, id, [(Date.parse(`${fromDay}T00:00:00Z`) - DAY_MS) / SECOND_MS, END_S], row => {
    const day = dayAt(Number(row[START]) * SECOND_MS);
    if (day === null) return;
    if (today !== day) {
      [today, sums, rows] = [day, [], []];
      found.set(day, rows);
    }
    const [model, currency, micros] = [row[MODEL], row[CURRENCY], row[MICROS]];
    let known = sums.find(each => each.model === model && each.currency === currency);
    if (known === undefined) {
      const sum: Sum['sum'] = {
        day, accountId, model: names.get(model) ?? null, project: null, tokens: null, requests: null, cost: null, costKind, costProvenance, unpriced: false, dayZone,
      };
      sums.push(known = { model, currency, sum });
      rows.push(sum);
    }
    const { sum } = known;
    for (const part of TOKENS) sum.tokens = plus(sum.tokens, row[part]);
    sum.requests = plus(sum.requests, row[REQUESTS]);
    if (typeof micros === 'number') {
      if (sum.cost === null) sum.cost = { micros, currency: String(currency) };
      else sum.cost.micros += micros;
    }
    sum.unpriced ||= row[UNPRICED] === 1;
  });
  return found;
}

/** Reasoning is inside output. */
const TOKENS = [INPUT, CACHE_READ, CACHE_WRITE, OUTPUT] as const;

/** Later than all usage. */
const END_S = 1e12;

const plus = (a: number | null, b: unknown): number | null => (typeof b === 'number' ? (a ?? 0) + b : a);

/** The day of an instant; null: before the first or after the last day. Instants come in order. */
type DayFinder = (at: EpochMs) => string | null;

/** Makes finders; what a zone's days are is worked out once. */
function dayFinders(): (fromDay: string, toDay: string, zone: string) => DayFinder {
  const known = new Map<string, { readonly days: readonly string[]; readonly starts: readonly EpochMs[] }>();
  return (fromDay, toDay, zone) => {
    const key = `${fromDay} ${toDay} ${zone}`;
    let found = known.get(key);
    if (found === undefined) {
      const days: string[] = [];
      for (let day = fromDay; day <= toDay; day = addDays(day, 1)) days.push(day);
      known.set(key, found = { days, starts: [...days, addDays(toDay, 1)].map(day => startOfDay(day, zone)) });
    }
    const { days, starts } = found;
    let index = 0;
    return at => {
      while (index < days.length && at >= (starts[index + 1] ?? Infinity)) index++;
      return index < days.length && at >= (starts[index] ?? Infinity) ? days[index] ?? null : null;
    };
  };
}
