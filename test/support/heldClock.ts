import type { Clock, Disposable, EpochMs } from '../../src/core/time';

/** A process's view of a clock: while it is held, as by a debugger or SIGSTOP, what was due waits for it to go on. */
export class HeldClock implements Clock {
  private waiting: (() => void)[] | null = null;

  constructor(private readonly clock: Clock) {}

  get isHeld(): boolean {
    return this.waiting !== null;
  }

  now(): EpochMs {
    return Math.floor(this.clock.now()); // as the machine's
  }

  after(delayMs: number, task: () => void): Disposable {
    let isOn = true;
    const run = (): void => { if (isOn) task(); };
    const timer = this.clock.after(delayMs, () => this.whenFree(run));
    return { dispose: () => { isOn = false; timer.dispose(); } };
  }

  /** Now, or when it goes on. */
  whenFree(task: () => void): void {
    if (this.waiting === null) task();
    else this.waiting.push(task);
  }

  hold(): void {
    this.waiting ??= [];
  }

  /** What waited runs in its order, each in a turn of its own. */
  async goOn(): Promise<void> {
    const tasks = this.waiting ?? [];
    this.waiting = null;
    for (const task of tasks) {
      task();
      await new Promise<void>(resolve => setImmediate(resolve));
    }
  }
}
