/**
 * Usage of days long past: all buckets of a source and a UTC day in one value, half as large as their rows. Nothing is added up, so
 * that a log that is found late can still restate a single hour: its day is unpacked first.
 */
import { DAY_MS, SECOND_MS } from '../../core/time';
import type { SqlRow } from './database';
import type { Sql } from './sql';
import { VALUE_COLUMNS } from './usageRows';

/** Longer than any month, so that this month's sums find rows. */
const ROWS_DAYS = 40;
export const DAY_S = DAY_MS / SECOND_MS;
/** packed.id is source * this + day since the epoch. */
const DAYS = 1_000_000;
/** Days from 0 up to but not including it fit into an id; those of others would be another source's. */
export const END_AT = DAYS * DAY_MS;
const COLUMNS = `start_s, span_s, model, project, currency, ${VALUE_COLUMNS}`;
/** Places in a row of `eachUsage`. Whoever reads many rows takes none apart by a pattern. */
export const [START, SPAN, MODEL, PROJECT, CURRENCY, INPUT, CACHE_READ, CACHE_WRITE, OUTPUT, REASONING, REQUESTS, MICROS, UNPRICED] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;
const WIDTH = UNPRICED + 1;

/** The first day whose usage stays rows. */
const firstOfRows = (now: number): number => Math.floor(now / DAY_MS) - ROWS_DAYS;

/** Packs what is old enough. Inside the caller's transaction. */
export function packUsage(sql: Sql, now: number): void {
  const before = firstOfRows(now);
  const days = new Map<number, SqlRow[]>();
  sql.each(([source, ...row]) => {
    const id = Number(source) * DAYS + Math.floor(Number(row[0]) / DAY_S);
    const rows = days.get(id);
    if (rows === undefined) days.set(id, [row]);
    else rows.push(row);
  }, `SELECT source, ${COLUMNS} FROM usage WHERE start_s < ? ORDER BY source, start_s, span_s, model, project`, before * DAY_S);
  if (days.size === 0) return;
  for (const [id, rows] of days) sql.run('INSERT INTO packed VALUES (?, ?)', id, pack(rows, id)); // whoever writes into a packed day unpacks it first
  sql.run('DELETE FROM usage WHERE start_s < ?', before * DAY_S);
}

/** Makes rows again of what was packed too early, by a clock that was ahead. */
export function unpackRecent(sql: Sql, now: number): void {
  sql.transaction(() => {
    for (const [source] of sql.all('SELECT id FROM source')) unpackUsage(sql, Number(source), firstOfRows(now) * DAY_S, END_AT / SECOND_MS);
  });
}

/** Makes rows again of the days of a source between two seconds, for whoever asks in SQL or writes. */
export function unpackUsage(sql: Sql, source: number, fromS: number, toS: number): void {
  for (const [id, packed] of packedDays(sql, source, fromS, toS)) {
    unpack(packed as Uint8Array, Number(id), row => sql.run(`INSERT INTO usage (source, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, source, ...row));
    sql.run('DELETE FROM packed WHERE id = ?', Number(id));
  }
}

/**
 * Rows of a source that start between two seconds, packed or not, in that order: start_s, span_s, model, project, currency, then the
 * values. A row is good until the next one.
 */
export function eachUsage(sql: Sql, source: number, [fromS, toS]: readonly [number, number], take: (row: SqlRow) => void): void {
  const select = `SELECT ${COLUMNS} FROM usage WHERE source = ? AND start_s >= ? AND start_s < ? ORDER BY start_s`;
  let nextS = fromS;
  const days = packedDays(sql, source, fromS, toS);
  const first = days.length === 0 ? Infinity : Number(sql.one('SELECT min(start_s) FROM usage WHERE source = ? AND start_s >= ?', source, fromS)?.[0] ?? Infinity);
  for (const [id, packed] of days) {
    const startS = dayOfId(Number(id)) * DAY_S;
    if (first < startS) sql.each(take, select, source, nextS, startS); // a day that was unpacked
    nextS = startS + DAY_S;
    unpack(packed as Uint8Array, Number(id), row => {
      if (Number(row[START]) >= fromS && Number(row[START]) < toS) take(row);
    });
  }
  sql.each(take, select, source, nextS, toS);
}

/** The first second of a range in which a source may have usage, packed or not; null: it has none. */
export function firstUsage(sql: Sql, source: number, [fromS, toS]: readonly [number, number]): number | null {
  if (fromS >= toS) return null;
  const row = sql.one('SELECT min(start_s) FROM usage WHERE source = ? AND start_s >= ? AND start_s < ?', source, fromS, toS)?.[0];
  const packed = sql.one('SELECT min(id) FROM packed WHERE id >= ? AND id <= ?', ...idsOf(source, fromS, toS))?.[0];
  const starts = [...(typeof row === 'number' ? [row] : []), ...(typeof packed === 'number' ? [Math.max(fromS, dayOfId(packed) * DAY_S)] : [])];
  return starts.length === 0 ? null : Math.min(...starts);
}

/** How many days of a range a source has usage of. */
export function countDays(sql: Sql, source: number, [fromS, toS]: readonly [number, number]): number {
  const rows = sql.one(`SELECT count(DISTINCT start_s / ${DAY_S}) FROM usage WHERE source = ? AND start_s >= ? AND start_s < ?`, source, fromS, toS)?.[0];
  return Number(rows) + Number(sql.one('SELECT count(*) FROM packed WHERE id >= ? AND id <= ?', ...idsOf(source, fromS, toS))?.[0]);
}

/** Whether anything of a source is packed. */
export const hasPacked = (sql: Sql, source: number): boolean => sql.one('SELECT 1 FROM packed WHERE id >= ? AND id < ? LIMIT 1', source * DAYS, (source + 1) * DAYS) !== null;

/** Whether a day is packed and has rows beside that: it could never be packed or unpacked again. */
export const hasHalfPacked = (sql: Sql): boolean => sql.one(`SELECT 1 FROM usage JOIN packed ON packed.id = source * ${DAYS} + start_s / ${DAY_S} LIMIT 1`) !== null;

/** Drops days that ended before a second. @returns how many. */
export function dropPacked(sql: Sql, beforeS: number): number {
  sql.run(`DELETE FROM packed WHERE id % ${DAYS} < ?`, Math.floor(beforeS / DAY_S));
  return Number(sql.one('SELECT changes()')?.[0]);
}

export const forgetPacked = (sql: Sql, source: number): void => sql.run('DELETE FROM packed WHERE id >= ? AND id < ?', source * DAYS, (source + 1) * DAYS);

/** Those that lie at least in part between two seconds. */
const packedDays = (sql: Sql, source: number, fromS: number, toS: number): SqlRow[] =>
  sql.all('SELECT id, rows FROM packed WHERE id >= ? AND id <= ? ORDER BY id', ...idsOf(source, fromS, toS));

/** Of the first and the last of them. */
function idsOf(source: number, fromS: number, toS: number): [number, number] {
  const day = (second: number): number => Math.min(Math.max(0, Math.floor(second / DAY_S)), DAYS - 1);
  return [source * DAYS + day(fromS), source * DAYS + day(toS - 1)];
}

const dayOfId = (id: number): number => id % DAYS;

/** Numbers of changing length: 0 is NULL, 1 announces eight bytes of a fraction, and n + 2 is n. */
class Writer {
  private bytes = Buffer.allocUnsafe(512);
  private end = 0;

  number(value: unknown): void {
    this.room();
    if (typeof value !== 'number') this.bytes[this.end++] = 0;
    else if (Number.isInteger(value) && value >= 0 && value < Number.MAX_SAFE_INTEGER - 2) this.varint(value + 2);
    else {
      this.bytes[this.end++] = 1;
      this.end = this.bytes.writeDoubleLE(value, this.end);
    }
  }

  text(text: string): void {
    this.number(text.length);
    for (let i = 0; i < text.length; i++) this.number(text.charCodeAt(i));
  }

  get written(): Uint8Array {
    return this.bytes.subarray(0, this.end);
  }

  private varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.bytes[this.end++] = (rest % 128) | 128;
    this.bytes[this.end++] = rest;
  }

  private room(): void {
    if (this.end + 16 <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(this.bytes.length * 2);
    this.bytes.copy(larger);
    this.bytes = larger;
  }
}

/** Past the end everything is NULL. */
class Reader {
  at = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  number(): number | null {
    const first = this.bytes[this.at++] ?? 0;
    if (first > 1) return (first < 128 ? first : this.varint(first - 128)) - 2;
    if (first === 0) return null;
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }

  text(): string {
    let text = '';
    for (let left = this.size(); left > 0; left--) text += String.fromCharCode(this.number() ?? 0);
    return text;
  }

  /** How many of something there are: no more than bytes. */
  size(): number {
    return Math.min(this.number() ?? 0, this.bytes.length);
  }

  private varint(low: number): number {
    let value = low;
    for (let weight = 128; ; weight *= 128) {
      const byte = this.bytes[this.at++] ?? 0;
      value += (byte & 127) * weight;
      if (byte < 128) return value;
    }
  }
}

/** The day's currencies, then each row with its start from the day's and a number for its currency. */
function pack(rows: readonly SqlRow[], id: number): Uint8Array {
  const writer = new Writer();
  const currencies = [...new Set(rows.map(row => String(row[CURRENCY])))];
  const startS = dayOfId(id) * DAY_S;
  writer.number(currencies.length);
  for (const currency of currencies) writer.text(currency);
  for (const row of rows) {
    row.forEach((value, column) => writer.number(column === START ? Number(value) - startS : column === CURRENCY ? currencies.indexOf(String(value)) : value));
  }
  return writer.written;
}

function unpack(packed: Uint8Array, id: number, take: (row: SqlRow) => void): void {
  const reader = new Reader(packed);
  const currencies = Array.from({ length: reader.size() }, () => reader.text());
  const startS = dayOfId(id) * DAY_S;
  const row = new Array<number | string | null>(WIDTH);
  while (reader.at < packed.length) {
    for (let column = 0; column < WIDTH; column++) row[column] = reader.number();
    row[START] = Number(row[START]) + startS;
    row[CURRENCY] = currencies[Number(row[CURRENCY])] ?? '';
    take(row);
  }
}
