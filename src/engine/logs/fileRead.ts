import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { LastWal } from './databaseScan';
import type { FileMemory, FileScan } from './fileSink';
import { LineReaders, LineScan } from './lineScan';
import { type ListedFile, placeOf } from './look';

/** 'closed': this user may not read it. 'gone': it was there a moment ago. */
export type FileOutcome = 'read' | 'closed' | 'gone';

/** Reads files one after the other in this thread. */
export class FileReads {
  readonly #readers = new LineReaders();
  readonly #memory: FileMemory;
  readonly #lastWal: LastWal = { path: '', wal: undefined };

  constructor(memory: FileMemory) {
    this.#memory = memory;
  }

  /**
   * Reads what is new in a file. What was read when `between` throws is kept.
   * @param between called after each piece with its bytes, unpacked; `keep` remembers how far the file was read.
   */
  async read(file: ListedFile, between: (bytes: number, keep: () => void) => Promise<void> | void): Promise<FileOutcome> {
    const fd = open(placeOf(file));
    if (typeof fd === 'string') return fd;
    const scan = this.#scanOf(fd, file);
    const keep = (): void => scan.keep();
    try {
      for await (const bytes of scan.pieces()) await between(bytes, keep);
    } finally {
      keep();
      closeSync(fd);
    }
    return 'read';
  }

  #scanOf(fd: number, file: ListedFile): FileScan {
    const { format } = file;
    if (format.kind === 'lines') return new LineScan(fd, file, this.#memory, format, this.#readers.of(format, file.size - (this.#memory.files.get(file.path)?.offset ?? 0)));
    const { DatabaseScan, DocumentScan } = require('./seldomForms') as typeof import('./seldomForms');
    switch (format.kind) {
      case 'document': return new DocumentScan(fd, file, this.#memory, format);
      case 'database': return new DatabaseScan(fd, file, this.#memory, format, this.#lastWal);
    }
  }
}

function open(path: string): number | 'closed' | 'gone' {
  try {
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // a link may lead to a pipe, which would hold us
    if (fstatSync(fd).isFile()) return fd;
    closeSync(fd);
    return 'gone'; // or to a device, which has no end
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return error.code === 'ENOENT' ? 'gone' : 'closed';
  }
}
