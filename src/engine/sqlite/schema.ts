/** What CREATE TABLE says of a table's columns: enough to read its records, and no more. */
import type { SqliteValue } from './record';

export interface Column {
  /** In lower case. */
  readonly name: string;
  /** Where it is in a record; null: nowhere, as it is computed. */
  readonly place: number | null;
  /** What it is in records that were written before it was added; null also where the default is no plain value. */
  readonly whenMissing: SqliteValue;
}

export interface TableShape {
  readonly columns: readonly Column[];
  /** The column that is another name of the rowid, in lower case; null: there is none. */
  readonly rowid: string | null;
}

interface Token { readonly kind: 'word' | 'quoted' | 'text' | 'number' | 'mark'; readonly text: string }

const TOKEN = /\s+|--[^\n]*|\/\*[^]*?(?:\*\/|$)|("(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|('(?:[^']|'')*')|([\d.][\w.]*(?:(?<=[eE])[+-]\d+)?)|([\p{L}_$\x80-\uffff][\p{L}\p{N}_$\x80-\uffff]*)|([^])/gu;
const TABLE_CONSTRAINTS = new Set(['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN']);
const COLUMN_CONSTRAINTS = new Set(['CONSTRAINT', 'PRIMARY', 'NOT', 'NULL', 'UNIQUE', 'CHECK', 'DEFAULT', 'COLLATE', 'REFERENCES', 'GENERATED', 'AS']);

function tokens(sql: string): Token[] {
  const found: Token[] = [];
  for (const [whole, quoted, text, number, word] of sql.matchAll(TOKEN)) {
    if (quoted !== undefined) found.push({ kind: 'quoted', text: unquoted(quoted) });
    else if (text !== undefined) found.push({ kind: 'text', text: unquoted(text) });
    else if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (word !== undefined) found.push({ kind: 'word', text: word });
    else if (!/^(\s|--|\/\*)/.test(whole)) found.push({ kind: 'mark', text: whole });
  }
  return found;
}

function unquoted(text: string): string {
  const quote = text.slice(-1);
  return quote === ']' ? text.slice(1, -1) : text.slice(1, -1).replaceAll(quote + quote, quote);
}

/** Null: it is no CREATE TABLE, or of a table without rowids. */
export function tableShape(sql: string): TableShape | null {
  const all = tokens(sql);
  const open = all.findIndex(token => isMark(token, '('));
  if (open < 0 || !isWord(all[0], 'CREATE') || !all.slice(1, 3).some(token => isWord(token, 'TABLE'))) return null;
  const { parts, end } = split(all, open + 1);
  if (all.slice(end).some((token, i, rest) => isWord(token, 'WITHOUT') && isWord(rest[i + 1], 'ROWID'))) return null;
  const columns: Column[] = [];
  let [rowid, place]: [string | null, number] = [null, 0];
  const integers = new Set<string>();
  for (const part of parts) {
    const [first] = part;
    if (first === undefined) continue;
    if (first.kind === 'word' && TABLE_CONSTRAINTS.has(first.text.toUpperCase())) {
      const key = keyColumn(part);
      if (key !== null && integers.has(key)) rowid = key;
      continue;
    }
    const name = first.text.toLowerCase();
    const constraints = part.findIndex((token, i) => i > 0 && token.kind === 'word' && COLUMN_CONSTRAINTS.has(token.text.toUpperCase()));
    const rest = constraints < 0 ? [] : part.slice(constraints);
    const type = part.slice(1, constraints < 0 ? undefined : constraints).map(({ text }) => text).join(' ').toUpperCase();
    if (type === 'INTEGER') integers.add(name);
    if (type === 'INTEGER' && isKey(rest)) rowid = name;
    const computed = atTop(rest).some((token, i, top) => isWord(token, 'AS') && isMark(top[i + 1], '('));
    const stored = !computed || atTop(rest).some(token => isWord(token, 'STORED'));
    columns.push({ name, place: stored ? place++ : null, whenMissing: defaultOf(rest, type) });
  }
  return { columns, rowid };
}

const isWord = (token: Token | undefined, word: string): boolean => token?.kind === 'word' && token.text.toUpperCase() === word;
const isMark = (token: Token | undefined, mark: string): boolean => token?.kind === 'mark' && token.text === mark;

/** What stands between commas, up to the parenthesis that closes the list, and where that one is. */
function split(all: readonly Token[], from: number): { readonly parts: Token[][]; readonly end: number } {
  const parts: Token[][] = [[]];
  let [depth, end] = [0, from];
  for (; end < all.length; end++) {
    const token = all[end];
    if (token === undefined || (depth === 0 && isMark(token, ')'))) break;
    if (isMark(token, '(')) depth++;
    if (isMark(token, ')')) depth--;
    if (depth === 0 && isMark(token, ',')) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return { parts, end };
}

/** Without what is in parentheses, which may hold any expression. */
function atTop(part: readonly Token[]): readonly Token[] {
  let depth = 0;
  return part.filter(token => {
    if (isMark(token, ')')) depth--;
    const top = depth === 0;
    if (isMark(token, '(')) depth++;
    return top;
  });
}

/** DESC makes a key of its own: an old fault of SQLite's that files depend on. */
function isKey(constraints: readonly Token[]): boolean {
  const top = atTop(constraints);
  const at = top.findIndex((token, i) => isWord(token, 'PRIMARY') && isWord(top[i + 1], 'KEY'));
  return at >= 0 && !isWord(top[at + 2], 'DESC');
}

/** The only column of a primary key that is told apart from the columns. */
function keyColumn(constraint: readonly Token[]): string | null {
  const at = constraint.findIndex(token => isWord(token, 'PRIMARY'));
  const open = constraint.findIndex((token, i) => i > at && isMark(token, '('));
  if (at < 0 || open < 0) return null;
  const { parts } = split(constraint, open + 1);
  return parts.length === 1 ? parts[0]?.[0]?.text.toLowerCase() ?? null : null;
}

function defaultOf(constraints: readonly Token[], type: string): SqliteValue {
  const at = constraints.findIndex(token => isWord(token, 'DEFAULT'));
  if (at < 0) return null;
  const rest = constraints.slice(at + 1).filter(token => !isMark(token, '(') && !isMark(token, '+'));
  const negative = isMark(rest[0], '-');
  const value = rest[negative ? 1 : 0];
  const isText = /CHAR|CLOB|TEXT/.test(type) && !type.includes('INT');
  if (value?.kind === 'number') return isText ? (negative ? '-' : '') + value.text : (negative ? -1 : 1) * Number(value.text);
  if (value?.kind === 'text' || value?.kind === 'quoted') return value.text;
  if (isWord(value, 'TRUE') || isWord(value, 'FALSE')) return isWord(value, 'TRUE') ? 1 : 0;
  return null;
}
