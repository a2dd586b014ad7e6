/** What a reading thread found in some files, in a form that goes to another thread quickly: numbers in one array, each text once. */
import type { LogResponse } from '../../providers/logSource';
import type { Sighting } from '../../providers/provider';
import type { FileMemory } from './fileSink';
import { hashText } from './hash';
import type { CountedResponse } from './rowKey';
import type { FileState, LogState } from './logState';

/** The columns of a response, the hash of its id first. Written and read in one order: see `#add` and `responseAt`. */
const WIDTH = 14;
const FIRST_ROWS = 1024;
const NO_TEXT = -1;

export interface Batch {
  /** WIDTH numbers for each response; of a text its place among `texts`. */
  readonly responses: Float64Array<ArrayBuffer>;
  readonly texts: readonly string[];
  /** Running totals, in order; few. */
  readonly running: readonly LogResponse[];
  /** Hashes of the ids of replays. */
  readonly replays: readonly number[];
  readonly sightings: readonly (readonly [key: string, sighting: Sighting])[];
  /** How far files were read: the batches so far tell what lies before, no more and no less. */
  readonly files: readonly FileState[];
}

/** Stands in for a LogState where files are read, and makes batches of what it is told. */
export class BatchMemory implements FileMemory {
  /** Of the files that are being read. */
  readonly files = new Map<string, FileState>();
  readonly ledger: FileMemory['ledger'] = {
    add: event => this.#add(event),
    grow: event => void this.#running.push(event),
    drop: id => void this.#replays.push(hashText(id)),
  };
  #responses = new Float64Array(FIRST_ROWS * WIDTH);
  #end = 0;
  #texts = new Map<string, number>();
  #running: LogResponse[] = [];
  #replays: number[] = [];
  #sightings = new Map<string, Sighting>();
  #changed = new Map<string, FileState>();

  setFile(file: FileState): void {
    this.files.set(file.path, file);
    this.#changed.set(file.path, file);
  }

  sight(key: string, sighting: Sighting): void {
    if (sighting.at >= (this.#sightings.get(key)?.at ?? -Infinity)) this.#sightings.set(key, sighting);
  }

  /** What was told since the last call; the array in it is nobody else's. */
  take(): Batch {
    const batch: Batch = {
      responses: this.#responses.slice(0, this.#end), texts: [...this.#texts.keys()], running: this.#running, replays: this.#replays,
      sightings: [...this.#sightings], files: [...this.#changed.values()],
    };
    [this.#end, this.#texts, this.#running, this.#replays, this.#sightings, this.#changed] = [0, new Map(), [], [], new Map(), new Map()];
    return batch;
  }

  #add(event: LogResponse): void {
    if (this.#end + WIDTH > this.#responses.length) {
      const larger = new Float64Array(2 * this.#responses.length);
      larger.set(this.#responses);
      this.#responses = larger;
    }
    this.#number(hashText(event.id));
    this.#number(event.at);
    this.#text(event.model);
    this.#text(event.project);
    this.#text(event.branch);
    this.#text(event.session);
    this.#text(event.tier);
    this.#number(event.input);
    this.#number(event.cacheRead);
    this.#number(event.cacheWrite5m);
    this.#number(event.cacheWrite1h);
    this.#number(event.output);
    this.#number(event.reasoning);
    this.#number(event.costMicros ?? NaN);
  }

  #number(value: number): void {
    this.#responses[this.#end++] = value;
  }

  #text(text: string | null): void {
    let place = text === null ? NO_TEXT : this.#texts.get(text);
    if (place === undefined && text !== null) this.#texts.set(text, place = this.#texts.size);
    this.#number(place ?? NO_TEXT);
  }
}

/** What takes a batch: a LogState. */
export type BatchTarget = Pick<LogState, 'sight' | 'setFile'> & { readonly ledger: Pick<LogState['ledger'], 'addHashed' | 'grow' | 'dropHashed'> };

/** Takes a batch into a state. @throws {DamagedIndex}, and then the state is of no more use. */
export function takeBatch({ responses, texts, running, replays, sightings, files }: Batch, state: BatchTarget): void {
  for (let at = 0; at < responses.length; at += WIDTH) state.ledger.addHashed(responses[at] ?? 0, responseAt(responses, at + 1, texts));
  for (const event of running) state.ledger.grow(event);
  for (const hash of replays) state.ledger.dropHashed(hash);
  for (const [key, sighting] of sightings) state.sight(key, sighting);
  for (const file of files) state.setFile(file);
}

function responseAt(responses: Float64Array, from: number, texts: readonly string[]): CountedResponse {
  let at = from;
  const number = (): number => responses[at++] ?? NaN;
  const text = (): string | null => texts[number()] ?? null;
  return {
    at: number(),
    model: text() ?? '',
    project: text(),
    branch: text(),
    session: text(),
    tier: text(),
    input: number(),
    cacheRead: number(),
    cacheWrite5m: number(),
    cacheWrite1h: number(),
    output: number(),
    reasoning: number(),
    costMicros: known(number()),
  };
}

const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
