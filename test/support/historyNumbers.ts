import type { Reading } from '../../src/core/reading';
import { HOUR_MS } from '../../src/core/time';
import type { History } from '../../src/engine/history/history';
import { eachUsage } from '../../src/engine/history/packedUsage';
import { bucket, meter, reading, report } from './readings';

/** Where a writer can be stopped to be killed: before a call, in the middle of a write, or inside a step of the database. */
export const KILL_POINTS = ['never', 'write', 'sync', 'rename', 'open', 'truncate', 'export', 'prune', 'vacuum', 'migrate'] as const;
export type KillPoint = (typeof KILL_POINTS)[number];

/** A step that the next version of the schema may have. */
export const extraMigration = 'CREATE TABLE extra (one INTEGER); ALTER TABLE usage ADD COLUMN extra INTEGER';

/** One reading for each number: its own hour of usage, with its number as the tokens. */
export function numbered(number: number): Reading {
  const at = number * HOUR_MS;
  const tokens = { input: number + 1, cacheRead: null, cacheWrite: null, output: null, reasoning: null };
  return reading(at, { meters: [meter(at, { used: number % 100 })], usage: [report([bucket(at, { tokens })])] });
}

/** How many readings are there, from the first on, each once and right. @throws when one is missing between, wrong or twice. */
export function countNumbers(history: History): number {
  const rows: [hour: number, input: unknown][] = [];
  eachUsage(history.sql, 1, [0, Infinity], row => rows.push([Number(row[0]) / 3600, row[5]])); // the old ones are packed
  rows.forEach(([hour, input], index) => {
    if (hour !== index || input !== index + 1) throw new Error(`at ${index} there is reading ${String(hour)} with ${String(input)} tokens`);
  });
  const last = history.lastReading('a')?.takenAt ?? -HOUR_MS;
  if (last !== (rows.length - 1) * HOUR_MS) throw new Error(`the last reading is of hour ${last / HOUR_MS}, the usage of hour ${rows.length - 1}`);
  return rows.length;
}
