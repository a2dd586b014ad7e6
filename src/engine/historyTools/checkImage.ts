import * as z from 'zod/mini';
import { AccountId } from '../../core/account';
import { Currency } from '../../core/money';
import { CostKind, Provenance, Zone } from '../../core/reading';
import { SECOND_MS } from '../../core/time';
import { verifyImage } from '../history/image';
import { emptySql, migrate, migrations, schemaOf, versionOf } from '../history/migrations';
import { CURRENCY, eachUsage, END_AT, hasHalfPacked, SPAN, START } from '../history/packedUsage';
import type { OpenSql, Sql } from '../history/sql';
import type { Task } from './tasks';

const MAX_NUMBER = 1e18;
/** More records than there will ever be, and each number of them exact. */
const MAX_SEQ = 2 ** 50;
/** Bytes of the header that are 2 where a log of writes lies beside the file; Node's SQLite opens no such image, sql.js does. */
const WAL_FLAGS = [18, 19] as const;
const damaged = (cause?: unknown): Error => new Error('The history in the backup is damaged.', { cause });

/**
 * Whether a database from elsewhere is a history that this version can work with. Its check sum is known to whoever made it, so its
 * tables are compared with ours, and every number is looked at. @throws {Cancelled}; and a sentence for people.
 */
export async function checkImage(image: Uint8Array, openSql: OpenSql, task: Task): Promise<void> {
  if (!verifyImage(image) || WAL_FLAGS.some(at => image[at] !== 1)) throw damaged();
  const ours = emptySql(openSql);
  let theirs: Sql | null = null;
  try {
    theirs = opened(image, openSql);
    const version = versionOf(theirs);
    if (version > migrations.length) throw new Error('The history in the backup was written by a newer version of Quota Monitor.');
    if (!attempt(theirs, sql => version >= 1 && isSound(sql, ours))) throw damaged();
    for (const [source] of attempt(theirs, sql => sql.all('SELECT id FROM source'))) {
      if (!attempt(theirs, sql => usageFits(sql, Number(source)))) throw damaged();
      await task.rest(1, 1);
    }
  } finally {
    theirs?.close();
    ours.close();
  }
}

function opened(image: Uint8Array, openSql: OpenSql): Sql {
  try {
    return openSql(image);
  } catch (error) {
    throw damaged(error);
  }
}

/** @throws the sentence, for what SQLite or whoever unpacks rows says. */
function attempt<T>(sql: Sql, check: (sql: Sql) => T): T {
  try {
    return check(sql);
  } catch (error) {
    throw damaged(error);
  }
}

function isSound(sql: Sql, ours: Sql): boolean {
  if (sql.one('PRAGMA quick_check')?.[0] !== 'ok') return false;
  migrate(sql);
  if (schemaOf(sql) !== schemaOf(ours)) return false;
  const seqs = sql.all('SELECT seq FROM applied WHERE seq BETWEEN 0 AND ?', MAX_SEQ);
  return seqs.length === 1 && numbersFit(sql) && wordsFit(sql) && !hasHalfPacked(sql);
}

const Source = z.tuple([CostKind, Provenance, Provenance, z.nullable(Zone)]);

/** No window takes a snapshot with other ones in it. */
const wordsFit = (sql: Sql): boolean =>
  sql.all('SELECT account FROM account').every(([account]) => AccountId.safeParse(account).success)
  && sql.all('SELECT DISTINCT cost_kind, cost_provenance, token_provenance, day_zone FROM source').every(row => Source.safeParse(row).success);

/** Texts and blobs, which SQLite takes anywhere, are greater than any number. */
function numbersFit(sql: Sql): boolean {
  return sql.all("SELECT name FROM sqlite_master WHERE type = 'table'").every(([table]) => {
    const columns = sql.all('SELECT name FROM pragma_table_info(?) WHERE type IN (?, ?)', String(table), 'INTEGER', 'REAL').map(([name]) => String(name));
    return columns.length === 0 || sql.one(`SELECT 1 FROM "${String(table)}" WHERE ${columns.map(name => `"${name}" NOT BETWEEN ${-MAX_NUMBER} AND ${MAX_NUMBER}`).join(' OR ')} LIMIT 1`) === null;
  });
}

/** Rows and packed days. */
function usageFits(sql: Sql, source: number): boolean {
  let fits = true;
  eachUsage(sql, source, [-Infinity, Infinity], row => {
    const [startS, spanS, currency] = [row[START], row[SPAN], row[CURRENCY]];
    fits &&= (currency === '' || Currency.safeParse(currency).success) && Number(startS) >= 0 && Number(startS) < END_AT / SECOND_MS && Number(spanS) > 0;
    for (const value of row) if (typeof value === 'number' && !(Math.abs(value) <= MAX_NUMBER)) fits = false;
  });
  return fits;
}
