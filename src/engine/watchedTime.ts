import { MINUTE_MS, SECOND_MS, type Clock, type EpochMs } from '../core/time';
import { UNFOCUSED_LOOK_MS } from './polling';

/** What clocks are corrected by while they run. */
export const JUMP_MS = 2 * SECOND_MS;
/** Whoever polls looks at the clock more often than this while the machine is awake. */
const SLEPT_MS = UNFOCUSED_LOOK_MS + MINUTE_MS;
/** Until a machine that slept has its network again. */
const WAKE_MS = 15 * SECOND_MS;

/** The time, for one who asks often. */
export class WatchedTime {
  /** Before then there may be no network yet. In the past: the machine is awake. */
  quietUntil: EpochMs = 0;
  private seenAt: EpochMs;

  /**
   * @param isWatched whether the clock is looked at all the time: else one that was not asked for long says nothing.
   * @param onJump called first when the clock was set back (below 0), or when the machine slept.
   */
  constructor(private readonly clock: Clock, private readonly isWatched: () => boolean, private readonly onJump: (byMs: number) => void) {
    this.seenAt = clock.now();
  }

  readonly now = (): EpochMs => {
    const now = this.clock.now();
    const byMs = now - this.seenAt;
    this.seenAt = now;
    const slept = byMs > SLEPT_MS && this.isWatched();
    if (slept) this.quietUntil = now + WAKE_MS;
    if (byMs < -JUMP_MS) this.quietUntil += byMs;
    if (slept || byMs < -JUMP_MS) this.onJump(byMs);
    return now;
  };
}
