import fs from 'node:fs';
import path from 'node:path';
import { type Clock, type Disposable, SECOND_MS } from '../../core/time';

/** What Node's watchers have that is used here. */
export interface FolderWatcher {
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): void;
}
/** Calls `changed` with a path below the folder, or with null where the system does not say. @throws as fs.watch does. */
export type WatchFolder = (folder: string, recursive: boolean, changed: (name: string | null) => void) => FolderWatcher;

export interface LogWatchOptions {
  readonly platform: string;
  readonly clock: Clock;
  readonly watch: WatchFolder;
  /** Called a moment after something changed; then `take` tells what. */
  changed(): void;
  log(message: string): void;
}

/** What a whole listing of the logs found. */
export interface LogPlaces {
  readonly roots: readonly string[];
  /** Roots and all folders below, those with the newest logs first. */
  folders(): readonly string[];
}

/** A burst of writes is one change. */
const DELAY_MS = 300;
/** A tool at work writes every second, and each time that is told its account is read and recorded. */
const APART_MS = 5 * SECOND_MS;
/** Counting takes no more than this part of a thread's time. */
const SHARE = 0.1;
/** Where each folder needs a watcher of its own, no more than these: systems have few to give. */
const MAX_FOLDERS = 1000;
/** More are not told one by one. */
const MAX_CHANGED = 1000;
/** The system has no more watchers to give: the user's editor and tools need them more. */
const SCARCE = new Set(['ENOSPC', 'EMFILE', 'ENFILE', 'ENOMEM']);
const [MAC, WINDOWS] = ['darwin', 'win32'];

export const watchFolder: WatchFolder = (folder, recursive, changed) => fs.watch(folder, { recursive, persistent: false }, (_, name) => changed(name));

/**
 * Hears of changes to one account's logs between whole listings. What it misses, the next listing finds: it may fail at any time.
 * macOS and Windows watch whole trees; on Linux Node would do that by listing all of it, so that each folder is watched.
 */
export class LogWatch implements Disposable {
  readonly #options: LogWatchOptions;
  readonly #watchers = new Map<string, FolderWatcher>();
  readonly #changed = new Set<string>();
  /** Something changed, and what it was is not known. */
  #unsure = false;
  #timer: Disposable | null = null;
  #delayMs = DELAY_MS;
  #toldAt = -Infinity;
  /** Closed, or of no use on this machine. */
  #ended = false;

  constructor(options: LogWatchOptions) {
    this.#options = options;
  }

  /** Watches these folders from now on, and no others. What changed in them since they were listed may have been missed: it is told as unsure. */
  cover({ roots, folders }: LogPlaces): void {
    const recursive = this.#options.platform === MAC || this.#options.platform === WINDOWS;
    const wanted = new Set(recursive ? roots : folders().slice(0, MAX_FOLDERS));
    for (const folder of [...this.#watchers.keys()]) if (!wanted.has(folder)) this.#drop(folder);
    let begun = false;
    for (const folder of wanted) if (!this.#ended && !this.#watchers.has(folder)) begun = this.#watch(folder, recursive) || begun;
    if (begun && wanted.size < MAX_FOLDERS) this.#note(null);
  }

  /** What changed since the last call. Null: all must be listed. */
  take(): ReadonlySet<string> | null {
    const changed = this.#unsure ? null : new Set(this.#changed);
    this.#changed.clear();
    this.#unsure = false;
    return changed;
  }

  /** How long it took to count what changed: the next changes wait the longer for it. */
  took(ms: number): void {
    this.#delayMs = Math.max(DELAY_MS, ms / SHARE);
  }

  dispose(): void {
    this.#ended = true;
    this.#timer?.dispose();
    for (const folder of [...this.#watchers.keys()]) this.#drop(folder);
  }

  /** @returns whether it is watched now. */
  #watch(folder: string, recursive: boolean): boolean {
    try {
      const watcher = this.#options.watch(folder, recursive, name => this.#note(name === null ? null : folder + path.sep + name));
      watcher.on('error', error => this.#fail(folder, error));
      this.#watchers.set(folder, watcher);
      return true;
    } catch (error) {
      this.#fail(folder, error);
      return false;
    }
  }

  /** A folder that is gone is no matter. */
  #fail(folder: string, error: unknown): void {
    this.#drop(folder);
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!SCARCE.has(code) || this.#ended) return;
    this.dispose();
    this.#options.log(`Logs are not watched, but looked at with each poll: the system has no more watchers to give (${code}).`);
  }

  #drop(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  #note(file: string | null): void {
    if (this.#ended) return;
    if (file === null || this.#changed.size >= MAX_CHANGED) this.#unsure = true;
    else this.#changed.add(file);
    const apartMs = Math.min(this.#toldAt + APART_MS - this.#options.clock.now(), APART_MS); // a clock may be set back
    this.#timer ??= this.#options.clock.after(Math.max(apartMs, Math.min(this.#delayMs, 60 * SECOND_MS)), () => {
      this.#timer = null;
      this.#toldAt = this.#options.clock.now();
      this.#options.changed();
    });
  }
}
