/**
 * Another tool's SQLite database, for reading. Code of our own: `node:sqlite` is missing in the oldest editor that is supported (VS Code
 * 1.96 has Node 20) and makes files beside a database that has a write-ahead log; sql.js would take all of it, gigabytes, into memory.
 * This takes no lock, writes nothing, and reads the pages that are needed. Format: sqlite.org/fileformat2.html; held against
 * `node:sqlite` of Node 24 by tests.
 */
import { DamagedDatabase } from './damaged';
import type { Pages } from './pages';
import { decode, encode, SqliteRecord, type SqliteValue, TooLongValue } from './record';
import { type Column, tableShape } from './schema';
import { findText, type TableRow, tableRows } from './trees';

/** A longer statement makes no table that is read here. */
const MAX_SQL_BYTES = 1024 * 1024;
const MAX_OBJECTS = 10_000;

interface Table {
  readonly root: number;
  /** By their names in lower case. */
  readonly columns: ReadonlyMap<string, Column>;
  /** The column that is another name of the rowid. */
  readonly rowid: string | null;
  /** Of indexes that primary keys and unique columns have by themselves. */
  readonly indexes: number[];
}

/** Values by the names of columns as they were asked for. A column that the table does not have is null. */
export type SqliteRow<C extends string> = Readonly<Record<C, SqliteValue>>;

/** The tables of a database as `Pages.begin` took it; good until it takes it again. */
export class SqliteDatabase {
  readonly #pages: Pages;
  /** Longer values are not read. */
  readonly #maxBytes: number;
  readonly #tables: ReadonlyMap<string, Table>;

  /** @throws {DamagedDatabase} */
  constructor(pages: Pages, maxBytes: number) {
    [this.#pages, this.#maxBytes] = [pages, maxBytes];
    this.#tables = readSchema(pages);
  }

  has(table: string): boolean {
    return this.#tables.has(table.toLowerCase());
  }

  /**
   * Rows with rowids above `after`, in their order; none of a table that is not there.
   * @param whole is told the rowid of a row that has too long a value, and is passed over.
   * @throws {DamagedDatabase}
   */
  * rows<C extends string>(name: string, columns: readonly C[], after: number, tooLong: (rowid: number) => void): Generator<readonly [rowid: number, row: SqliteRow<C>], void, undefined> {
    const table = this.#tables.get(name.toLowerCase());
    if (table === undefined) return;
    for (const { rowid, payload } of tableRows(this.#pages, table.root, after)) {
      try {
        yield [rowid, this.#row(table, columns, { rowid, payload })];
      } catch (error) {
        if (!(error instanceof TooLongValue)) throw error;
        tooLong(rowid);
      }
    }
  }

  /**
   * One row, by its rowid or by the text that `column`, its primary key or a unique one, has. Null: there is none, or it is too long.
   * @throws {DamagedDatabase}
   */
  row<C extends string>(name: string, columns: readonly C[], key: number | { readonly column: string; readonly text: string }): SqliteRow<C> | null {
    const table = this.#tables.get(name.toLowerCase());
    if (table === undefined) return null;
    try {
      if (typeof key === 'number') return this.#rowAt(table, columns, key);
      for (const root of table.indexes) {
        const rowid = findText(this.#pages, root, encode(key.text, this.#pages.encoding));
        if (rowid !== null && this.#rowAt(table, [key.column], rowid)?.[key.column] === key.text) return this.#rowAt(table, columns, rowid);
      }
      return null;
    } catch (error) {
      if (error instanceof TooLongValue) return null;
      throw error;
    }
  }

  #rowAt<C extends string>(table: Table, columns: readonly C[], rowid: number): SqliteRow<C> | null {
    const { value: row } = tableRows(this.#pages, table.root, rowid - 1).next();
    return row === undefined || row.rowid !== rowid ? null : this.#row(table, columns, row);
  }

  #row<C extends string>(table: Table, columns: readonly C[], { rowid, payload }: TableRow): SqliteRow<C> {
    const record = new SqliteRecord(payload, this.#pages.encoding);
    return Object.fromEntries(columns.map(asked => {
      const name = asked.toLowerCase();
      const column = table.columns.get(name);
      if (column === undefined) return [asked, null];
      if (name === table.rowid) return [asked, rowid];
      if (column.place === null) return [asked, null];
      return [asked, column.place < record.length ? record.value(column.place, this.#maxBytes) : column.whenMissing];
    })) as SqliteRow<C>;
  }
}

/** The table of tables has its root in the first page, and these columns: type, name, table, root page, statement. */
function readSchema(pages: Pages): Map<string, Table> {
  const tables = new Map<string, Table>();
  const indexes: { readonly table: string; readonly root: number }[] = [];
  if (pages.pageCount === 0) return tables;
  let objects = 0;
  for (const { payload } of tableRows(pages, 1, 0)) {
    if (++objects > MAX_OBJECTS) throw new DamagedDatabase('There are too many tables.');
    const record = new SqliteRecord(payload, pages.encoding);
    const text = (index: number): string => decode(textOf(record, index), pages.encoding);
    const [type, name, root] = [text(0), text(1), record.value(3, MAX_SQL_BYTES)];
    if (typeof root !== 'number' || root < 1) continue; // a view, a trigger, or a table of another kind
    if (type === 'index' && name.startsWith('sqlite_autoindex_')) indexes.push({ table: text(2).toLowerCase(), root });
    const shape = type === 'table' ? tableShape(text(4)) : null;
    if (shape === null) continue;
    tables.set(name.toLowerCase(), { root, rowid: shape.rowid, columns: new Map(shape.columns.map(column => [column.name, column])), indexes: [] });
  }
  for (const { table, root } of indexes) tables.get(table)?.indexes.push(root);
  return tables;
}

/** None: it is too long to be one of those that are read. */
function textOf(record: SqliteRecord, index: number): Buffer {
  try {
    return record.rawText(index, MAX_SQL_BYTES) ?? Buffer.alloc(0);
  } catch (error) {
    if (error instanceof TooLongValue) return Buffer.alloc(0);
    throw error;
  }
}
