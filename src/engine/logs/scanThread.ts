/** A thread that reads logs told by lines for a LogScanner in another thread, which counts what it finds. */
import os from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import { isJson } from '../../providers/logSource';
import { logTools } from '../../providers/logTools';
import { BatchMemory } from './batch';
import { FileReads } from './fileRead';
import type { Found, Task } from './helpers';

/** What was read of a long file so far is told, lest it is read again when this thread is ended. */
const BYTES_PER_BATCH = 16 * 1024 * 1024;
const LOW_PRIORITY = 10;

/** Runs the thread that it is called in. */
export function scanThread(): void {
  const { parentPort, workerData } = require('node:worker_threads') as typeof import('node:worker_threads'); // the command line, in the same file, mostly does without
  if (parentPort === null) throw new Error('Logs are read in a worker thread.');
  if (!isJson(workerData) || typeof workerData['background'] !== 'boolean') throw new TypeError('A thread that reads logs is told whether other work goes first.');
  const { background } = workerData;
  // On Linux alone this is the thread's own; elsewhere it would be that of the whole editor.
  if (background && process.platform === 'linux') os.setPriority(LOW_PRIORITY);
  const reading = new Reading(parentPort);
  let last = Promise.resolve();
  parentPort.on('message', (task: Task) => { last = last.then(() => reading.run(task)); }); // a failure ends this thread: the other one reads on by itself
}

class Reading {
  readonly #port: MessagePort;
  readonly #memory = new BatchMemory();
  readonly #reads = new FileReads(this.#memory);
  #bytes = 0;
  #done = 0;
  #closed = 0;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  async run({ providerId, files }: Task): Promise<void> {
    const formats = logTools.find(({ id }) => id === providerId)?.logs.formats ?? [];
    for (const { format: place, known, ...file } of files) {
      const format = formats[place];
      if (format === undefined) throw new Error('The other thread knows other forms of logs.');
      if (known !== null) this.#memory.files.set(known.path, known);
      const outcome = await this.#reads.read({ ...file, format }, (count, keep) => {
        this.#bytes += count;
        if (this.#bytes < BYTES_PER_BATCH) return;
        keep();
        this.#tell(false);
      });
      this.#memory.files.delete(file.path);
      this.#done++;
      if (outcome === 'closed') this.#closed++;
    }
    this.#tell(true);
  }

  #tell(taskDone: boolean): void {
    const found: Found = { batch: this.#memory.take(), bytes: this.#bytes, done: this.#done, closed: this.#closed, taskDone };
    [this.#bytes, this.#done, this.#closed] = [0, 0, 0];
    this.#port.postMessage(found, [found.batch.responses.buffer]);
  }
}
