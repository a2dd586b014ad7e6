import fs from 'node:fs';
import { Pages } from '../../../src/engine/sqlite/pages';
import { SqliteDatabase } from '../../../src/engine/sqlite/database';
import type { SqliteValue } from '../../../src/engine/sqlite/record';

/** A database as our reader sees it. */
export class Opened {
  readonly #fd: number;
  readonly pages: Pages;

  constructor(file: string, readonly maxBytes = 64 * 1024 * 1024) {
    this.#fd = fs.openSync(file, 'r');
    this.pages = new Pages(file, this.#fd);
  }

  /** Null: a writer is at work. */
  begin(): SqliteDatabase | null {
    for (const begun = this.pages.begin(); ;) {
      const { done, value } = begun.next();
      if (done) return value ? new SqliteDatabase(this.pages, this.maxBytes) : null;
    }
  }

  close(): void {
    this.pages.close();
    fs.closeSync(this.#fd);
  }
}

/** All rows of a table: rowid, then the columns. */
export function readTable(file: string, table: string, columns: readonly string[], after = -Infinity): readonly (readonly SqliteValue[])[] {
  const opened = new Opened(file);
  try {
    const database = opened.begin();
    if (database === null) throw new Error('a writer is at work');
    return [...database.rows(table, columns, after, () => undefined)].map(([rowid, row]) => [rowid, ...columns.map(column => row[column] ?? null)]);
  } finally {
    opened.close();
  }
}
