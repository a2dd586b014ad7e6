import { SECOND_MS, type Clock, type Disposable, type EpochMs } from '../core/time';

/** The delay of what somebody waits to see; doubled by each run that follows close on the last one, up to the maximum. */
const SOON_MS = 250;
const MAX_SOON_MS = SECOND_MS;
const CLOSE_MS = 2 * SECOND_MS;
/** The delay of what tells nothing new but ages and plans. */
const LATE_MS = 5 * SECOND_MS;

/**
 * Runs a task for many wishes: at once for the very first, then a quarter of a second after a wish for soon and five seconds after
 * another. While such wishes keep coming it runs once a second, as every window parses and draws each snapshot.
 */
export class Coalescer implements Disposable {
  private timer: Disposable | null = null;
  private dueAt: EpochMs = 0;
  /** Null: it never ran. */
  private ranAt: EpochMs | null = null;
  private soonMs = SOON_MS;

  constructor(private readonly clock: Clock, private readonly task: () => void) {}

  wish(soon: boolean): void {
    const now = this.clock.now();
    const dueAt = now + (this.ranAt === null ? 0 : !soon ? LATE_MS : this.isClose(now) ? this.soonMs : SOON_MS);
    if (this.timer !== null && this.dueAt <= dueAt) return;
    this.timer?.dispose();
    this.dueAt = dueAt;
    this.timer = this.clock.after(dueAt - now, () => this.run());
  }

  dispose(): void {
    this.timer?.dispose();
    this.timer = null;
  }

  private run(): void {
    const now = this.clock.now();
    this.soonMs = this.isClose(now) ? Math.min(MAX_SOON_MS, 2 * this.soonMs) : SOON_MS;
    this.ranAt = now;
    this.timer = null;
    this.task();
  }

  private isClose(now: EpochMs): boolean {
    return this.ranAt !== null && now - this.ranAt <= CLOSE_MS;
  }
}

export interface PushOptions {
  readonly push: () => void;
  /** When what is pushed now is out of date by time alone. */
  readonly outdatedAt: () => EpochMs;
  /** What is wrong with the store: the disk alone can change it. */
  readonly warning: () => string | null;
}

/** When snapshots are pushed: by wish, and when a look at the clock finds that the last one is out of date. */
export class Pushes implements Disposable {
  private readonly wishes: Coalescer;
  private outdatedAt: EpochMs = -Infinity;
  private warning: string | null = null;

  constructor(private readonly clock: Clock, private readonly options: PushOptions) {
    this.wishes = new Coalescer(clock, () => {
      options.push();
      this.outdatedAt = options.outdatedAt();
      this.warning = options.warning();
    });
  }

  /** @param soon somebody waits to see it. */
  wish(soon: boolean): void {
    this.wishes.wish(soon);
  }

  look(): void {
    if (this.clock.now() >= this.outdatedAt || this.options.warning() !== this.warning) this.wish(false);
  }

  dispose(): void {
    this.wishes.dispose();
  }
}
