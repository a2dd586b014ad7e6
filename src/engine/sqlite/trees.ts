/** Walks the two kinds of B-trees of a database: tables by rowid, indexes by text. sqlite.org/fileformat2.html, "B-tree Pages". */
import { DamagedDatabase } from './damaged';
import { DATABASE_HEADER_BYTES, type Pages } from './pages';
import { Payload, signedVarint, SqliteRecord, varint } from './record';

const KINDS = { 2: 'index interior', 5: 'table interior', 10: 'index leaf', 13: 'table leaf' } as const;
/** Even of pages with two children each, no file holds a deeper tree. */
const MAX_DEPTH = 40;
/** Longer keys are not looked for. */
const MAX_KEY_BYTES = 4096;

export interface TableRow { readonly rowid: number; readonly payload: Payload }

/** A page of a tree, by its cells. */
class TreePage {
  readonly #pages: Pages;
  readonly #bytes: Buffer;
  readonly kind: (typeof KINDS)[keyof typeof KINDS];
  readonly cells: number;
  readonly #start: number;

  constructor(pages: Pages, number: number) {
    this.#pages = pages;
    this.#bytes = pages.page(number);
    this.#start = number === 1 ? DATABASE_HEADER_BYTES : 0;
    const kind = KINDS[(this.#bytes[this.#start] ?? 0) as keyof typeof KINDS] as TreePage['kind'] | undefined;
    if (kind === undefined) throw new DamagedDatabase('A page is of another kind than its tree.');
    this.kind = kind;
    this.cells = this.#bytes.readUInt16BE(this.#start + 3);
    if (this.#header + 2 * this.cells > pages.usable) throw new DamagedDatabase('A page has more cells than room.');
  }

  /** The page below a cell of an interior page; below the place after the last one, that of all greater keys. */
  child(cell: number): number {
    return this.#bytes.readUInt32BE(cell === this.cells ? this.#start + 8 : this.#place(cell));
  }

  /** The greatest rowid below the cell of an interior page, or that of a leaf's row. */
  rowid(cell: number): number {
    const at = this.#place(cell);
    return signedVarint(this.#bytes, this.kind === 'table interior' ? at + 4 : at + varint(this.#bytes, at)[1])[0];
  }

  row(cell: number): TableRow {
    const at = this.#place(cell);
    const [size, sizeBytes] = varint(this.#bytes, at);
    const [rowid, rowidBytes] = signedVarint(this.#bytes, at + sizeBytes);
    const { usable } = this.#pages;
    return { rowid, payload: new Payload(this.#pages, this.#bytes, at + sizeBytes + rowidBytes, size, usable - 35, least(usable)) };
  }

  key(cell: number): SqliteRecord {
    const at = this.#place(cell) + (this.kind === 'index interior' ? 4 : 0);
    const [size, sizeBytes] = varint(this.#bytes, at);
    const { usable, encoding } = this.#pages;
    return new SqliteRecord(new Payload(this.#pages, this.#bytes, at + sizeBytes, size, Math.floor((usable - 12) * 64 / 255) - 23, least(usable)), encoding);
  }

  /** The first cell for which it is true; `cells`: for none. It is false for all before, true for all behind. */
  first(is: (cell: number) => boolean): number {
    let [low, high] = [0, this.cells];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (is(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  get #header(): number {
    return this.#start + (this.kind.endsWith('interior') ? 12 : 8);
  }

  #place(cell: number): number {
    const place = this.#bytes.readUInt16BE(this.#header + 2 * cell);
    if (place + 4 > this.#pages.usable) throw new DamagedDatabase('A cell lies outside of its page.');
    return place;
  }
}

/** How much of a record is in its page at least. */
const least = (usable: number): number => Math.floor((usable - 12) * 32 / 255) - 23;

/** A table's rows with rowids above `after`, in their order. @throws {DamagedDatabase} */
export function* tableRows(pages: Pages, root: number, after: number): Generator<TableRow, void, undefined> {
  let [last, visits] = [after, 0];
  function* visit(number: number, depth: number): Generator<TableRow, void, undefined> {
    // Each page is in one place of one tree: more visits than pages are a loop.
    if (depth > MAX_DEPTH || ++visits > pages.pageCount) throw new DamagedDatabase('A table goes round in circles.');
    const page = new TreePage(pages, number);
    if (page.kind.startsWith('index')) throw new DamagedDatabase('A table is an index.');
    const first = page.first(cell => page.rowid(cell) > last);
    if (page.kind === 'table interior') {
      for (let cell = first; cell <= page.cells; cell++) yield* visit(page.child(cell), depth + 1);
      return;
    }
    for (let cell = first; cell < page.cells; cell++) {
      const row = page.row(cell);
      if (row.rowid <= last) throw new DamagedDatabase('Rows are out of order.');
      last = row.rowid;
      yield row;
    }
  }
  yield* visit(root, 0);
}

/** The rowid that an index on a text has for it; null: it has none. @param key as the database encodes it. @throws {DamagedDatabase} */
export function findText(pages: Pages, root: number, key: Buffer): number | null {
  let number = root;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const page = new TreePage(pages, number);
    if (page.kind.startsWith('table')) throw new DamagedDatabase('An index is a table.');
    const cell = page.first(at => compare(page.key(at), key) >= 0);
    const entry = cell < page.cells ? page.key(cell) : null;
    if (entry !== null && compare(entry, key) === 0) {
      const rowid = entry.value(entry.length - 1, MAX_KEY_BYTES);
      return typeof rowid === 'number' ? rowid : null;
    }
    if (page.kind === 'index leaf') return null;
    number = page.child(cell);
  }
  throw new DamagedDatabase('An index goes round in circles.');
}

function compare(entry: SqliteRecord, key: Buffer): number {
  if (entry.isBeforeTexts(0)) return -1;
  const text = entry.rawText(0, MAX_KEY_BYTES);
  return text === null ? 1 : Buffer.compare(text, key);
}
