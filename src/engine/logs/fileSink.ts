import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { LogFile, LogResponse, LogSink } from '../../providers/logSource';
import type { Sighting } from '../../providers/provider';
import type { FileState } from './fileStates';
import type { ListedFile } from './look';
import type { LogState } from './logState';

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

/**
 * Takes what a parser tells of one file into the state, and counts what it could not use. The last response and the sightings are held
 * until `settle`: a tool writes most responses several times in a row, and a sighting with each.
 */
export class FileSink implements LogSink {
  readonly #state: FileMemory;
  #response: LogResponse | null = null;
  readonly #sightings = new Map<string, Sighting>();
  damagedCount = 0;

  constructor(state: FileMemory) {
    this.#state = state;
  }

  response(event: LogResponse): void {
    if (this.#response !== null && isCopy(event, this.#response)) {
      this.#response = greatest(this.#response, event);
      return;
    }
    if (this.#response !== null) this.#state.ledger.add(this.#response);
    this.#response = event;
  }

  running(event: LogResponse): void {
    this.#state.ledger.grow(event);
  }

  replay(id: string): void {
    this.#state.ledger.drop(id);
  }

  sighting(key: string, sighting: Sighting): void {
    const held = this.#sightings.get(key);
    if (held === undefined || sighting.at >= held.at) this.#sightings.set(key, sighting);
  }

  damaged(): void {
    this.damagedCount++;
  }

  /** All that was told is in the state now. */
  settle(): void {
    if (this.#response !== null) this.#state.ledger.add(this.#response);
    this.#response = null;
    for (const [key, sighting] of this.#sightings) this.#state.sight(key, sighting);
    this.#sightings.clear();
  }
}

/** Whether it only tells once more, and later, of the same response. */
const isCopy = (event: LogResponse, of: LogResponse): boolean =>
  event.id === of.id && event.at >= of.at && event.model === of.model && event.project === of.project && event.branch === of.branch && event.session === of.session
  && event.tier === of.tier && (event.costMicros === null) === (of.costMicros === null);

/** The greatest of each figure, as the ledger would have it. */
function greatest(first: LogResponse, event: LogResponse): LogResponse {
  const more = event.output > first.output || event.input > first.input || event.cacheRead > first.cacheRead || event.cacheWrite5m > first.cacheWrite5m
    || event.cacheWrite1h > first.cacheWrite1h || event.reasoning > first.reasoning || (event.costMicros ?? 0) > (first.costMicros ?? 0);
  return !more ? first : {
    ...first,
    input: Math.max(event.input, first.input), cacheRead: Math.max(event.cacheRead, first.cacheRead),
    cacheWrite5m: Math.max(event.cacheWrite5m, first.cacheWrite5m), cacheWrite1h: Math.max(event.cacheWrite1h, first.cacheWrite1h),
    output: Math.max(event.output, first.output), reasoning: Math.max(event.reasoning, first.reasoning),
    costMicros: first.costMicros === null ? null : Math.max(event.costMicros ?? 0, first.costMicros),
  };
}

/** What a parser may know of the file beside its content. */
export const logFile = ({ path: place, mtimeMs }: ListedFile): LogFile => ({
  path: place, modifiedAt: mtimeMs,
  near: (relativePath, maxBytes) => {
    const near = path.resolve(path.dirname(place), relativePath);
    try {
      const stat = statSync(near);
      return !stat.isFile() || stat.size > maxBytes ? null : readFileSync(near, 'utf8');
    } catch {
      return null; // not there, or not ours to see
    }
  },
});
