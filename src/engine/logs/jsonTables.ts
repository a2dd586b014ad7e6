/**
 * The tables by which bytes.wat reads JSON outside of strings: 256 bytes that put each byte into a class, a row of 32 for each
 * state that says what a class leads to (a state, or from 64 on an action), what begins a value that is neither string, object nor
 * array, and the paths to be picked. The grammar is RFC 8259's, to the letter, as JSON.parse has it.
 */
export const TABLE_BYTES = 16 * 1024;
/** Where begin and end of each picked field are noted, four bytes each. */
export const FIELDS_AT = 8192;
export const MAX_FIELDS = 100;
const [NEXT_AT, NODES_AT, START_AT, ENTRIES_AT] = [256, 2048, 2176, 2208];
const ROW = 32;

/** Bytes that the grammar does not tell apart have one class; class 0 may stand nowhere. */
const CLASSES = [' \t\n\r', '{', '}', '[', ']', ':', ',', '"', '-', '+', '.', '0', '123456789', 'e', 'E', 't', 'r', 'u', 'f', 'a', 'l', 's', 'n'] as const;

/** The first six are known to bytes.wat by their places. */
const STATES = [
  'value', 'value or ]', 'after', 'key or }', 'key', 'colon',
  'minus', 'zero', 'integer', 'point', 'fraction', 'e', 'e sign', 'exponent', 't', 'tr', 'tru', 'f', 'fa', 'fal', 'fals', 'n', 'nu', 'nul',
] as const;
type State = (typeof STATES)[number];

const FIRST_ACTION = 64;
const ACTIONS = ['error', 'scalar', 'string', 'open key', 'object', 'array', 'literal end', 'close object', 'close array', 'comma', 'space'] as const;
type Action = (typeof ACTIONS)[number];

const DIGITS = '0123456789';
const SPACE = ' \t\n\r';
const VALUE: readonly (readonly [string, Action | State])[] = [['-0123456789tfn', 'scalar'], ['"', 'string'], ['{', 'object'], ['[', 'array']];
const AFTER: readonly (readonly [string, Action])[] = [['}', 'close object'], [']', 'close array'], [',', 'comma']];
const NUMBER_END: typeof AFTER = [...AFTER, [SPACE, 'space']];
const GRAMMAR: Readonly<Record<State, readonly (readonly [string, Action | State])[]>> = {
  'value': [[SPACE, 'value'], ...VALUE],
  'value or ]': [[SPACE, 'value or ]'], [']', 'close array'], ...VALUE],
  'after': [[SPACE, 'after'], ...AFTER],
  'key or }': [[SPACE, 'key or }'], ['"', 'open key'], ['}', 'close object']],
  'key': [[SPACE, 'key'], ['"', 'open key']],
  'colon': [[SPACE, 'colon'], [':', 'value']],
  'minus': [['0', 'zero'], ['123456789', 'integer']],
  'zero': [['.', 'point'], ['eE', 'e'], ...NUMBER_END],
  'integer': [[DIGITS, 'integer'], ['.', 'point'], ['eE', 'e'], ...NUMBER_END],
  'point': [[DIGITS, 'fraction']],
  'fraction': [[DIGITS, 'fraction'], ['eE', 'e'], ...NUMBER_END],
  'e': [['+-', 'e sign'], [DIGITS, 'exponent']],
  'e sign': [[DIGITS, 'exponent']],
  'exponent': [[DIGITS, 'exponent'], ...NUMBER_END],
  't': [['r', 'tr']], 'tr': [['u', 'tru']], 'tru': [['e', 'literal end']],
  'f': [['a', 'fa']], 'fa': [['l', 'fal']], 'fal': [['s', 'fals']], 'fals': [['e', 'literal end']],
  'n': [['u', 'nu']], 'nu': [['l', 'nul']], 'nul': [['l', 'literal end']],
};
/** What a value is in once its first byte was a scalar's. */
const START: readonly (readonly [string, State])[] = [['-', 'minus'], ['0', 'zero'], ['123456789', 'integer'], ['t', 't'], ['f', 'f'], ['n', 'n']];

const classOf = (character: string): number => CLASSES.findIndex(characters => characters.includes(character)) + 1;
const codeOf = (next: Action | State): number => {
  const state = (STATES as readonly string[]).indexOf(next);
  return state >= 0 ? state : FIRST_ACTION + (ACTIONS as readonly string[]).indexOf(next);
};

/** @param fields paths with '.' between keys, none of which is the beginning of another. */
export function jsonTables(fields: readonly string[]): Uint8Array {
  const tables = new Uint8Array(TABLE_BYTES);
  for (const characters of CLASSES) for (const character of characters) tables[character.charCodeAt(0)] = classOf(character);
  tables.fill(FIRST_ACTION, NEXT_AT, NODES_AT);
  STATES.forEach((state, row) => {
    for (const [characters, next] of GRAMMAR[state]) for (const character of characters) tables[NEXT_AT + row * ROW + classOf(character)] = codeOf(next);
  });
  for (const [characters, state] of START) for (const character of characters) tables[START_AT + classOf(character)] = codeOf(state);
  writeNodes(tables, fields);
  return tables;
}

/** Places of key lists by node, and the lists: of each key its length, where it leads, its bytes; a length of 0 ends a list. */
function writeNodes(tables: Uint8Array, fields: readonly string[]): void {
  const FIRST_NODE = 128;
  const prefixes = ['', ...new Set(fields.flatMap(path => [...path.matchAll(/\./g)].map(({ index }) => path.slice(0, index))))];
  if (fields.length > MAX_FIELDS || prefixes.length > (START_AT - NODES_AT) / 2) throw new RangeError('too many fields');
  let at = ENTRIES_AT;
  prefixes.forEach((prefix, node) => {
    new DataView(tables.buffer).setUint16(NODES_AT + 2 * node, at, true);
    const under = (path: string): boolean => path !== '' && path.slice(0, Math.max(0, path.lastIndexOf('.'))) === prefix;
    const keys = [
      ...fields.map((path, field) => ({ path, leadsTo: field })),
      ...prefixes.map((path, child) => ({ path, leadsTo: FIRST_NODE + child })),
    ].filter(({ path }) => under(path));
    for (const { path, leadsTo } of keys) {
      const key = Buffer.from(path.slice(path.lastIndexOf('.') + 1));
      tables.set([key.length, leadsTo, ...key], at);
      at += 2 + key.length;
    }
    at++;
  });
  if (at > FIELDS_AT) throw new RangeError('too many fields');
}
