import path from 'node:path';
import { loadSql, type OpenSql } from '../../src/engine/history/sql';

export const WASM = path.join(__dirname, '../../node_modules/sql.js/dist/sql-wasm.wasm');

let loaded: Promise<OpenSql> | undefined;

/** SQLite, loaded once for all tests. */
export const openSql = (): Promise<OpenSql> => (loaded ??= loadSql(WASM));
