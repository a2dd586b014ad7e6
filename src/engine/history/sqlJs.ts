import type { Database as SqlJsDatabase, Statement as SqlJsStatement } from 'sql.js';
import type { Database, OpenDatabase, SqlRow, SqlValue, Statement } from './database';

/** SQLite as WebAssembly, which runs everywhere. @param wasm its code. */
export async function sqlJs(wasm: Uint8Array): Promise<OpenDatabase> {
  const { default: initSqlJs } = await import('sql.js');
  const engine = await initSqlJs({ wasmBinary: new Uint8Array(wasm).buffer });
  return image => new WasmDatabase(new engine.Database(image));
}

class WasmDatabase implements Database {
  constructor(private readonly db: SqlJsDatabase) {}

  exec(text: string): void {
    this.db.exec(text);
  }

  prepare(text: string): Statement {
    const statement = this.db.prepare(text);
    return { run: params => statement.run(params), rows: params => rowsOf(statement, params) };
  }

  image(): Uint8Array {
    return this.db.export();
  }

  close(): void {
    this.db.close();
  }
}

function* rowsOf(statement: SqlJsStatement, params: SqlValue[]): Generator<SqlRow> {
  try {
    statement.bind(params);
    while (statement.step()) yield statement.get();
  } finally {
    statement.reset();
  }
}
