import type { Database, OpenDatabase, SqlRow, SqlValue, Statement } from './database';

/** The part of `node:sqlite` that is used: its types are younger than those of the oldest Node that is supported. */
interface DatabaseSync {
  exec(text: string): void;
  prepare(text: string): StatementSync;
  /** These two came to Node in 2026 (nodejs/node#62579). */
  serialize(): Uint8Array;
  deserialize(image: Uint8Array): void;
  close(): void;
}
interface StatementSync {
  run(...params: readonly SqlValue[]): unknown;
  all(...params: readonly SqlValue[]): (SqlValue | bigint)[][];
  setReturnArrays(on: boolean): void;
  setReadBigInts(on: boolean): void;
}

/** SQLite as Node brings it. Null: this Node has none, or an older one that cannot do what is needed. */
export function nodeSqlite(): OpenDatabase | null {
  const { DatabaseSync } = loadQuietly() ?? {};
  if (DatabaseSync === undefined) return null;
  const open: OpenDatabase = image => new NodeDatabase(new DatabaseSync(':memory:'), image);
  return isFit(open) ? open : null;
}

/** Without the warning that Node 22 gives of it, which would stand among what the command line says. */
function loadQuietly(): { readonly DatabaseSync?: new (file: string) => DatabaseSync } | undefined {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule?.('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Tries what came late to Node, or may change yet. */
function isFit(open: OpenDatabase): boolean {
  try {
    const first = open(null);
    first.exec('CREATE TABLE trial (a, b)');
    first.prepare('INSERT INTO trial VALUES (?2, ?1)').run(['text', 2 ** 60]);
    const second = open(first.image());
    const [row] = second.prepare('SELECT a, b FROM trial WHERE a > ?').rows([1]);
    first.close();
    second.close();
    return row?.[0] === 2 ** 60 && row[1] === 'text';
  } catch {
    return false;
  }
}

class NodeDatabase implements Database {
  constructor(private readonly db: DatabaseSync, image: Uint8Array | null) {
    if (image !== null) db.deserialize(image);
  }

  exec(text: string): void {
    this.db.exec(text);
  }

  prepare(text: string): Statement {
    const statement = this.db.prepare(text);
    statement.setReturnArrays(true);
    return { run: params => void statement.run(...params), rows: params => rowsOf(statement, params) };
  }

  image(): Uint8Array {
    return this.db.serialize();
  }

  close(): void {
    this.db.close();
  }
}

/** Node refuses to give integers above 2^53 as numbers: where there are such, all integers come in long form. */
function rowsOf(statement: StatementSync, params: readonly SqlValue[]): SqlRow[] {
  try {
    return statement.all(...params) as SqlValue[][];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_OUT_OF_RANGE') throw error;
  }
  statement.setReadBigInts(true);
  try {
    return statement.all(...params).map(row => row.map(value => (typeof value === 'bigint' ? Number(value) : value)));
  } finally {
    statement.setReadBigInts(false);
  }
}
