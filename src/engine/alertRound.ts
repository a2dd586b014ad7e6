import type { Alert } from '../core/protocol';
import { SECOND_MS, type Clock, type Disposable } from '../core/time';
import type { WindowPeer } from './windows';

/** While no window has the focus, this long is waited for one: after a takeover the others are about to come. */
const GATHER_MS = 2 * SECOND_MS;
/** How long a window may take to say that it shows an alert. */
const SHOW_MS = 5 * SECOND_MS;

export interface AlertRoundOptions {
  readonly clock: Clock;
  readonly alert: Alert;
  anyFocused(): boolean;
  /** The window that has or last had the focus, of those that were not tried; null: there is none. */
  latest(tried: ReadonlySet<WindowPeer>): WindowPeer | null;
  /** No window is left. The alert still waits to be shown, and goes round again when a window comes or gets the focus. */
  onEnd(): void;
}

/** One alert on its way: offered to one window at a time, until it is disposed of because one shows it. */
export class AlertRound implements Disposable {
  private readonly tried = new Set<WindowPeer>();
  private timer: Disposable;

  constructor(private readonly options: AlertRoundOptions) {
    this.timer = options.clock.after(options.anyFocused() ? 0 : GATHER_MS, () => this.next());
  }

  dispose(): void {
    this.timer.dispose();
  }

  private next(): void {
    const { alert, clock, latest, onEnd } = this.options;
    const peer = latest(this.tried);
    if (peer === null) return onEnd();
    this.tried.add(peer);
    peer.tell('alert', alert);
    this.timer = clock.after(SHOW_MS, () => this.next());
  }
}
