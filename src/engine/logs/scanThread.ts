/** A thread that reads logs told by lines for a LogScanner in another thread, which counts what it finds. */
import os from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod/mini';
import { providers } from '../../providers';
import { BatchMemory } from './batch';
import { FileReads } from './fileRead';
import type { Found, Task } from './helpers';

const WorkerData = z.object({ background: z.boolean() });

/** What was read of a long file so far is told, lest it is read again when this thread is ended. */
const BYTES_PER_BATCH = 16 * 1024 * 1024;
const LOW_PRIORITY = 10;

if (parentPort === null) throw new Error('Logs are read in a worker thread.');
const port = parentPort;
const { background } = z.parse(WorkerData, workerData);
// On Linux alone this is the thread's own; elsewhere it would be that of the whole editor.
if (background && process.platform === 'linux') os.setPriority(LOW_PRIORITY);

const memory = new BatchMemory();
const reads = new FileReads(memory);
let bytes = 0;
let [done, closed] = [0, 0];

function tell(taskDone: boolean): void {
  const found: Found = { batch: memory.take(), bytes, done, closed, taskDone };
  [bytes, done, closed] = [0, 0, 0];
  port.postMessage(found, [found.batch.responses.buffer]);
}

async function run({ providerId, files }: Task): Promise<void> {
  const formats = providers.find(({ info }) => info.id === providerId)?.logs?.formats ?? [];
  for (const { format: place, known, ...file } of files) {
    const format = formats[place];
    if (format === undefined) throw new Error('The other thread knows other forms of logs.');
    if (known !== null) memory.files.set(known.path, known);
    const outcome = await reads.read({ ...file, format }, (count, keep) => {
      bytes += count;
      if (bytes < BYTES_PER_BATCH) return;
      keep();
      tell(false);
    });
    memory.files.delete(file.path);
    done++;
    if (outcome === 'closed') closed++;
  }
  tell(true);
}

let last = Promise.resolve();
port.on('message', (task: Task) => { last = last.then(() => run(task)); }); // a failure ends this thread: the other one reads on by itself
