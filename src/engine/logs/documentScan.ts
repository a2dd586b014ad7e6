import fs from 'node:fs';
import type { DocumentFormat } from '../../providers/logSource';
import { type FileMemory, type FileScan, FileSink, logFile } from './fileSink';
import type { ListedFile } from './look';

/** Larger documents are passed over: they must be in memory as a whole. */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

/** Reads a file that holds one JSON value, as a whole. */
export class DocumentScan implements FileScan {
  readonly #fd: number;
  readonly #file: ListedFile;
  readonly #state: FileMemory;
  readonly #format: DocumentFormat;
  readonly #sink: FileSink;
  #parser: unknown;
  #tooLong = 0;
  #finished = false;

  constructor(fd: number, file: ListedFile, state: FileMemory, format: DocumentFormat) {
    [this.#fd, this.#file, this.#state, this.#format] = [fd, file, state, format];
    this.#sink = new FileSink(state);
    this.#parser = state.files.get(file.path)?.parser;
  }

  * pieces(): Generator<number, void, undefined> {
    yield* this.#read();
    this.#finished = true;
  }

  * #read(): Generator<number, void, undefined> {
    const { size } = fs.fstatSync(this.#fd);
    if (size > MAX_DOCUMENT_BYTES) {
      this.#tooLong++;
      return;
    }
    const bytes = fs.readFileSync(this.#fd);
    yield bytes.length;
    let document: unknown;
    try {
      document = JSON.parse(new TextDecoder().decode(bytes));
    } catch {
      return this.#sink.damaged(); // perhaps half written: then it changes again
    }
    this.#parser = this.#format.read(document, this.#parser, logFile(this.#file), this.#sink);
  }

  keep(): void {
    this.#sink.settle();
    const { path, packed, size, mtimeMs, inode } = this.#file;
    this.#state.setFile({
      path, packed, inode, mtimeMs, size: this.#finished ? size : -1, offset: 0, inLongLine: false, tail: 0, parser: this.#parser, damaged: this.#sink.damagedCount, tooLong: this.#tooLong,
    });
  }
}
