/** What a reading thread found in some files, in a form that goes to another thread quickly: numbers in one array, each text once. */
import type { LogResponse } from '../../providers/logSource';
import type { Sighting } from '../../providers/provider';
import type { FileMemory } from './fileSink';
import type { FileState } from './fileStates';
import { hashText } from './hash';
import type { CountedResponse } from './rowKey';
import type { LogState } from './logState';

/** The columns of a response: the hash of its id, its time, places of its texts, its figures. */
const [HASH, AT, MODEL, PROJECT, BRANCH, SESSION, TIER, INPUT, CACHE_READ, CACHE_WRITE_5M, CACHE_WRITE_1H, OUTPUT, REASONING, COST, WIDTH] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
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
  #list: string[] = [];
  /** Their places in the list. */
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
      responses: this.#responses.slice(0, this.#end), texts: this.#list, running: this.#running, replays: this.#replays,
      sightings: [...this.#sightings], files: [...this.#changed.values()],
    };
    [this.#end, this.#list, this.#texts, this.#running, this.#replays, this.#sightings, this.#changed] = [0, [], new Map(), [], [], new Map(), new Map()];
    return batch;
  }

  #add(event: LogResponse): void {
    const at = this.#end;
    this.#end += WIDTH;
    if (this.#end > this.#responses.length) {
      const larger = new Float64Array(2 * this.#responses.length);
      larger.set(this.#responses);
      this.#responses = larger;
    }
    const to = this.#responses;
    to[at + HASH] = hashText(event.id);
    to[at + AT] = event.at;
    to[at + MODEL] = this.#place(MODEL, event.model);
    to[at + PROJECT] = this.#place(PROJECT, event.project);
    to[at + BRANCH] = this.#place(BRANCH, event.branch);
    to[at + SESSION] = this.#place(SESSION, event.session);
    to[at + TIER] = this.#place(TIER, event.tier);
    to[at + INPUT] = event.input;
    to[at + CACHE_READ] = event.cacheRead;
    to[at + CACHE_WRITE_5M] = event.cacheWrite5m;
    to[at + CACHE_WRITE_1H] = event.cacheWrite1h;
    to[at + OUTPUT] = event.output;
    to[at + REASONING] = event.reasoning;
    to[at + COST] = event.costMicros ?? NaN;
  }

  /** The place of a text among all; responses that follow each other mostly have the same ones. */
  #place(column: number, text: string | null): number {
    const before = this.#responses[this.#end - 2 * WIDTH + column] ?? NO_TEXT;
    if (text === null || (before !== NO_TEXT && this.#list[before] === text)) return text === null ? NO_TEXT : before;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, this.#list.length);
    return this.#list.push(text) - 1;
  }
}

/** What takes a batch: a LogState. */
export type BatchTarget = Pick<LogState, 'sight' | 'setFile'> & { readonly ledger: Pick<LogState['ledger'], 'addHashed' | 'grow' | 'dropHashed'> };

/** Takes a batch into a state. @throws {DamagedIndex}, and then the state is of no more use. */
export function takeBatch({ responses, texts, running, replays, sightings, files }: Batch, state: BatchTarget): void {
  for (let at = 0; at < responses.length; at += WIDTH) state.ledger.addHashed(responses[at + HASH] ?? 0, responseAt(responses, at, texts));
  for (const event of running) state.ledger.grow(event);
  for (const hash of replays) state.ledger.dropHashed(hash);
  for (const [key, sighting] of sightings) state.sight(key, sighting);
  for (const file of files) state.setFile(file);
}

function responseAt(from: Float64Array, at: number, texts: readonly string[]): CountedResponse {
  const cost = from[at + COST] ?? NaN;
  return {
    at: from[at + AT] ?? NaN,
    model: texts[from[at + MODEL] ?? NO_TEXT] ?? '',
    project: texts[from[at + PROJECT] ?? NO_TEXT] ?? null,
    branch: texts[from[at + BRANCH] ?? NO_TEXT] ?? null,
    session: texts[from[at + SESSION] ?? NO_TEXT] ?? null,
    tier: texts[from[at + TIER] ?? NO_TEXT] ?? null,
    input: from[at + INPUT] ?? NaN,
    cacheRead: from[at + CACHE_READ] ?? NaN,
    cacheWrite5m: from[at + CACHE_WRITE_5M] ?? NaN,
    cacheWrite1h: from[at + CACHE_WRITE_1H] ?? NaN,
    output: from[at + OUTPUT] ?? NaN,
    reasoning: from[at + REASONING] ?? NaN,
    costMicros: Number.isNaN(cost) ? null : cost,
  };
}
