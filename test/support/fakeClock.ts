import type { Clock, Disposable, EpochMs } from '../../src/core/time';

interface Timer { readonly at: number; readonly task: () => void }

/** Time that moves when a test says so. Timers follow elapsed time, as the machine's do: setting the clock moves none of them. */
export class FakeClock implements Clock {
  private timers = new Set<Timer>();
  private elapsed = 0;
  private offset: number;

  constructor(startAt: EpochMs = Date.UTC(2026, 9, 31, 12)) {
    this.offset = startAt;
  }

  now(): EpochMs {
    return this.offset + this.elapsed;
  }

  after(delayMs: number, task: () => void): Disposable {
    const timer = { at: this.elapsed + Math.max(0, delayMs), task };
    this.timers.add(timer);
    return { dispose: () => this.timers.delete(timer) };
  }

  /** The user, or the network, sets the clock. */
  jump(byMs: number): void {
    this.offset += byMs;
  }

  get pending(): number {
    return this.timers.size;
  }

  /** Lets time pass, timer by timer, with what they start in between. */
  async advance(ms: number): Promise<void> {
    const until = this.elapsed + ms;
    await settle();
    for (;;) {
      const next = [...this.timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.timers.delete(next);
      this.elapsed = Math.max(this.elapsed, next.at);
      next.task();
      await settle();
    }
    this.elapsed = until;
  }
}

/** Lets promises, and input and output that is ready, go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>(resolve => setImmediate(resolve));
}
