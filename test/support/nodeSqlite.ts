/** Node 24's own SQLite: the yardstick for sql.js and for our own reader. */
import { createRequire } from 'node:module';
import type { Sql } from '../../src/engine/history/sql';

/** The part of `node:sqlite` that is used; its types are younger than those of the oldest Node that the extension supports. */
interface Sqlite {
  readonly DatabaseSync: new (file: string, options: { readonly readOnly: boolean }) => SqliteFile;
}
export interface SqliteFile { prepare(text: string): Statement; exec(text: string): void; close(): void }
interface Statement { all(...params: unknown[]): unknown[]; iterate(...params: unknown[]): Iterable<unknown>; run(...params: unknown[]): unknown; setReturnArrays(on: boolean): void }

const { DatabaseSync } = createRequire(__filename)('node:sqlite') as Sqlite;

/** For writing; made if it is not there. */
export const writeSqlite = (file: string): SqliteFile => new DatabaseSync(file, { readOnly: false });

/** For reading. @param file an image of the history. */
export function nodeSqlite(file: string): Sql {
  const db = new DatabaseSync(file, { readOnly: true });
  const statements = new Map<string, Statement>();
  const prepared = (text: string): Statement => {
    let statement = statements.get(text);
    if (statement === undefined) {
      statements.set(text, statement = db.prepare(text));
      statement.setReturnArrays(true);
    }
    return statement;
  };
  const all = (text: string, ...params: unknown[]): unknown[] => prepared(text).all(...params);
  const each = (take: (row: unknown) => void, text: string, ...params: unknown[]): void => {
    for (const row of prepared(text).iterate(...params)) take(row);
  };
  return { all, each, one: (text: string, ...params: unknown[]) => all(text, ...params)[0] ?? null } as unknown as Sql;
}
