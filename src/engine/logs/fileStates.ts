/** How far a file was read. */
export interface FileState {
  /** Real, absolute; of a packed file without its ending. */
  readonly path: string;
  /** It was packed when it was read; size, time and inode are those of the packed file. */
  readonly packed: boolean;
  /** -1: it was left in between. */
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
  /** The byte after the last whole line, unpacked. */
  readonly offset: number;
  /** A hash of the bytes before `offset`, by which a rewritten file shows. */
  readonly tail: number;
  /** The parser's own, plain JSON. */
  readonly parser: unknown;
  /** Lines skipped in it. */
  readonly damaged: number;
  readonly tooLong: number;
  /** `offset` lies inside a line above the limit. */
  readonly inLongLine: boolean;
}

/** Files as they are written down. */
export interface PackedFiles {
  readonly paths: readonly string[];
  /** Size, time, inode, offset, tail, damaged, too long, flags. */
  readonly columns: readonly ArrayLike<number>[];
  /** A line of JSON for each file; empty: its parser has nothing to remember. */
  readonly parsers: string;
  readonly skipped: Skipped;
}

/** What all files have of each. */
export type Skipped = Pick<FileState, 'damaged' | 'tooLong'>;

const [SIZE, MTIME, INODE, OFFSET, TAIL, DAMAGED, TOO_LONG, FLAGS] = [0, 1, 2, 3, 4, 5, 6, 7];
const [PACKED, IN_LONG_LINE] = [1, 2];

export function packFiles(files: readonly FileState[]): PackedFiles {
  const column = (of: (file: FileState) => number): number[] => files.map(of);
  return {
    paths: files.map(({ path }) => path),
    columns: [
      column(({ size }) => size), column(({ mtimeMs }) => mtimeMs), column(({ inode }) => inode), column(({ offset }) => offset), column(({ tail }) => tail),
      column(({ damaged }) => damaged), column(({ tooLong }) => tooLong), column(({ packed, inLongLine }) => (packed ? PACKED : 0) + (inLongLine ? IN_LONG_LINE : 0)),
    ],
    parsers: files.map(({ parser }) => JSON.stringify(parser) ?? '').join('\n'),
    skipped: files.reduce((sum, { damaged, tooLong }) => ({ damaged: sum.damaged + damaged, tooLong: sum.tooLong + tooLong }), { damaged: 0, tooLong: 0 }),
  };
}

/** The files of many earlier runs and of this one. A start makes an object for those alone that it reads. */
export class FileStates {
  /** Of what was kept, its place there. */
  readonly #files = new Map<string, FileState | number>();
  #kept: PackedFiles = packFiles([]);
  #parsers: readonly string[] | null = null;
  /** What `list` was told: of what was kept by its place there, and of all else. */
  #listedKept = new Uint8Array();
  readonly #listedOwn = new Set<string>();
  readonly skipped: { -readonly [part in keyof Skipped]: number } = { damaged: 0, tooLong: 0 };

  get size(): number {
    return this.#files.size;
  }

  get(path: string): FileState | undefined {
    const found = this.#files.get(path);
    return typeof found === 'number' ? this.#keptAt(found) : found;
  }

  /** Whether nothing was written to a file since it was read. */
  isSame(path: string, packed: boolean, size: number, mtimeMs: number, inode: number): boolean {
    return this.#isSame(this.#files.get(path), packed, size, mtimeMs, inode);
  }

  #isSame(known: FileState | number | undefined, packed: boolean, size: number, mtimeMs: number, inode: number): boolean {
    if (typeof known !== 'number') return known !== undefined && known.packed === packed && known.size === size && known.mtimeMs === mtimeMs && known.inode === inode;
    const { columns } = this.#kept; // looked up here, as this is asked of every file at every start
    return columns[SIZE]?.[known] === size && columns[MTIME]?.[known] === mtimeMs && columns[INODE]?.[known] === inode && ((columns[FLAGS]?.[known] ?? 0) & PACKED) === (packed ? PACKED : 0);
  }

  /** What is still there is to be told by `list` from now on. */
  beginListing(): void {
    this.#listedKept = new Uint8Array(this.#kept.paths.length);
    this.#listedOwn.clear();
  }

  /** A file is there. 'same': as of `isSame`. 'again': it was told before. */
  list(path: string, packed: boolean, size: number, mtimeMs: number, inode: number): 'same' | 'fresh' | 'again' {
    const known = this.#files.get(path);
    if (this.#isListed(path, known)) return 'again';
    if (typeof known === 'number') this.#listedKept[known] = 1;
    else this.#listedOwn.add(path);
    return this.#isSame(known, packed, size, mtimeMs, inode) ? 'same' : 'fresh';
  }

  isListed(path: string): boolean {
    return this.#isListed(path, this.#files.get(path));
  }

  #isListed(path: string, known: FileState | number | undefined): boolean {
    return typeof known === 'number' ? this.#listedKept[known] === 1 : this.#listedOwn.has(path);
  }

  /** Known files that were not told of since `beginListing`. */
  get unlisted(): readonly string[] {
    const paths: string[] = [];
    this.#files.forEach((known, path) => {
      if (!this.#isListed(path, known)) paths.push(path);
    });
    return paths;
  }

  all(): readonly FileState[] {
    return [...this.#files.values()].map(file => (typeof file === 'number' ? this.#keptAt(file) : file));
  }

  set(file: FileState): void {
    this.#skip(file.path, -1);
    if (this.isListed(file.path)) this.#listedOwn.add(file.path);
    this.#files.set(file.path, file);
    this.#skip(file.path, 1);
  }

  delete(path: string): void {
    this.#skip(path, -1);
    this.#files.delete(path);
  }

  /** Takes over those that another run wrote down, which replace what is here. */
  restore(packed: PackedFiles): void {
    if (this.#files.size === 0) {
      [this.#kept, this.#parsers] = [packed, null];
      packed.paths.forEach((path, i) => this.#files.set(path, i));
      this.skipped.damaged += packed.skipped.damaged;
      this.skipped.tooLong += packed.skipped.tooLong;
    } else {
      const more = new FileStates();
      more.restore(packed);
      for (const file of more.all()) this.set(file);
    }
  }

  #skip(path: string, sign: 1 | -1): void {
    const file = this.get(path);
    if (file === undefined) return;
    this.skipped.damaged += sign * file.damaged;
    this.skipped.tooLong += sign * file.tooLong;
  }

  #keptAt(place: number): FileState {
    this.#parsers ??= this.#kept.parsers.split('\n');
    const parser = this.#parsers[place] ?? '';
    return {
      path: this.#kept.paths[place] ?? '', packed: this.#flag(PACKED, place), size: this.#number(SIZE, place), mtimeMs: this.#number(MTIME, place),
      inode: this.#number(INODE, place), offset: this.#number(OFFSET, place), tail: this.#number(TAIL, place), parser: parser === '' ? undefined : JSON.parse(parser),
      damaged: this.#number(DAMAGED, place), tooLong: this.#number(TOO_LONG, place), inLongLine: this.#flag(IN_LONG_LINE, place),
    };
  }

  #number(column: number, place: number): number {
    return this.#kept.columns[column]?.[place] ?? 0;
  }

  #flag(flag: number, place: number): boolean {
    return (this.#number(FLAGS, place) & flag) !== 0;
  }
}
