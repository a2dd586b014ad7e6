import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { EngineSettings } from '../../core/settings';
import type { Disposable } from '../../core/time';

export interface ScanThreadsOptions {
  /** The built file that such a thread runs. */
  readonly bundle: string;
  /** Threads that may read at once, that of the scanner among them. */
  readonly count: number;
  /** Other work of this machine goes first, where the system can tell threads apart; and a thread ends with its scan. */
  readonly background: boolean;
  /** With fewer new bytes for each thread, starting it costs more than it saves. */
  readonly bytesPerThread?: number;
}

const BYTES_PER_THREAD = 32 * 1024 * 1024;
/** What such a thread holds is small, or lives briefly. */
const LIMITS = { maxYoungGenerationSizeMb: 8 };

/** The threads that help the scanners of one process to read logs. */
export class ScanThreads implements Disposable {
  readonly #options: ScanThreadsOptions;
  #count: number;
  readonly #lent = new Set<Worker>();
  readonly #idle: Worker[] = [];

  constructor(options: ScanThreadsOptions) {
    this.#options = options;
    this.#count = options.count;
  }

  /** From the next scan on. */
  configure({ scanThreads }: Pick<EngineSettings, 'scanThreads'>): void {
    this.#count = threadCount(scanThreads);
  }

  /** How many threads a scan of so many bytes is worth, that of the scanner among them. */
  worth(bytes: number): number {
    if (bytes >= BYTES_PER_THREAD && !this.#options.background) saveMemory();
    return Math.max(1, Math.min(this.#count, Math.floor(bytes / (this.#options.bytesPerThread ?? BYTES_PER_THREAD))));
  }

  /** Null: all that there may be are at work. */
  borrow(): Worker | null {
    if (this.#lent.size >= this.#count - 1) return null;
    const worker = this.#idle.pop() ?? startThread(this.#options);
    this.#lent.add(worker);
    return worker;
  }

  /** @param atRest it waits for work; one that does not is ended, whatever it does. */
  giveBack(worker: Worker, atRest: boolean): void {
    this.#lent.delete(worker);
    if (atRest && !this.#options.background) this.#idle.push(worker);
    else void worker.terminate();
  }

  dispose(): void {
    for (const worker of this.#idle.splice(0)) void worker.terminate();
  }
}

function startThread({ bundle, background }: ScanThreadsOptions): Worker {
  const threads = require('node:worker_threads') as typeof import('node:worker_threads'); // takes a while to load, and most scans are short
  return new threads.Worker(bundle, { workerData: { background }, execArgv: [], name: 'quota-monitor-logs', resourceLimits: LIMITS });
}

/** Room for what lives briefly is else filled before anything is cleared away. Not in the editor's process, whose other parts have a say. */
function saveMemory(): void {
  const { setFlagsFromString } = require('node:v8') as typeof import('node:v8'); // takes a while to load as well
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** @param wanted 0: half of the machine's processors, at least one, so that the rest stays with the user's own work. */
export function threadCount(wanted: number): number {
  const most = availableParallelism();
  return wanted === 0 ? Math.max(1, Math.floor(most / 2)) : Math.min(wanted, most);
}
