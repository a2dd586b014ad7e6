import { type Span, wholeHours } from '../../core/days';
import { ProviderError } from '../../core/errors';
import { noPrices, type PriceTable } from '../../core/pricing';
import type { UnreadLogs } from '../../core/snapshot';
import { HOUR_MS } from '../../core/time';
import type { LogScan } from '../../providers/provider';
import { changedBuckets, recentEntries, spanOf } from './buckets';
import { type Amount, amountRead, gone, isWanted, unreadOf } from './fileChanges';
import { FileReads } from './fileRead';
import { DamagedIndex } from './idPages';
import { byAge, existingRoots, listChanged, listLogs, newestFirst } from './listing';
import { LogState } from './logState';
import { LogStore } from './logStore';
import type { LogPlaces } from './logWatch';
import type { ListedFile, Listing } from './look';
import { readAll, type ReadAllResult } from './readAll';
import { Rests } from './rests';
import type { LogScannerOptions, ScanOptions } from './scanOptions';
import type { Counted } from './scanViews';
import { skipNotes } from './skipNotes';
import { isSystemError } from './systemError';

interface Told<T> { readonly told: T; readonly notes: readonly string[] }

const DAMAGED_NOTE = 'The index of these logs was damaged: all logs were read again.';
/** Listing a folder is so much of the work that reading a file is. */
const FILES_PER_FOLDER = 1 / 4;
/** A scan that is killed loses no more than this. */
const BYTES_PER_SAVE = 128 * 1024 * 1024;

/**
 * Counts one account's local logs, reading only what is new. The first scan in a scanner's life restates every bucket it knows,
 * also those of logs that are gone; later scans what changed since. Meant for the engine's worker: it rests between slices.
 */
export class LogScanner {
  readonly #options: LogScannerOptions;
  readonly #disposed = new AbortController();
  #memory: Memory | null = null;
  #last: Promise<unknown> = Promise.resolve();
  /** What a scan found out of the ordinary about its own memory; told once. */
  #memoryNotes: string[] = [];
  readonly #rests = new Rests();
  #places: LogPlaces | null = null;
  #span: (Span & { readonly ms: number }) | null = null;
  /** Files and folders that could not be read when all were listed. */
  #closed = 0;
  #unread: UnreadLogs | null = null;
  /** What a scan of all logs that runs now has before it. */
  #running: { readonly listing: Listing; readonly state: LogState } | null = null;

  constructor(options: LogScannerOptions) {
    this.#options = options;
  }

  /**
   * One scan at a time: a second one waits.
   * @throws {ProviderError} 'unreadable' when no log folder can be read; the signal's reason when it aborts, and then what was
   * read so far is kept and the next scan goes on from there.
   */
  async scan(options: ScanOptions = {}): Promise<LogScan> {
    const { told, notes } = await this.#inTurn(options, state => ({
      report: this.#report(state), sightings: new Map(state.sightings), recent: () => recentEntries(state.ledger, this.#prices),
    }));
    return { ...told, notes };
  }

  /** As `scan`, for who asks for `counted` alone: tells what was not counted and why, in words. */
  async count(options: ScanOptions = {}): Promise<readonly string[]> {
    return (await this.#inTurn(options, () => null)).notes;
  }

  #inTurn<T>(options: ScanOptions, tell: (state: LogState) => T): Promise<Told<T>> {
    const scan = this.#last.then(() => this.#scan(options, tell));
    this.#last = scan.catch(() => undefined);
    return scan;
  }

  /** All that was counted so far, in the grain of the index; null before the first scan. */
  get counted(): Counted | null {
    return this.#memory === null ? null : { table: this.#memory.state.ledger.table, prices: this.#prices, countsRequests: this.#options.source.countsRequests !== false };
  }

  /** What the last listing of all logs found; null: there was none yet. */
  get places(): LogPlaces | null {
    return this.#places;
  }

  /** What the last scan of all logs left for another; null: nothing. */
  get unread(): UnreadLogs | null {
    return this.#unread;
  }

  /** How far a scan of all logs that runs now has come; null: none runs. */
  get amount(): Amount | null {
    return this.#running === null ? null : amountRead(this.#running.listing, this.#running.state);
  }

  /** Ends a running scan; disposing twice is harmless. */
  dispose(): void {
    this.#disposed.abort(new ProviderError('internal', 'The log scanner was disposed of.'));
  }

  async #scan<T>({ signal, ...options }: ScanOptions, tell: (state: LogState) => T): Promise<Told<T>> {
    const stop = signal === undefined ? this.#disposed.signal : AbortSignal.any([this.#disposed.signal, signal]);
    stop.throwIfAborted();
    try {
      return await this.#scanAll(stop, options, tell);
    } catch (error) {
      if (!(error instanceof DamagedIndex)) throw error;
      this.#beginAnew();
      stop.throwIfAborted();
      return this.#scanAll(stop, { ...options, changed: null, since: null }, tell);
    }
  }

  async #scanAll<T>(stop: AbortSignal, options: ScanOptions, tell: (state: LogState) => T): Promise<Told<T>> {
    const { changed = null, since = null, leave } = options;
    const memory = (this.#memory ??= this.#open());
    const { state } = memory;
    const few = changed === null || this.#places === null ? null : listChanged(this.#options.source, this.#places.roots, state.files, changed);
    const listing = few ?? await this.#list(state, stop);
    const fresh = [...listing.fresh].sort(byAge);
    const wanted = since === null ? fresh : fresh.filter(file => isWanted(file, state, since));
    if (few === null) this.#running = { listing, state };
    const { closed, left } = await this.#readAll(wanted, memory, stop, options).finally(() => (this.#running = null));
    if (few === null) {
      if (listing.listed.size === 0 && closed === listing.count) throw new ProviderError('unreadable', `The log ${this.#places?.roots[0]} cannot be read.`);
      for (const path of gone(listing, state)) state.dropFile(path);
      this.#closed = listing.closed.size + closed;
      this.#unread = left || wanted.length < fresh.length ? unreadOf(listing, state, since !== null || leave?.aborted === true) : null;
    }
    const told = tell(state);
    if (few === null) this.#save(); // what was found in between is kept with the next whole scan, or read again
    return { told, notes: [...this.#memoryNotes.splice(0), ...skipNotes(state, this.#closed, this.#unread)] };
  }

  async #list(state: LogState, stop: AbortSignal): Promise<Listing> {
    const { source, machine, home, folders } = this.#options;
    const roots = existingRoots(source, machine, home, folders);
    const listing = await listLogs(source, roots, state.files, () => this.#rests.after(0, FILES_PER_FOLDER, stop));
    this.#places = { roots, folders: () => newestFirst(listing) };
    return listing;
  }

  #open(): Memory {
    const { stateDir } = this.#options;
    if (stateDir === null) return memoryOf(new LogState(), null);
    try {
      const store = new LogStore(stateDir);
      const { state, damaged } = store.load();
      if (damaged) this.#memoryNotes.push(DAMAGED_NOTE);
      return memoryOf(state, store);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#memoryNotes.push(`The index of these logs cannot be kept (${error.code}): they are read anew each time.`);
      return memoryOf(new LogState(), null);
    }
  }

  /** A damaged part of the index shows when it is needed, which may be late. */
  #beginAnew(): void {
    const store = this.#memory?.store ?? null;
    this.#memory = memoryOf(store?.discard() ?? new LogState(), store);
    this.#memoryNotes.push(DAMAGED_NOTE);
  }

  /** Not once disposed of: the folder may have been handed on to another scanner. */
  #save(amid = false): void {
    if (this.#memory?.store == null || this.#disposed.signal.aborted) return;
    try {
      this.#memory.store.save(this.#memory.state, amid);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#memoryNotes.push(`The index of these logs could not be saved (${error.code}).`);
    }
  }

  async #readAll(files: readonly ListedFile[], { state, reads }: Memory, stop: AbortSignal, { onProgress, leave, enough = () => false }: ScanOptions): Promise<ReadAllResult> {
    const { source: { formats }, help, log } = this.#options;
    const until = leave === undefined ? stop : AbortSignal.any([stop, leave]);
    let savedAt = 0;
    try {
      return await readAll(files, {
        state, reads, formats, help, enough, stop: until, log,
        rest: (bytes, count) => this.#rests.after(bytes, count, until),
        progress: progress => {
          onProgress?.(progress);
          if (progress.bytesRead - savedAt <= BYTES_PER_SAVE) return;
          this.#save(true);
          savedAt = progress.bytesRead;
        },
      });
    } catch (error) {
      if (!(error instanceof DamagedIndex)) this.#save(); // else a file may be kept as read whose responses were not taken
      if (stop.aborted || leave?.aborted !== true || error !== leave.reason) throw error;
      return { closed: 0, left: true };
    }
  }

  get #prices(): PriceTable {
    const { source, prices } = this.#options;
    return source.costs === 'reported' ? noPrices : prices;
  }

  /** Asked with each appended line, and slow to answer. */
  #spanOf(zone: string, fromAt: number, toAt: number): number {
    if (this.#span?.fromAt !== fromAt || this.#span.toAt !== toAt) this.#span = { fromAt, toAt, ms: spanOf(zone, fromAt, toAt) };
    return this.#span.ms;
  }

  #report(state: LogState): LogScan['report'] {
    const [{ source, zone }, { ledger }] = [this.#options, state];
    const changed = ledger.takeChangedRows();
    const { range } = ledger;
    const spanMs = range === null ? HOUR_MS : this.#spanOf(zone, range.fromAt, range.toAt);
    // Buckets of another length lie under those that were reported before: all are told anew, and the others dropped.
    const respanned = range !== null && state.spanMs !== null && state.spanMs !== spanMs;
    if (range !== null) state.spanMs = spanMs;
    const buckets = changedBuckets(ledger, respanned ? ledger.rows : changed, spanMs, this.#prices);
    return {
      source: 'logs', covers: respanned ? wholeHours(range) : null, costKind: 'equivalent', costProvenance: source.costs ?? 'estimated', tokenProvenance: source.tokenProvenance ?? 'measured',
      dayZone: null, buckets: source.countsRequests === false ? buckets.map(bucket => ({ ...bucket, requests: null })) : buckets,
    };
  }
}

interface Memory { readonly state: LogState; readonly store: LogStore | null; readonly reads: FileReads }
const memoryOf = (state: LogState, store: LogStore | null): Memory => ({ state, store, reads: new FileReads(state) });
