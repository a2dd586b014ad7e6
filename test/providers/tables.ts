import type { DatabaseFormat, LogFile, LogTables } from '../../src/providers/logSource';
import type { SqliteFile } from '../support/nodeSqlite';
import { fileAt, seen, type Seen } from './localRig';

/** A database as the engine hands it to a provider, but read by SQLite itself. @param step how many rows are enough for one go. */
export class TestTables implements LogTables {
  #told = 0;
  left = false;

  constructor(readonly db: SqliteFile, readonly step = Infinity, readonly unpack: LogTables['unpack'] = () => null) {}

  rows: LogTables['rows'] = (table, columns, after, tell) => {
    let told = false;
    for (const rowid of this.#select(table, 'rowid > ?', after ?? -(2 ** 53))) {
      if (this.#told >= this.step && told) {
        this.left = true;
        return 'left';
      }
      const row = this.row(table, columns, rowid);
      if (row !== null) tell(row, rowid);
      this.#told++;
      told = true;
    }
    return 'all';
  };

  row: LogTables['row'] = (table, columns, key) => {
    const [rowid] = typeof key === 'number' ? this.#select(table, 'rowid = ?', key) : this.#select(table, `${key.column} = ?`, key.text);
    if (rowid === undefined) return null;
    const there = this.#columns(table);
    const values = this.db.prepare(`SELECT * FROM ${table} WHERE rowid = ?`).all(rowid)[0] as Record<string, never>;
    return Object.fromEntries(columns.map(column => [column, there.includes(column) ? values[column] ?? null : null])) as never;
  };

  #columns(table: string): string[] {
    return (this.db.prepare('SELECT name FROM pragma_table_info(?)').all(table) as { name: string }[]).map(({ name }) => name);
  }

  #select(table: string, where: string, value: number | string): number[] {
    if (this.#columns(table).length === 0) return [];
    return (this.db.prepare(`SELECT rowid AS r FROM ${table} WHERE ${where} ORDER BY rowid`).all(value) as { r: number }[]).map(({ r }) => r);
  }
}

/** Reads a database once as the engine does, step by step, the state put through JSON. Gives what was told, and the state. */
export function readDatabase(format: DatabaseFormat, db: SqliteFile, state?: unknown, { step = 3, file = fileAt('/home/dev/x.db'), unpack, sink = seen() }: {
  readonly step?: number; readonly file?: LogFile; readonly unpack?: LogTables['unpack']; readonly sink?: Seen;
} = {}): Seen & { readonly state: unknown } {
  let now = state;
  for (let left = true; left;) {
    const tables = new TestTables(db, step, unpack);
    now = JSON.parse(JSON.stringify(format.read(tables, now, file, sink) ?? null)) ?? undefined;
    ({ left } = tables);
  }
  return Object.assign(sink, { state: now });
}
