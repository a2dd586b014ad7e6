/** Puts a record of the journal into the database. Inside the caller's transaction. */
import { usedRatio } from '../../core/levels';
import type { Meter, UsageBucket } from '../../core/reading';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../core/time';
import type { SqlRow } from './database';
import { dropPacked, forgetPacked, packUsage, unpackUsage } from './packedUsage';
import { keptAmount } from './points';
import type { HistoryRecord, ImportRecord, OutcomeRecord, UsageChange } from './records';
import type { Sql } from './sql';
import { startSeconds, VALUE_COLUMNS, valuesOf } from './usageRows';

export function applyRecord(sql: Sql, record: HistoryRecord): void {
  const account = idOf(sql, record.account);
  switch (record.kind) {
    case 'outcome': return applyOutcome(sql, account, record);
    case 'failure': return sql.run('UPDATE account SET failure = ? WHERE id = ?', JSON.stringify(record.failure), account);
    case 'alert': return sql.run('INSERT OR REPLACE INTO alert VALUES (?, ?, ?)', account, record.meter, JSON.stringify(record.state));
    case 'import': return applyImport(sql, account, record);
    case 'forget': return forget(sql, account);
  }
}

function idOf(sql: Sql, account: string): number {
  const id = (): SqlRow | null => sql.one('SELECT id FROM account WHERE account = ?', account);
  const known = id();
  if (known !== null) return Number(known[0]);
  sql.run('INSERT INTO account (account) VALUES (?)', account);
  return Number(id()?.[0]);
}

function applyOutcome(sql: Sql, account: number, { takenAt, head, meters, usage }: OutcomeRecord): void {
  sql.run('UPDATE account SET taken_at = ?, failure = NULL, head = coalesce(?, head) WHERE id = ?', takenAt, head === null ? null : JSON.stringify(head), account);
  for (const meter of meters) applyMeter(sql, account, meter);
  for (const change of usage) applyUsage(sql, account, change);
}

/** Values count for the time at which they were true, not for that at which they were read. */
function applyMeter(sql: Sql, account: number, meter: Meter): void {
  const series = Number(sql.one('INSERT INTO meter (account, meter, last) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET last = ?3 RETURNING id', account, meter.id, JSON.stringify(meter))?.[0]);
  const share = usedRatio(meter);
  const ratio = share === null ? null : Math.round(share * 10_000);
  const amount = keptAmount(meter.unit, ratio, meter.used ?? meter.left);
  if (ratio === null && amount === null) return;
  const atS = Math.floor(meter.trueAt / SECOND_MS);
  const last = sql.one('SELECT ratio, amount FROM raw WHERE series = ? AND at_s <= ? ORDER BY at_s DESC LIMIT 1', series, atS); // later ones are of a clock that was ahead
  if (last === null || last[0] !== ratio || last[1] !== amount) sql.run('INSERT OR REPLACE INTO raw VALUES (?, ?, ?, ?)', series, atS, ratio, amount);
  for (const [table, unit, span] of [['hourly', 'hour', HOUR_MS], ['daily', 'day', DAY_MS]] as const) {
    sql.run(
      `INSERT INTO ${table} (series, ${unit}, low, high, last, amount) VALUES (?1, ?2, ?3, ?3, ?3, ?4) ON CONFLICT DO UPDATE SET
         low = coalesce(min(low, ?3), low, ?3), high = coalesce(max(high, ?3), high, ?3), last = ?3, amount = ?4`,
      series, Math.floor(meter.trueAt / span), ratio, amount,
    );
  }
}

function applyUsage(sql: Sql, account: number, change: UsageChange): void {
  sql.run(
    `INSERT INTO source (account, source, cost_kind, cost_provenance, token_provenance, day_zone) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
     ON CONFLICT DO UPDATE SET cost_kind = ?3, cost_provenance = ?4, token_provenance = ?5, day_zone = ?6`,
    account, change.source, change.costKind, change.costProvenance, change.tokenProvenance, change.dayZone,
  );
  const source = Number(sql.one('SELECT id FROM source WHERE account = ? AND source = ?', account, change.source)?.[0]);
  const names = new Map<string | null, number>([[null, 0]]);
  const key = (bucket: UsageBucket) => [
    source, startSeconds(bucket), Math.round(bucket.spanMs / SECOND_MS), nameId(sql, names, bucket.model), placeId(sql, names, bucket),
    bucket.cost?.currency ?? '',
  ];
  const starts = [...change.drop, ...change.set].map(startSeconds);
  unpackUsage(sql, source, starts.reduce((a, b) => Math.min(a, b), Infinity), starts.reduce((a, b) => Math.max(a, b), -Infinity) + 1);
  for (const bucket of change.drop) {
    sql.run('DELETE FROM usage WHERE source = ? AND start_s = ? AND span_s = ? AND model = ? AND project = ? AND currency = ?', ...key(bucket));
  }
  for (const bucket of change.set) {
    sql.run(
      `INSERT OR REPLACE INTO usage (source, start_s, span_s, model, project, currency, ${VALUE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...key(bucket), ...valuesOf(bucket),
    );
  }
}

function applyImport(sql: Sql, account: number, { meters, points, usage }: ImportRecord): void {
  for (const meter of meters) sql.run('INSERT OR IGNORE INTO meter (account, meter, last) VALUES (?, ?, ?)', account, meter.id, JSON.stringify(meter));
  for (const { meter, level, rows } of points) {
    const series = Number(sql.one('SELECT id FROM meter WHERE account = ? AND meter = ?', account, meter)?.[0]);
    for (const [key, low, high, last, amount] of rows) {
      if (level === 'raw') sql.run('INSERT OR REPLACE INTO raw VALUES (?, ?, ?, ?)', series, key, last, amount);
      else sql.run(`INSERT OR REPLACE INTO ${level} VALUES (?, ?, ?, ?, ?, ?)`, series, key, low, high, last, amount);
    }
  }
  for (const change of usage) applyUsage(sql, account, change);
}

function nameId(sql: Sql, names: Map<string | null, number>, text: string | null): number {
  const known = names.get(text);
  if (known !== undefined) return known;
  sql.run('INSERT OR IGNORE INTO name (text) VALUES (?)', text);
  const id = Number(sql.one('SELECT id FROM name WHERE text = ?', text)?.[0]);
  names.set(text, id);
  return id;
}

/** What stands in `usage.project`. */
function placeId(sql: Sql, names: Map<string | null, number>, { project, branch }: UsageBucket): number {
  const name = nameId(sql, names, project);
  if (branch === null) return name;
  const key = [name, nameId(sql, names, branch)];
  sql.run('INSERT OR IGNORE INTO place (id, project, branch) VALUES ((SELECT coalesce(min(id), 0) - 1 FROM place), ?, ?)', ...key);
  return Number(sql.one('SELECT id FROM place WHERE project = ? AND branch = ?', ...key)?.[0]);
}

function forget(sql: Sql, account: number): void {
  for (const table of ['raw', 'hourly', 'daily']) sql.run(`DELETE FROM ${table} WHERE series IN (SELECT id FROM meter WHERE account = ?)`, account);
  for (const [source] of sql.all('SELECT id FROM source WHERE account = ?', account)) {
    sql.run('DELETE FROM usage WHERE source = ?', Number(source));
    forgetPacked(sql, Number(source));
  }
  for (const table of ['meter', 'source', 'alert']) sql.run(`DELETE FROM ${table} WHERE account = ?`, account);
  sql.run('DELETE FROM account WHERE id = ?', account);
}

/** When the month that is now, in any zone, began in any. */
function monthBegan(now: number): number {
  const at = new Date(now - 12 * HOUR_MS);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth()) - 14 * HOUR_MS;
}

/**
 * The first second, hour and day that are kept. Raw values are kept 48 h, hours 30 days, days and usage for the retention (null: for
 * ever), but no usage of this month goes while its sum is shown.
 */
export const oldestKept = (now: number, retentionDays: number | null) => ({
  raw: Math.floor((now - 48 * HOUR_MS) / SECOND_MS),
  hourly: Math.floor((now - 30 * DAY_MS) / HOUR_MS),
  daily: retentionDays === null ? -Infinity : Math.floor(now / DAY_MS) - retentionDays,
  usage: retentionDays === null ? -Infinity : Math.floor(Math.min(now - retentionDays * DAY_MS, monthBegan(now)) / SECOND_MS),
});

/**
 * Drops what is past its time. Usage stays hourly for the whole retention, for the sake of exact numbers: a log that is found late, or
 * read anew after its neighbours were deleted, restates single hours of a day, which no sum of the day could be corrected by; and
 * hours fit the days of every zone. What is old is packed.
 * @returns whether usage was dropped.
 */
export function prune(sql: Sql, now: number, retentionDays: number | null): boolean {
  const oldest = oldestKept(now, retentionDays);
  sql.run('DELETE FROM raw WHERE at_s < ?', oldest.raw);
  sql.run('DELETE FROM hourly WHERE hour < ?', oldest.hourly);
  sql.run('DELETE FROM daily WHERE day < ?', oldest.daily);
  sql.run('DELETE FROM usage WHERE start_s < ?', oldest.usage);
  const dropped = Number(sql.one('SELECT changes()')?.[0]) + dropPacked(sql, oldest.usage);
  packUsage(sql, now);
  return dropped !== 0;
}
