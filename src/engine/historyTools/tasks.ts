import type { TaskProgress } from '../../core/historyTools';
import { SECOND_MS, type Clock, type EpochMs } from '../../core/time';

const TELL_MS = SECOND_MS / 5;

/** The task was cancelled by the user, or the engine ends. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
  override readonly message = 'Cancelled.';
}

/** What a running task tells, and hears. */
export interface Task {
  readonly signal: AbortSignal;
  /** Lets the thread's other work go on, and tells how far the task is. @throws {Cancelled} */
  rest(done: number, total: number | null): Promise<void>;
}

/** Runs work on the history in slices, one task at a time: two that read and replace the same files would spoil each other's. */
export class Tasks {
  private running: { readonly id: string; readonly abort: AbortController } | null = null;

  constructor(private readonly clock: Clock, private readonly tell: (progress: TaskProgress) => void) {}

  /** @throws when another task runs. */
  async run<T>(id: string, work: (task: Task) => Promise<T>): Promise<T> {
    if (this.running !== null) throw new Error('An export, import, backup, restore or purge is running already.');
    const abort = new AbortController();
    this.running = { id, abort };
    let toldAt: EpochMs = this.clock.now();
    try {
      return await work({
        signal: abort.signal,
        rest: async (done, total) => {
          const now = this.clock.now();
          if (Math.abs(now - toldAt) >= TELL_MS) {
            this.tell({ task: id, done, total });
            toldAt = now;
          }
          await new Promise<void>(resolve => setImmediate(resolve));
          abort.signal.throwIfAborted();
        },
      });
    } finally {
      this.running = null;
    }
  }

  cancel(id: string): void {
    if (this.running?.id === id) this.running.abort.abort(new Cancelled());
  }

  dispose(): void {
    this.running?.abort.abort(new Cancelled());
  }
}
