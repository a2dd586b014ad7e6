/** How a table that grows at its end is read: rows behind the last one known, and again those that were not finished then. */
import { type DatabaseFormat, isJson, type LogRow, type LogSink, type LogTables } from './logSource';

/** What is to be remembered between two reads of a table. Plain JSON. */
export interface ReadSoFar {
  /** Rows that were the last ones told, oldest first, with what they are known by. */
  readonly marks: readonly Mark[];
  /** Rowids of rows that were not finished. */
  readonly open: readonly number[];
}
type Mark = readonly [rowid: number, id: string];

const isReadSoFar = (value: unknown): value is ReadSoFar => isJson(value) && listOf(value['marks'], isMark) && listOf(value['open'], rowid => typeof rowid === 'number');
const isMark = (value: unknown): boolean => Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'string';
const listOf = (value: unknown, each: (item: unknown) => boolean): boolean => Array.isArray(value) && value.every(each);

export interface GrowingTable<C extends string> {
  readonly name: string;
  readonly columns: readonly C[];
  /** Among `columns`: rows that have the same here, and the same rowid, are the same row. */
  readonly id: C;
}

/** Deleting the newest rows makes the next ones take their rowids: so many steps back it is seen without reading all anew. */
const MAX_MARKS = 16;
const MAX_OPEN = 200;

/**
 * Tells the rows that are new since `state`, and those that were 'open' before: their tool may not have finished writing them.
 * A database that was packed or made anew, so that rowids mean other rows than before, is told from the beginning.
 */
export function newRows<C extends string>(tables: LogTables, { name, columns, id }: GrowingTable<C>, state: unknown, tell: (row: LogRow<C>, wasOpen: boolean) => 'done' | 'open'): ReadSoFar {
  const before: ReadSoFar = isReadSoFar(state) ? state : { marks: [], open: [] };
  const marks = [...before.marks];
  const isThere = ([rowid, value]: readonly [number, string]): boolean => {
    const row = tables.row(name, [id], rowid);
    return row !== null && String(row[id]) === value;
  };
  for (let last = marks.at(-1); last !== undefined && !isThere(last); last = marks.at(-1)) marks.pop();
  const open = new Set(before.open);
  let last: [number, string] | null = null;
  const rest = tables.rows(name, columns, marks.at(-1)?.[0] ?? null, (row, rowid) => {
    last = [rowid, String(row[id])];
    if (tell(row, open.has(rowid)) === 'open') open.add(rowid);
    else open.delete(rowid);
  });
  if (last !== null) marks.push(last);
  if (rest === 'all') {
    for (const rowid of before.open) {
      const row = tables.row(name, columns, rowid);
      if (row === null || tell(row, true) === 'done') open.delete(rowid);
    }
  }
  return { marks: marks.slice(-MAX_MARKS), open: [...open].slice(-MAX_OPEN) };
}

/** Tells all rows of a table each time, where nothing but the row itself shows that it is another now. */
export const allRows = <C extends string>(table: string, columns: readonly C[], tell: (row: LogRow<C>, emit: LogSink) => void): DatabaseFormat['read'] => (tables, state, _, emit) => {
  let last = typeof state === 'number' ? state : null;
  const rest = tables.rows(table, columns, last, (row, rowid) => {
    last = rowid;
    tell(row, emit);
  });
  return rest === 'left' ? last : undefined;
};
