import type { Clock, Disposable } from '../core/time';

/** A look each time an answer has been awaited for this long. */
export const LOOK_MS = 400;

/**
 * Notices that the other side answers nothing any more. Runs only while an answer is awaited: an answer may take long, but whoever is
 * well answers a ping meanwhile.
 */
export class Vigil implements Disposable {
  private awaited = 0;
  private timer: Disposable | null = null;
  private pinging = false;
  private silentLooks = 0;
  private disposed = false;

  /**
   * @param maxSilentLooks after so many in a row at a ping without answer, `onSilence` is called, once. Looks, not time: a machine
   * that slept has looked once.
   */
  constructor(
    private readonly clock: Clock, private readonly ping: () => Promise<unknown>,
    private readonly maxSilentLooks: () => number, private readonly onSilence: () => void,
  ) {}

  /** Watches over an answer. */
  async over<T>(answer: Promise<T>): Promise<T> {
    this.awaited++;
    this.arm();
    try {
      return await answer;
    } finally {
      this.awaited--;
    }
  }

  dispose(): void {
    this.disposed = true;
    this.timer?.dispose();
  }

  private arm(): void {
    if (!this.disposed) this.timer ??= this.clock.after(LOOK_MS, () => this.look());
  }

  private look(): void {
    this.timer = null;
    if (this.awaited === 0 && !this.pinging) return;
    if (!this.pinging) this.send();
    else if (++this.silentLooks >= this.maxSilentLooks()) {
      this.dispose();
      return this.onSilence();
    }
    this.arm();
  }

  private send(): void {
    this.pinging = true;
    this.silentLooks = 0;
    this.ping().then(() => { this.pinging = false; }, () => { this.pinging = false; });
  }
}
