import type { Snapshot } from '../core/snapshot';
import { MINUTE_MS, SECOND_MS, type Clock, type Disposable, type EpochMs } from '../core/time';
import type { Link } from './link';

/** A window that has the focus and not the engine sees to it that there is one. */
const CHECK_MS = 10 * SECOND_MS;
/** Every poll tells the next one's time some seconds after it began. If this long after it was planned nothing was told, the engine may hang. */
const OVERDUE_MS = MINUTE_MS;

/**
 * Sees, where nobody asks an engine anything, whether it is well. A window looks after its own engine when that has not told of a poll
 * it had planned: one timer, which is set anew with every poll and hence does not go off. After another's it looks while it has the
 * focus; without it, it makes no timer, so that a process that is stopped as a whole goes unnoticed until somebody asks or looks.
 */
export class Checkup implements Disposable {
  private timer: Disposable | null = null;
  private link: Link | null = null;
  private focused = false;
  /** When the window's own engine is to poll next; null: nothing is planned. */
  private pollAt: EpochMs | null = null;

  constructor(private readonly clock: Clock) {}

  /** Call when the engine is another one, or another's, and when the focus has changed. @param focused whether the window has it. */
  begin(link: Link | null, focused: boolean): void {
    if (link !== this.link) this.pollAt = null;
    [this.link, this.focused] = [link, focused];
    this.plan();
  }

  /** The engine has told what is planned. */
  heard({ accounts }: Snapshot): void {
    if (this.link?.own !== true) return;
    const planned = accounts.map(({ nextPollAt }) => nextPollAt).filter(at => at !== null);
    this.pollAt = planned.length === 0 ? null : Math.min(...planned);
    this.plan();
  }

  dispose(): void {
    this.timer?.dispose();
    this.link = this.timer = null;
  }

  private plan(): void {
    this.timer?.dispose();
    const { link } = this;
    const delayMs = link === null || !link.served ? null : link.own ? this.overdueMs() : this.focused ? CHECK_MS : null;
    if (link === null || delayMs === null) return;
    this.timer = this.clock.after(delayMs, () => {
      link.vigil.over(link.peer.request('ping', {})).catch(() => undefined);
      this.plan();
    });
  }

  private overdueMs(): number | null {
    return this.pollAt === null ? null : Math.max(0, this.pollAt - this.clock.now()) + OVERDUE_MS;
  }
}
