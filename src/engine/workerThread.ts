import { Worker } from 'node:worker_threads';
import { deadChannel, portChannel, type Channel } from './channel';

export interface EngineStart {
  /** The extension's global storage folder. */
  readonly storageDir: string;
  /** The generation of an engine that hangs, which this one replaces; null: none. */
  readonly depose: number | null;
}

/** An engine of this window. */
export interface EngineThread {
  readonly channel: Channel;
  /** Why it ended. */
  reason(): string;
}

/** Room for what lives briefly. V8's own measure, 48 MB, is filled before anything is cleared away: memory for nothing in a thread that waits. */
const YOUNG_MB = 12;

/** Starts engines in threads of their own. @param bundle the engine's. */
export const workerThread = (bundle: string) => (workerData: EngineStart): EngineThread => {
  let worker: Worker;
  try {
    worker = new Worker(bundle, { workerData, execArgv: [], name: 'quota-monitor', resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
  } catch (error) { // the user may have no more threads
    return { channel: deadChannel(), reason: () => `no thread could be made: ${error instanceof Error ? error.message : 'no reason given'}` };
  }
  let reason = 'it ended without saying why';
  worker.on('error', error => { reason = error instanceof Error ? error.message : String(error); });
  return { channel: portChannel(worker, () => void worker.terminate()), reason: () => reason };
};
