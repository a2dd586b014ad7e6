export type SqlValue = number | string | Uint8Array | null;
export type SqlRow = readonly SqlValue[];

/** A database in memory, as one of the two builds of SQLite has it. */
export interface Database {
  /** Several statements, without parameters. */
  exec(text: string): void;
  prepare(text: string): Statement;
  /** A copy of all of it. Never inside a transaction. */
  image(): Uint8Array;
  /** Its statements end with it. */
  close(): void;
}

export interface Statement {
  run(params: SqlValue[]): void;
  /** Not while it runs already. Integers above 2^53 are given as the number that is nearest. */
  rows(params: SqlValue[]): Iterable<SqlRow>;
}

/** Empty, or from an image. */
export type OpenDatabase = (image: Uint8Array | null) => Database;

/** What undoes a transaction is in memory too: as a file there it is made, grown and thrown away with each. An image may come from elsewhere. */
export const SETTINGS = 'PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF';
