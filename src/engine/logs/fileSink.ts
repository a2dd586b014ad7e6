import fs from 'node:fs';
import path from 'node:path';
import type { LogFile, LogResponse, LogSink } from '../../providers/logSource';
import type { Sighting } from '../../providers/provider';
import type { ListedFile } from './listing';
import type { FileState, LogState } from './logState';

/** What reading a file needs of a LogState, or of what stands in for one in another thread. */
export interface FileMemory extends Pick<LogState, 'setFile' | 'sight'> {
  readonly files: { get(path: string): FileState | undefined };
  readonly ledger: Pick<LogState['ledger'], 'add' | 'grow' | 'drop'>;
}

/** Reads what is new in one file into the state. */
export interface FileScan {
  /** Yields the bytes read, unpacked, piece by piece. */
  pieces(): AsyncIterable<number> | Iterable<number>;
  /** Remembers how far the file was read, also when it was left in between. */
  keep(): void;
}

/** Takes what a parser tells of one file into the state, and counts what it could not use. */
export class FileSink implements LogSink {
  readonly #state: FileMemory;
  damagedCount = 0;

  constructor(state: FileMemory) {
    this.#state = state;
  }

  response(event: LogResponse): void {
    this.#state.ledger.add(event);
  }

  running(event: LogResponse): void {
    this.#state.ledger.grow(event);
  }

  replay(id: string): void {
    this.#state.ledger.drop(id);
  }

  sighting(key: string, sighting: Sighting): void {
    this.#state.sight(key, sighting);
  }

  damaged(): void {
    this.damagedCount++;
  }
}

/** What a parser may know of the file beside its content. */
export const logFile = ({ path: place, mtimeMs }: ListedFile): LogFile => ({
  path: place, modifiedAt: mtimeMs,
  near: (relativePath, maxBytes) => {
    const near = path.resolve(path.dirname(place), relativePath);
    try {
      return fs.statSync(near).size > maxBytes ? null : fs.readFileSync(near, 'utf8');
    } catch {
      return null; // not there, or not ours to see
    }
  },
});
