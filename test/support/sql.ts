import path from 'node:path';
import type { OpenDatabase } from '../../src/engine/history/database';
import { nodeSqlite } from '../../src/engine/history/nodeSqlite';
import { loadSql, type OpenSql } from '../../src/engine/history/sql';

export const WASM = path.join(__dirname, '../../node_modules/sql.js/dist/sql-wasm.wasm');

/** Set to "sql.js", it makes tests of the history, and processes that they start, use that in place of Node's own SQLite. */
export const SQLITE_ENV = 'QUOTA_MONITOR_SQLITE';

/** For `loadSql`. */
export const chosenSqlite = (): OpenDatabase | null => (process.env[SQLITE_ENV] === 'sql.js' ? null : nodeSqlite());

let loaded: Promise<OpenSql> | undefined;

/** SQLite, loaded once for all tests. */
export const openSql = (): Promise<OpenSql> => (loaded ??= loadSql(WASM, chosenSqlite()));
