import { SECOND_MS, type Clock, type Disposable, type EpochMs } from '../core/time';
import { Alarm } from './alarm';

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
  private readonly alarm: Alarm;
  /** Null: it never ran. */
  private ranAt: EpochMs | null = null;
  private soonMs = SOON_MS;
  private disposed = false;

  constructor(private readonly clock: Clock, private readonly task: () => void) {
    this.alarm = new Alarm(clock, () => this.run());
  }

  wish(soon: boolean): void {
    if (this.disposed) return; // polls that were waited for end after all else
    const now = this.clock.now();
    this.alarm.by(now + (this.ranAt === null ? 0 : !soon ? LATE_MS : this.isClose(now) ? this.soonMs : SOON_MS));
  }

  dispose(): void {
    this.disposed = true;
    this.alarm.dispose();
  }

  private run(): void {
    const now = this.clock.now();
    this.soonMs = this.isClose(now) ? Math.min(MAX_SOON_MS, 2 * this.soonMs) : SOON_MS;
    this.ranAt = now;
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
