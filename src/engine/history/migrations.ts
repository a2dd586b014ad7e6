import type { OpenSql, Sql } from './sql';

/**
 * Append only: a shipped entry is never edited, moved or removed; its place is its version. Additive only.
 * Times are whole seconds, hours or days since the epoch, UTC, as the column's name says.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE applied (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL); -- last journal record in here
   INSERT INTO applied VALUES (1, 0);
   CREATE TABLE account (id INTEGER PRIMARY KEY, account TEXT NOT NULL UNIQUE,
     taken_at INTEGER,  -- ms; NULL: never read well
     head TEXT,         -- JSON: the last good reading without its meters and usage
     failure TEXT);     -- JSON; NULL: the last read went well
   CREATE TABLE meter (account INTEGER NOT NULL, meter TEXT NOT NULL, last TEXT NOT NULL /* JSON */, id INTEGER PRIMARY KEY, UNIQUE (account, meter));
   CREATE TABLE raw (series INTEGER NOT NULL, at_s INTEGER NOT NULL,
     ratio INTEGER,     -- ten-thousandths of the cap; NULL: no ratio
     amount REAL,       -- used, else left, in the meter's unit; NULL: not reported
     PRIMARY KEY (series, at_s)) WITHOUT ROWID;
   CREATE TABLE hourly (series INTEGER NOT NULL, hour INTEGER NOT NULL, low INTEGER, high INTEGER, last INTEGER, amount REAL,
     PRIMARY KEY (series, hour)) WITHOUT ROWID;
   CREATE TABLE daily (series INTEGER NOT NULL, day INTEGER NOT NULL, low INTEGER, high INTEGER, last INTEGER, amount REAL,
     PRIMARY KEY (series, day)) WITHOUT ROWID;
   CREATE TABLE source (id INTEGER PRIMARY KEY, account INTEGER NOT NULL, source TEXT NOT NULL, cost_kind TEXT NOT NULL,
     cost_provenance TEXT NOT NULL, token_provenance TEXT NOT NULL, day_zone TEXT /* NULL: hourly, fits any zone */, UNIQUE (account, source));
   CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE); -- models and projects; 0 stands for none
   CREATE TABLE usage (source INTEGER NOT NULL, start_s INTEGER NOT NULL, span_s INTEGER NOT NULL, model INTEGER NOT NULL, project INTEGER NOT NULL,
     currency TEXT NOT NULL /* '': no money */, input INTEGER, cache_read INTEGER, cache_write INTEGER, output INTEGER, reasoning INTEGER,
     requests INTEGER, micros REAL, unpriced INTEGER NOT NULL,
     PRIMARY KEY (source, start_s, span_s, model, project, currency)) WITHOUT ROWID;
   CREATE TABLE alert (account INTEGER NOT NULL, meter TEXT NOT NULL, state TEXT NOT NULL /* JSON */, PRIMARY KEY (account, meter)) WITHOUT ROWID`,
  `CREATE TABLE place (id INTEGER PRIMARY KEY /* negative; in usage.project, where a positive one is a name alone */,
     project INTEGER NOT NULL, branch INTEGER NOT NULL, UNIQUE (project, branch))`,
  `CREATE TABLE packed (id INTEGER PRIMARY KEY /* source * 1000000 + UTC day since the epoch */, rows BLOB NOT NULL) -- usage of that day, see packedUsage.ts`,
];

/** The version that wrote the file; 0 for an empty one. */
export const versionOf = (sql: Sql): number => Number(sql.one('PRAGMA user_version')?.[0] ?? 0);

/** Each step is all or nothing. The caller has made sure that no newer version wrote the file. */
export function migrate(sql: Sql, steps: readonly string[] = migrations): void {
  const have = versionOf(sql);
  steps.slice(have).forEach((step, index) => sql.transaction(() => {
    sql.script(step);
    sql.script(`PRAGMA user_version = ${have + index + 1}`); // rolls back with the step
  }));
}

/** All tables and indexes, to compare. */
export const schemaOf = (sql: Sql): string => JSON.stringify(sql.all('SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name'));

export function emptySql(openSql: OpenSql): Sql {
  const sql = openSql(null);
  sql.script('PRAGMA auto_vacuum = INCREMENTAL'); // goes with the file; can only be set before its first table
  migrate(sql);
  return sql;
}
