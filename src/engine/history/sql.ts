import { readFile } from 'node:fs/promises';
import { SETTINGS, type Database, type OpenDatabase, type SqlRow, type SqlValue, type Statement } from './database';
import { nodeSqlite } from './nodeSqlite';
import { sqlJs } from './sqlJs';

/** Makes a database in memory: empty, or from an image. @throws on what SQLite cannot read, now or when it is asked first. */
export type OpenSql = (image: Uint8Array | null) => Sql;

/**
 * The SQLite that Node brings, or sql.js where there is none that can do what is needed. Both write the same file; sql.js takes some
 * 60 ms and 20 MB more.
 * @param node null: as if Node brought none.
 */
export async function loadSql(wasmPath: string, node: OpenDatabase | null = nodeSqlite()): Promise<OpenSql> {
  const open = node ?? await sqlJs(await readFile(wasmPath));
  return image => {
    const db = open(image);
    try {
      db.exec(SETTINGS);
    } catch (error) {
      db.close(); // WebAssembly gives back no memory by itself
      throw error;
    }
    return new Sql(db);
  };
}

/** A database in memory with its prepared statements. Synchronous, so that nobody writes in between. */
export class Sql {
  private readonly statements = new Map<string, Statement>();

  constructor(private readonly db: Database) {}

  /** Several statements, without parameters. */
  script(text: string): void {
    this.db.exec(text);
  }

  run(text: string, ...params: SqlValue[]): void {
    this.prepared(text).run(params);
  }

  all(text: string, ...params: SqlValue[]): SqlRow[] {
    return [...this.prepared(text).rows(params)];
  }

  /** Row by row, for many. `take` may not use the same statement. */
  each(take: (row: SqlRow) => void, text: string, ...params: SqlValue[]): void {
    for (const row of this.prepared(text).rows(params)) take(row);
  }

  one(text: string, ...params: SqlValue[]): SqlRow | null {
    return this.all(text, ...params)[0] ?? null;
  }

  /** Synchronous by type: an `await` inside would let another writer in. */
  transaction<T>(body: () => T extends Promise<unknown> ? never : T): T {
    this.run('BEGIN');
    try {
      const result = body();
      this.run('COMMIT');
      return result;
    } catch (error) {
      this.undo();
      throw error;
    }
  }

  /** A copy of the whole database. Never inside a transaction. */
  image(): Uint8Array {
    return this.db.image();
  }

  close(): void {
    this.db.close();
  }

  private undo(): void {
    try {
      this.db.exec('ROLLBACK');
    } catch {
      // SQLite has undone it already, as it does where memory is short
    }
  }

  private prepared(text: string): Statement {
    const known = this.statements.get(text);
    if (known !== undefined) return known;
    const made = this.db.prepare(text);
    this.statements.set(text, made);
    return made;
  }
}
