import { readSync } from 'node:fs';
import type { LineFormat, LogLine, LogParser } from '../../providers/logSource';
import { JsBytes } from './bytesJs';
import { type FileMemory, type FileScan, FileSink, logFile } from './fileSink';
import type { FileState } from './fileStates';
import { LineReader, type LineTarget } from './lineReader';
import type { ListedFile } from './look';
import { Tail, tailHash } from './tail';

type Begin = Pick<FileState, 'offset' | 'tail' | 'parser' | 'inLongLine' | 'damaged' | 'tooLong'>;
const BEGINNING: Begin = { offset: 0, tail: new Tail().hash, parser: undefined, inLongLine: false, damaged: 0, tooLong: 0 };

/** Longer lines are passed over. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** For fewer bytes it does not pay to make what is fast. */
const FEW_BYTES = 256 * 1024;

/** One reader for each format, as its buffer is large. */
export class LineReaders {
  /** Null: a first time has been, with a reader that was made for it alone. */
  readonly #readers = new Map<LineFormat, LineReader | null>();

  /** @param bytes that are to be read now. */
  of(format: LineFormat, bytes: number): LineReader {
    const known = this.#readers.get(format);
    if (known === undefined && bytes < FEW_BYTES) {
      this.#readers.set(format, null);
      return new LineReader(format, MAX_LINE_BYTES, wanted => new JsBytes(wanted));
    }
    const reader = known ?? new LineReader(format, MAX_LINE_BYTES);
    this.#readers.set(format, reader);
    return reader;
  }
}

/** Reads a file that grows line by line, from where it was left. */
export class LineScan implements FileScan, LineTarget {
  readonly #fd: number;
  readonly #file: ListedFile;
  readonly #state: FileMemory;
  readonly #format: LineFormat;
  readonly #reader: LineReader;
  readonly #sink: FileSink;
  #parser: LogParser;
  /** Set once the last line was told. */
  #beforeRest: Pick<FileState, 'parser'> | null = null;
  #tooLong = 0;
  /** Of what was unpacked. */
  #tail = new Tail();
  #begun = false;
  #finished = false;

  constructor(fd: number, file: ListedFile, state: FileMemory, format: LineFormat, reader: LineReader) {
    this.#fd = fd;
    this.#file = file;
    this.#state = state;
    this.#format = format;
    this.#reader = reader;
    this.#sink = new FileSink(state);
    this.#parser = this.#parserFrom(undefined);
  }

  async* pieces(): AsyncGenerator<number, void, undefined> {
    yield* this.#file.packed ? this.#packedPieces() : this.#plainPieces();
    this.#reader.finish({ line: line => this.#rest(line), damaged: () => undefined, tooLong: () => undefined });
    this.#finished = true;
  }

  * #plainPieces(): Generator<number, void, undefined> {
    const known = this.#state.files.get(this.#file.path);
    const grown = known !== undefined && (known.packed || (known.inode === this.#file.inode && known.size < this.#file.size));
    const from = grown && this.#tailHash(known.offset) === known.tail ? known : BEGINNING;
    this.#begin(from, { rereads: from === BEGINNING }); // what is appended is read once
    for (let position = from.offset; ;) {
      const { room } = this.#reader;
      const read = readSync(this.#fd, room, 0, room.length, position);
      if (read === 0) return;
      position = this.#reader.took(read) ? position + read : this.#reader.place.offset;
      yield read;
    }
  }

  /** A log that was packed, or grew, since it was read is unpacked from its beginning, as it must be, but not counted from there. */
  async* #packedPieces(): AsyncGenerator<number, void, undefined> {
    const known = this.#state.files.get(this.#file.path);
    if (known === undefined || !(yield* this.#unpackFrom(known))) yield* this.#unpackFrom(BEGINNING);
  }

  /** Gives false, having taken nothing, when what is before `from` is not what it was. */
  async* #unpackFrom(from: Begin): AsyncGenerator<number, boolean, undefined> {
    const { DamagedArchive, unpack } = require('./seldomForms') as typeof import('./seldomForms');
    const tail = new Tail();
    let begun = false;
    const begin = (): boolean => {
      tail.mark(from.offset);
      begun = tail.hash === from.tail;
      if (begun) this.#begin(from, { tail });
      return begun;
    };
    if (from.offset === 0) begin();
    try {
      for await (const piece of unpack(this.#fd)) {
        let at = 0;
        if (!begun) {
          at = Math.min(piece.length, from.offset - tail.position);
          tail.pass(piece.subarray(0, at));
          if (tail.position === from.offset && !begin()) return false;
        }
        while (at < piece.length) {
          const part = piece.subarray(at, at + this.#reader.room.length);
          this.#reader.room.set(part);
          this.#reader.took(part.length);
          tail.pass(part);
          tail.mark(this.#reader.place.offset);
          at += part.length;
        }
        yield piece.length;
      }
    } catch (error) {
      if (!(error instanceof DamagedArchive)) throw error;
      this.#sink.damaged();
    }
    return begun;
  }

  #begin(from: Begin, { tail = new Tail(), rereads = false }: { readonly tail?: Tail; readonly rereads?: boolean }): void {
    this.#parser = this.#parserFrom(from.parser);
    this.#sink.damagedCount = from.damaged;
    this.#tooLong = from.tooLong;
    this.#tail = tail;
    this.#reader.begin(from, this, rereads);
    this.#begun = true;
  }

  #parserFrom(state: unknown): LogParser {
    return this.#format.parser(state, logFile(this.#file));
  }

  /**
   * A last line without a newline counts if it is whole, but its end may be yet to come: it is told again in the next scan, from what
   * was remembered before it, which finds its response known.
   */
  #rest(line: LogLine): void {
    const { damagedCount } = this.#sink;
    this.#beforeRest = { parser: this.#parser.state() };
    this.#parser.line(line, this.#sink);
    this.#sink.damagedCount = damagedCount;
  }

  keep(): void {
    if (!this.#begun) return;
    this.#sink.settle();
    const { offset, inLongLine } = this.#reader.place;
    const { path, packed, size, mtimeMs, inode } = this.#file;
    this.#state.setFile({
      path, packed, inode, mtimeMs, offset, inLongLine, tail: packed ? this.#tail.hash : this.#tailHash(offset), parser: (this.#beforeRest ?? { parser: this.#parser.state() }).parser,
      damaged: this.#sink.damagedCount, tooLong: this.#tooLong,
      size: this.#finished ? size : -1, // none that a file has, so that the next scan goes on
    });
  }

  #tailHash(offset: number): number {
    return tailHash(offset, (from, to) => {
      const bytes = Buffer.allocUnsafe(to - from);
      return bytes.subarray(0, readSync(this.#fd, bytes, 0, bytes.length, from));
    });
  }

  line(line: LogLine): void {
    this.#parser.line(line, this.#sink);
  }

  tooLong(): void {
    this.#tooLong++;
  }

  damaged(): void {
    this.#sink.damaged();
  }
}
