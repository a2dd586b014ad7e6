import type { Worker } from 'node:worker_threads';
import type { LogFormat } from '../../providers/logSource';
import type { Batch } from './batch';
import type { FileState } from './fileStates';
import type { ListedFile } from './look';
import type { ScanThreads } from './scanThreads';

/** Files for a helper to read. */
export interface Task {
  readonly providerId: string;
  /** `format` is its place among those of the provider. */
  readonly files: readonly (Omit<ListedFile, 'format'> & { readonly format: number; readonly known: FileState | null })[];
}

/** What a helper read since it told last. */
export interface Found {
  readonly batch: Batch;
  readonly bytes: number;
  /** Files that it is through with, and how many of these nobody may read. */
  readonly done: number;
  readonly closed: number;
  /** With this the task that it was given first is done. */
  readonly taskDone: boolean;
}

/** Whose logs threads help to read, and the threads. */
export interface HelpOptions { readonly providerId: string; readonly threads: ScanThreads }

interface Helper { readonly worker: Worker; readonly forget: () => void; /** Given to it and not done, in order. */ readonly files: ListedFile[]; tasks: number }

/** One that is being read, and one for when that is done. */
const TASKS_AT_ONCE = 2;
const [LEAST_TASK_BYTES, MOST_TASK_BYTES] = [64 * 1024, 8 * 1024 * 1024];
const TASKS_PER_THREAD = 32;

/** The helpers of one scan. Whatever ends them, what they told stands, and the rest is handed back. */
export class Helpers {
  readonly #options: HelpOptions;
  readonly #formats: readonly LogFormat[];
  readonly #log: (message: string) => void;
  readonly #helpers = new Set<Helper>();
  readonly #taskBytes: number;
  #found: Found[] = [];
  #lost: ListedFile[] = [];
  #wake = (): void => undefined;
  readonly #stop: AbortSignal;
  readonly #stopped = (): void => this.#wake();

  /** @param bytes that are to be read. @param stop wakes who waits. */
  constructor(options: HelpOptions, formats: readonly LogFormat[], bytes: number, stop: AbortSignal, log: (message: string) => void) {
    [this.#options, this.#formats, this.#stop, this.#log] = [options, formats, stop, log];
    stop.addEventListener('abort', this.#stopped);
    const threads = options.threads.worth(bytes);
    this.#taskBytes = Math.min(MOST_TASK_BYTES, Math.max(LEAST_TASK_BYTES, bytes / (threads * TASKS_PER_THREAD)));
    for (let i = 1; i < threads; i++) this.#start();
  }

  /** Whether there is, or will be, something to take. */
  get busy(): boolean {
    return this.#found.length > 0 || this.#lost.length > 0 || [...this.#helpers].some(({ tasks }) => tasks > 0);
  }

  /** Gives helpers work from the front of a queue. @param known what is known of a file. */
  feed(queue: ListedFile[], known: (path: string) => FileState | undefined): void {
    for (let tasks = 1; tasks <= TASKS_AT_ONCE; tasks++) {
      for (const helper of this.#helpers) if (helper.tasks < tasks && queue.length > 0) this.#give(helper, this.#cut(queue), known);
    }
  }

  #cut(queue: ListedFile[]): readonly ListedFile[] {
    const files: ListedFile[] = [];
    for (let bytes = 0; bytes < this.#taskBytes;) {
      const file = queue.shift();
      if (file === undefined) break;
      files.push(file);
      bytes += file.size;
    }
    return files;
  }

  #give(helper: Helper, files: readonly ListedFile[], known: (path: string) => FileState | undefined): void {
    helper.files.push(...files);
    helper.tasks++;
    const task: Task = {
      providerId: this.#options.providerId,
      files: files.map(({ format, ...file }) => ({ ...file, format: this.#formats.indexOf(format), known: known(file.path) ?? null })),
    };
    helper.worker.postMessage(task);
  }

  /** What has come since the last call, and files that somebody else must read after that is taken. */
  take(): { readonly found: readonly Found[]; readonly lost: readonly ListedFile[] } {
    const taken = { found: this.#found, lost: this.#lost };
    [this.#found, this.#lost] = [[], []];
    return taken;
  }

  /** Resolves when there is something to take, or the scan is to stop. */
  async next(): Promise<void> {
    if (!this.#stop.aborted && this.#found.length === 0 && this.#lost.length === 0) await new Promise<void>(resolve => (this.#wake = resolve));
  }

  /** Ends them, whatever they do. */
  end(): void {
    const helpers = [...this.#helpers];
    this.#helpers.clear();
    this.#stop.removeEventListener('abort', this.#stopped);
    for (const { worker, forget, tasks } of helpers) {
      forget();
      this.#options.threads.giveBack(worker, tasks === 0);
    }
  }

  #start(): void {
    const worker = this.#options.threads.borrow();
    if (worker === null) return;
    const onMessage = (found: Found): void => {
      helper.files.splice(0, found.done);
      if (found.taskDone) helper.tasks--;
      this.#found.push(found);
      this.#wake();
    };
    const onError = (error: unknown): void => this.#log(`A thread that read logs failed, and another one goes on: ${error instanceof Error ? error.message : 'no error'}`);
    const onExit = (): void => {
      this.#helpers.delete(helper);
      this.#options.threads.giveBack(worker, false);
      this.#lost.push(...helper.files);
      this.#wake();
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    const helper: Helper = { worker, files: [], tasks: 0, forget: () => worker.off('message', onMessage).off('error', onError).off('exit', onExit) };
    this.#helpers.add(helper);
  }
}
