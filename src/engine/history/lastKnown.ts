/** What the database has of the last reading and failure of each account, and of alerts. */
import * as z from 'zod/mini';
import type { LastReading } from '../../core/accountView';
import { Failure } from '../../core/errors';
import { jsonOf } from '../../core/json';
import { Meter } from '../../core/reading';
import { Head } from './records';
import type { Sql } from './sql';

/** Null: never read well; the last read went well. */
export function lastKnown(sql: Sql): { account: string; reading: LastReading | null; failure: Failure | null }[] {
  return sql.all('SELECT id, account, taken_at, head, failure FROM account').map(([id, account, takenAt, headText, failureText]) => {
    const failure = failureText === null ? null : parseJson(Failure, failureText);
    const head = headText === null ? null : parseJson(Head, headText);
    if (head === null || typeof takenAt !== 'number') return { account: String(account), reading: null, failure };
    const meters = new Map(sql.all('SELECT meter, last FROM meter WHERE account = ?', Number(id)).map(([meter, last]) => [meter, parseJson(Meter, last)]));
    const { meterIds, ...rest } = head;
    return { account: String(account), failure, reading: { ...rest, activity: null, takenAt, meters: meterIds.map(meter => meters.get(meter) ?? null).filter(meter => meter !== null) } };
  });
}

/** Null: not what this version writes. */
export function parseJson<T extends z.core.$ZodType>(schema: T, text: unknown): z.output<T> | null {
  const parsed = z.safeParse(schema, jsonOf(String(text)));
  return parsed.success ? parsed.data : null;
}
