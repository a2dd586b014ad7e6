/** What the usage of a history must come to, worked out in the plainest way. */
import assert from 'node:assert/strict';
import type { UsageBucket, UsageReport } from '../../src/core/reading';

/** A bucket in one line: its key, then its values. */
export type Row = readonly [start: number, span: number, model: string | null, project: string | null, branch: string | null, currency: string, ...values: (number | null | boolean)[]];
export const rowOf = ({ startAt, spanMs, model, project, branch, cost, tokens, requests, unpriced }: UsageBucket): Row => [
  startAt, spanMs, model?.replace('\ud83d', '\ufffd') ?? null, project, branch, cost?.currency ?? '', // half a character becomes a sign for one
  tokens?.input ?? null, tokens?.cacheRead ?? null, tokens?.cacheWrite ?? null, tokens?.output ?? null, tokens?.reasoning ?? null, requests, cost?.micros ?? null, unpriced,
];
/** How many of a row's fields are its key. */
const KEY = 6;
/** Where a row has its requests. */
export const REQUESTS = 11;
const placeOf = (row: Row): string => JSON.stringify(row.slice(0, 4));

/** All usage that was told and not taken back, in the plainest way. */
export class ExpectedUsage {
  private sources = new Map<string, Map<string, Row>>();

  read(account: string, { source, covers, buckets }: UsageReport, oldest: number): void {
    const name = JSON.stringify([account, source]);
    const rows = this.sources.get(name) ?? new Map<string, Row>();
    this.sources.set(name, rows);
    const told = new Map<string, Row>();
    for (const row of buckets.filter(({ startAt }) => startAt >= oldest).map(rowOf)) {
      const key = JSON.stringify(row.slice(0, KEY));
      const other = told.get(key);
      told.set(key, other === undefined ? row : [...row.slice(0, KEY), ...row.slice(KEY).map((value, index) => sum(other[KEY + index] ?? null, value as Row[6]))] as unknown as Row);
    }
    for (const [key, [start, span, model, project]] of rows) {
      const covered = covers !== null && start >= covers.fromAt && start < covers.toAt;
      if (covered || [...told.values()].some(each => each[2] === model && each[3] === project && each[0] < start + span && start < each[0] + each[1])) rows.delete(key);
    }
    for (const [key, row] of told) rows.set(key, row);
  }

  forget(account: string): void {
    for (const name of this.sources.keys()) if ((JSON.parse(name) as string[])[0] === account) this.sources.delete(name);
  }

  /** What an import may have changed: rows of its own, and no others. @param from what was before may be dropped, and comes back with an image from before that. */
  take(name: string, found: readonly Row[], foreign: readonly Row[], from: number): void {
    const before = this.sources.get(name) ?? new Map<string, Row>();
    const after = new Map(found.map(row => [JSON.stringify(row.slice(0, KEY)), row]));
    const [theirs, places] = [new Set(foreign.map(row => JSON.stringify(row.slice(0, KEY)))), new Set(foreign.map(placeOf))];
    for (const [key, row] of after) assert.ok(row[0] < from || theirs.has(key) || before.has(key), `${key} came from nowhere`);
    for (const [key, row] of before) assert.ok(row[0] < from || after.has(key) || places.has(placeOf(row)), `${key} went`);
    this.sources.set(name, after);
  }

  /** Those of sources that have any, by account and source. @param from rows that start before it are left out. */
  since(from: number): ReadonlyMap<string, readonly Row[]> {
    return someOf(new Map([...this.sources].map(([name, rows]) => [name, [...rows.values()].filter(([start]) => start >= from)])));
  }
}

export const someOf = (sources: ReadonlyMap<string, readonly Row[]>): ReadonlyMap<string, readonly Row[]> => new Map([...sources].filter(([, rows]) => rows.length > 0));

const sum = (a: Row[6] | string, b: Row[6]): Row[6] => (typeof a === 'boolean' ? a || b === true : typeof a === 'number' && typeof b === 'number' ? a + b : a ?? b) as Row[6];

/** Fractions that were added in another order differ in the last digits. */
export function assertRows(found: readonly Row[], expected: readonly Row[], what: string): void {
  const key = (row: Row): string => JSON.stringify(row.slice(0, KEY));
  const sorted = (rows: readonly Row[]) => [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const [one, two] = [sorted(found), sorted(expected)];
  assert.deepEqual(one.map(key), two.map(key), what);
  one.forEach((row, index) => row.forEach((value, column) => {
    const other = two[index]?.[column];
    if (typeof value === 'number' && typeof other === 'number') assert.ok(isNear(value, other), `${what}: ${key(row)} has ${value}, not ${other}`);
    else assert.equal(value, other, `${what}: ${key(row)}`);
  }));
}

export const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));

/** No two spans of one model and project lie over each other: they would be counted twice. */
export function assertApart(rows: readonly Row[]): void {
  const spans = new Map<string, [number, number][]>();
  for (const [start, span, model, project] of rows) {
    const key = JSON.stringify([model, project]);
    const others = spans.get(key) ?? [];
    for (const [from, length] of others) assert.ok((from === start && length === span) || from + length <= start || start + span <= from, `${key} at ${start} is there twice`);
    spans.set(key, [...others, [start, span]]);
  }
}
