import type { Account } from '../../core/account';
import { type Client, clientFinder } from '../../core/clients';
import { dayOf } from '../../core/format';
import type { ExportChoice, HistoryLevel } from '../../core/historyTools';
import { decimalOf } from '../../core/money';
import { Meter, type UsageBucket } from '../../core/reading';
import { DAY_MS, HOUR_MS, SECOND_MS, type EpochMs } from '../../core/time';
import { parseJson } from '../history/lastKnown';
import { countDays, DAY_S, firstUsage } from '../history/packedUsage';
import { amountOf } from '../history/points';
import type { SqlRow } from '../history/database';
import type { Sql } from '../history/sql';
import { eachBucket } from '../history/usageBuckets';
import type { ExportHeader, ExportRow, MeterRow, UsageRow } from './exportForm';

/** Some milliseconds' worth. */
const PAGE = 1000;
/** A day of usage has some twenty rows. */
const STEPS_OF_DAY = 20;

type Source = ExportHeader['sources'][number];
interface Owner { readonly id: string; readonly accountName: string | null; readonly provider: string | null }

export interface ExportPage { readonly rows: readonly ExportRow[]; /** For whoever tells how far it is. */ readonly steps: number }

/** What of the history was chosen. Rows are read in pages by their keys, since the history is written to between two pages. */
export interface Selection {
  readonly accounts: ExportHeader['accounts'];
  readonly meters: ExportHeader['meters'];
  readonly sources: readonly Source[];
  /** How many steps the pages take, as it is now. */
  steps(): number;
  pages(): Generator<ExportPage>;
}

/** The grains in which the levels of meters are stored. */
const GRAINS = {
  raw: { ms: SECOND_MS, spanMs: null, select: 'at_s, NULL, NULL, ratio, amount FROM raw', key: 'at_s' },
  hourly: { ms: HOUR_MS, spanMs: HOUR_MS, select: 'hour, low, high, last, amount FROM hourly', key: 'hour' },
  daily: { ms: DAY_MS, spanMs: DAY_MS, select: 'day, low, high, last, amount FROM daily', key: 'day' },
} as const;
type MeterLevel = keyof typeof GRAINS;

export function select(sql: Sql, accounts: readonly Account[], choice: ExportChoice, zone: string, clients: readonly Client[]): Selection {
  const clientOf = clientFinder(clients);
  const names = new Map(accounts.map(account => [account.id, account]));
  const owners = new Map(sql.all('SELECT id, account FROM account ORDER BY account').map(([id, account]): [unknown, Owner] => {
    const known = names.get(String(account));
    return [id, { id: String(account), accountName: known?.alias ?? null, provider: known?.providerId ?? null }];
  }).filter(([, { id }]) => choice.accountIds?.includes(id) ?? true));
  const wanted = (level: HistoryLevel): boolean => choice.levels.includes(level);
  const levels = (Object.keys(GRAINS) as MeterLevel[]).filter(wanted);
  const meters = levels.length === 0 ? [] : sql.all('SELECT id, account, last FROM meter ORDER BY account, meter').flatMap(([id, account, last]) => {
    const owner = owners.get(account);
    const meter = parseJson(Meter, last);
    return owner === undefined || meter === null ? [] : [{ id: Number(id), owner, meter }];
  });
  const sources = !wanted('usage') ? [] : sql.all(
    'SELECT id, account, source, cost_kind, cost_provenance, token_provenance, day_zone FROM source ORDER BY account, source',
  ).flatMap(([id, account, source, costKind, costProvenance, tokenProvenance, dayZone]) => {
    const owner = owners.get(account);
    return owner === undefined ? [] : [{ id: Number(id), owner, source: { account: owner.id, source, costKind, costProvenance, tokenProvenance, dayZone } as Source }];
  });
  /** A row belongs to the range that it starts in. */
  const bounds = (grainMs: number): [number, number] => [Math.ceil((choice.fromAt ?? -1e15) / grainMs), Math.ceil((choice.toAt ?? 1e15) / grainMs)];
  return {
    accounts: [...owners.values()].map(({ id, accountName, provider }) => ({ id, alias: accountName, provider })),
    meters: meters.map(({ owner, meter }) => ({ account: owner.id, meter })),
    sources: sources.map(({ source }) => source),
    steps: () => {
      const rows = (level: MeterLevel, id: number): number => {
        const { key, ms } = GRAINS[level];
        return Number(sql.one(`SELECT count(*) FROM ${level} WHERE series = ? AND ${key} >= ? AND ${key} < ?`, id, ...bounds(ms))?.[0]);
      };
      return levels.reduce((sum, level) => sum + meters.reduce((part, { id }) => part + rows(level, id), 0), 0)
        + sources.reduce((sum, { id }) => sum + STEPS_OF_DAY * countDays(sql, id, bounds(SECOND_MS)), 0);
    },
    *pages() {
      for (const level of levels) {
        for (const { id, owner, meter } of meters) {
          for (const page of meterPages(sql, level, id, bounds(GRAINS[level].ms))) yield { rows: page.map(row => meterRow(level, owner, meter, row, zone)), steps: page.length };
        }
      }
      for (const { id, owner, source } of sources) {
        for (const { buckets, days } of usagePages(sql, id, bounds(SECOND_MS))) yield { rows: buckets.map(each => usageRow(owner, source, each, zone, clientOf)), steps: days * STEPS_OF_DAY };
      }
    },
  };
}

function* meterPages(sql: Sql, level: MeterLevel, series: number, [from, to]: [number, number]): Generator<SqlRow[]> {
  const { select: what, key } = GRAINS[level];
  for (let after = from - 1; ;) {
    const page = sql.all(`SELECT ${what} WHERE series = ? AND ${key} > ? AND ${key} < ? ORDER BY ${key} LIMIT ${PAGE}`, series, after, to);
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = Number(page.at(-1)?.[0]);
  }
}

/** Days are read whole, so that nothing need be unpacked in the tables. */
function* usagePages(sql: Sql, source: number, [from, to]: [number, number]): Generator<{ readonly buckets: readonly UsageBucket[]; readonly days: number }> {
  let buckets: UsageBucket[] = [];
  let days = 0;
  for (let first = firstUsage(sql, source, [from, to]); first !== null;) {
    const end = Math.min(to, (Math.floor(first / DAY_S) + 1) * DAY_S);
    const day: UsageBucket[] = [];
    eachBucket(sql, source, [first, end], bucket => day.push(bucket));
    buckets.push(...day.sort(byPlace));
    days++;
    for (; buckets.length >= PAGE; buckets = buckets.slice(PAGE), days = 0) yield { buckets: buckets.slice(0, PAGE), days };
    first = firstUsage(sql, source, [end, to]);
  }
  if (buckets.length > 0) yield { buckets, days };
}

/** All branches of a project follow each other: an import takes them together. */
const byPlace = (a: UsageBucket, b: UsageBucket): number => a.startAt - b.startAt || a.spanMs - b.spanMs || compare(a.model, b.model) || compare(a.project, b.project);
const compare = (a: string | null, b: string | null): number => (a === b ? 0 : a === null || (b !== null && a < b) ? -1 : 1); // one that is empty is not none

const iso = (at: EpochMs): string => new Date(at).toISOString();
const percent = (tenThousandths: unknown): number | null => (typeof tenThousandths === 'number' ? tenThousandths / 100 : null);

/** @param row key, low, high, last, amount */
function meterRow(level: MeterLevel, { id, accountName, provider }: Owner, meter: Meter, [key, low, high, last, value]: SqlRow, zone: string): MeterRow {
  const { ms, spanMs } = GRAINS[level];
  const startAt = Number(key) * ms;
  const dayZone = level === 'daily' ? 'UTC' : zone;
  const known = amountOf(meter.unit, last, value);
  const amount = known !== null && meter.unit === 'micros' ? decimalOf(known) : known;
  const saysLeft = meter.used === null && meter.left !== null;
  return {
    level, account: id, accountName, provider, start: iso(startAt), end: spanMs === null ? null : iso(startAt + spanMs), zone: dayZone, day: dayOf(startAt, dayZone),
    meter: meter.id, meterName: meter.label, unit: meter.unit === 'micros' ? 'money' : meter.unit, currency: meter.currency,
    lowPercent: percent(low), highPercent: percent(high), lastPercent: percent(last), used: saysLeft ? null : amount, left: saysLeft ? amount : null,
    provenance: meter.provenance, standing: meter.standing,
  };
}

function usageRow({ id, accountName, provider }: Owner, source: Source, bucket: UsageBucket, zone: string, clientOf: (project: string | null) => string | null): UsageRow {
  const { startAt, spanMs, model, project, branch, tokens, requests, cost, unpriced } = bucket;
  const dayZone = source.dayZone ?? zone;
  return {
    level: 'usage', account: id, accountName, provider, start: iso(startAt), end: iso(startAt + spanMs), zone: dayZone, day: dayOf(startAt, dayZone),
    source: source.source, model, project, branch, client: clientOf(project),
    inputTokens: tokens?.input ?? null, cacheReadTokens: tokens?.cacheRead ?? null, cacheWriteTokens: tokens?.cacheWrite ?? null,
    outputTokens: tokens?.output ?? null, reasoningTokens: tokens?.reasoning ?? null, tokenProvenance: source.tokenProvenance,
    requests, cost: cost === null ? null : decimalOf(cost.micros), currency: cost?.currency ?? null, costKind: source.costKind, costProvenance: source.costProvenance,
    unpriced,
  };
}
