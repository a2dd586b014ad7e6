import type { DatabaseFormat, LogRow, LogSink, LogTables } from '../../providers/logSource';
import { DamagedDatabase } from '../sqlite/damaged';
import { SqliteDatabase } from '../sqlite/database';
import { Pages } from '../sqlite/pages';
import type { Wal } from '../sqlite/wal';
import { type FileMemory, type FileScan, FileSink, logFile } from './fileSink';
import type { ListedFile } from './look';
import { bytesUnpacker, DamagedArchive, type UnpackBytes } from './unpack';

/** Rows with a longer value are passed over, if it is asked for. */
const MAX_VALUE_BYTES = 64 * 1024 * 1024;
/** One step reads no more than this, and what a last row has above it. */
const STEP_BYTES = 1024 * 1024;
const STEP_ROWS = 1000;
/** So often a step is begun anew when a writer was at work; then the rest is left for the next scan. */
const ATTEMPTS = 4;

/** What is remembered of the write-ahead log of the database that was read last: it is often the next one, for a few frames more. */
export interface LastWal { path: string; wal: Wal | undefined }
/** A longer one is not kept in mind. */
const MAX_WAL_PAGES = 100_000;

/** Reads what is new in a database, step by step; what a step told counts once the database is known not to have changed under it. */
export class DatabaseScan implements FileScan {
  readonly #fd: number;
  readonly #file: ListedFile;
  readonly #state: FileMemory;
  readonly #format: DatabaseFormat;
  readonly #sink: FileSink;
  readonly #last: LastWal;
  #parser: unknown;
  #tooLong: number;
  #finished = false;
  #sound = true;

  constructor(fd: number, file: ListedFile, state: FileMemory, format: DatabaseFormat, last: LastWal) {
    [this.#fd, this.#file, this.#state, this.#format, this.#last] = [fd, file, state, format, last];
    this.#sink = new FileSink(state);
    const known = state.files.get(file.path);
    [this.#parser, this.#tooLong, this.#sink.damagedCount] = [known?.parser, known?.tooLong ?? 0, known?.damaged ?? 0];
  }

  async* pieces(): AsyncGenerator<number, void, undefined> {
    const unpack = await bytesUnpacker();
    const { path } = this.#file;
    const pages = new Pages(path, this.#fd, this.#last.path === path ? this.#last.wal : undefined);
    try {
      for (let attempt = 1; attempt <= ATTEMPTS && !this.#finished; attempt++) {
        while ((yield* this.#step(pages, unpack)) === 'left') {
          attempt = 1;
          await new Promise<void>(resolve => setImmediate(resolve)); // few bytes can be much work
        }
      }
    } finally {
      pages.close();
      [this.#last.path, this.#last.wal] = [path, this.#sound && pages.wal.pages <= MAX_WAL_PAGES ? pages.wal : undefined];
    }
  }

  * #step(pages: Pages, unpack: UnpackBytes): Generator<number, 'left' | 'all' | 'changed', undefined> {
    const held = new HeldSink();
    let tables: StepTables;
    let parser: unknown;
    try {
      if (!(yield* pages.begin())) return 'changed';
      tables = new StepTables(pages, unpack);
      parser = this.#format.read(tables, this.#parser, logFile(this.#file), held);
    } catch (error) {
      this.#sound = false;
      if (isSystemError(error)) return 'changed';
      if (!(error instanceof DamagedDatabase)) throw error;
      if (!unchanged(pages)) return 'changed';
      this.#sink.damagedCount = Math.max(1, this.#sink.damagedCount);
      this.#finished = true;
      return 'all';
    }
    if (!unchanged(pages)) return 'changed';
    if (tables.left && JSON.stringify(parser) === JSON.stringify(this.#parser)) throw new Error('A reader of a database does not get on.');
    held.release(this.#sink);
    this.#parser = parser;
    this.#tooLong += tables.tooLong;
    this.#finished = !tables.left;
    yield tables.worth;
    return tables.left ? 'left' : 'all';
  }

  keep(): void {
    this.#sink.settle();
    const { path, packed, size, mtimeMs, inode } = this.#file;
    this.#state.setFile({
      path, packed, inode, mtimeMs, offset: 0, inLongLine: false, tail: 0, parser: this.#parser, damaged: this.#sink.damagedCount, tooLong: this.#tooLong,
      size: this.#finished ? size : -1, // none that a file has, so that the next scan goes on
    });
  }
}

/** Windows refuses files for the moment in which a writer takes them away or locks them. */
const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;

function unchanged(pages: Pages): boolean {
  try {
    return pages.unchanged();
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

/** The tables during one step. */
class StepTables implements LogTables {
  readonly #pages: Pages;
  readonly #database: SqliteDatabase;
  readonly #unpack: UnpackBytes;
  readonly #from: number;
  #rows = 0;
  left = false;
  /** Rows that were passed over. */
  tooLong = 0;

  constructor(pages: Pages, unpack: UnpackBytes) {
    [this.#pages, this.#unpack, this.#from] = [pages, unpack, pages.bytesRead];
    this.#database = new SqliteDatabase(pages, MAX_VALUE_BYTES);
  }

  /** The work of the step, in bytes: many small rows are as much of it as many bytes. */
  get worth(): number {
    return this.left ? Math.max(STEP_BYTES, this.#bytes) : this.#bytes;
  }

  get #full(): boolean {
    return this.#rows >= STEP_ROWS || this.#bytes >= STEP_BYTES;
  }

  get #bytes(): number {
    return this.#pages.bytesRead - this.#from;
  }

  rows<C extends string>(table: string, columns: readonly C[], after: number | null, tell: (row: LogRow<C>, rowid: number) => void): 'all' | 'left' {
    let told = false;
    const rows = this.#database.rows(table, columns, after ?? -Infinity, () => this.tooLong++);
    for (let next = rows.next(); next.done !== true; next = rows.next()) {
      if (this.#full && told) {
        this.left = true;
        return 'left';
      }
      const [rowid, row] = next.value;
      tell(row, rowid);
      told = true;
      this.#rows++;
    }
    return 'all';
  }

  row<C extends string>(table: string, columns: readonly C[], key: number | { readonly column: string; readonly text: string }): LogRow<C> | null {
    return this.#database.row(table, columns, key);
  }

  unpack(packed: Uint8Array, maxBytes: number): string | null {
    try {
      return this.#unpack(packed, maxBytes).toString('utf8');
    } catch (error) {
      if (error instanceof DamagedArchive) return null;
      throw error;
    }
  }
}

/** Keeps what it is told until it is known to be true. */
class HeldSink implements LogSink {
  readonly #told: ((sink: LogSink) => void)[] = [];

  response: LogSink['response'] = event => this.#told.push(sink => sink.response(event));
  running: LogSink['running'] = event => this.#told.push(sink => sink.running(event));
  replay: LogSink['replay'] = id => this.#told.push(sink => sink.replay(id));
  sighting: LogSink['sighting'] = (key, sighting) => this.#told.push(sink => sink.sighting(key, sighting));
  damaged: LogSink['damaged'] = () => this.#told.push(sink => sink.damaged());

  release(sink: LogSink): void {
    for (const tell of this.#told) tell(sink);
  }
}
