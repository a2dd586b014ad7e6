import type { Clock, Disposable, EpochMs } from '../core/time';

/** One timer for many wishes: it rings at the earliest, and is not set anew for each. */
export class Alarm implements Disposable {
  private timer: Disposable | null = null;
  private ringsAt: EpochMs = Infinity;

  constructor(private readonly clock: Clock, private readonly ring: () => void) {}

  /** Sees to it that it rings then or before. A wish for the past is one for now. */
  by(at: EpochMs): void {
    if (this.timer !== null && this.ringsAt <= at) return;
    this.dispose();
    const now = this.clock.now();
    this.ringsAt = Math.max(now, at);
    this.timer = this.clock.after(this.ringsAt - now, () => {
      this.timer = null;
      this.ring();
    });
  }

  /** It does not ring. */
  dispose(): void {
    this.timer?.dispose();
    this.timer = null;
  }
}
