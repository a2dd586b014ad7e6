import { readFile } from 'node:fs/promises';
import type { Database, SqlJsStatic, SqlValue, Statement } from 'sql.js';

export type SqlRow = readonly SqlValue[];
/** Makes a database in memory: empty, or from an image. @throws on what SQLite cannot read. */
export type OpenSql = (image: Uint8Array | null) => Sql;

/** Loads SQLite, which costs some 60 ms and 26 MB: only where the history is needed. */
export async function loadSql(wasmPath: string): Promise<OpenSql> {
  const [{ default: initSqlJs }, wasm] = await Promise.all([import('sql.js'), readFile(wasmPath)]);
  const engine: SqlJsStatic = await initSqlJs({ wasmBinary: new Uint8Array(wasm).buffer });
  return image => new Sql(new engine.Database(image));
}

/** A database in memory with its prepared statements. Synchronous, so that nobody writes in between. */
export class Sql {
  private readonly statements = new Map<string, Statement>();

  constructor(private readonly db: Database) {
    this.settle();
  }

  /** Several statements, without parameters. */
  script(text: string): void {
    this.db.exec(text);
  }

  run(text: string, ...params: SqlValue[]): void {
    this.prepared(text).run(params);
  }

  all(text: string, ...params: SqlValue[]): SqlRow[] {
    const rows: SqlRow[] = [];
    this.each(row => rows.push(row), text, ...params);
    return rows;
  }

  /** Row by row, for many. `take` may not use the same statement. */
  each(take: (row: SqlRow) => void, text: string, ...params: SqlValue[]): void {
    const statement = this.prepared(text);
    try {
      statement.bind(params);
      while (statement.step()) take(statement.get());
    } finally {
      statement.reset();
    }
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
      this.db.exec('ROLLBACK');
      throw error;
    }
  }

  /** A copy of the whole database. Never inside a transaction. */
  image(): Uint8Array {
    this.free(); // export() closes and reopens the database: prepared statements and settings die with it
    const image = this.db.export();
    this.settle();
    return image;
  }

  close(): void {
    this.free();
    this.db.close();
  }

  /** The database is in memory, and so is what undoes a transaction: as a file there it is made, grown and thrown away with each. */
  private settle(): void {
    this.db.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY');
  }

  private prepared(text: string): Statement {
    const known = this.statements.get(text);
    if (known !== undefined) return known;
    const made = this.db.prepare(text);
    this.statements.set(text, made);
    return made;
  }

  private free(): void {
    for (const statement of this.statements.values()) statement.free();
    this.statements.clear();
  }
}
