import type { Disposable } from 'vscode';
import type { DisplaySettings } from '../core/settings';
import type { Clock, Disposable as Turn } from '../core/time';
import { tooltipHtml } from '../core/tooltip';
import { commandIds } from './commandIds';
import type { Monitor } from './monitor';
import type { StatusBar } from './statusBar';

const LINKS = { refresh: commandIds.refresh, openDashboard: commandIds.openDashboard, addAccount: commandIds.addAccount, setPrices: commandIds.setPrices };

/** Changes come in bursts: accounts that are read together, an engine that starts. */
const BURST_MS = 200;

/** The item's tooltip, of which most is never seen: made in a turn of its own, once for all that was drawn within a moment. */
export class StatusTooltip implements Disposable {
  private turn: Turn | null = null;
  private readonly listener: Disposable;

  constructor(private readonly statusBar: StatusBar, private readonly monitor: Monitor, private readonly display: () => DisplaySettings, private readonly clock: Clock) {
    this.listener = statusBar.onDidDraw(() => this.plan());
  }

  dispose(): void {
    this.turn?.dispose();
    this.listener.dispose();
  }

  private plan(): void {
    this.turn ??= this.clock.after(BURST_MS, () => {
      this.turn = null;
      const { snapshot, engine } = this.monitor;
      const text = tooltipHtml(snapshot, engine, LINKS, { ...this.display(), now: this.clock.now(), zone: snapshot?.zone ?? 'UTC' });
      this.statusBar.setTooltip(text, Object.values(LINKS));
    });
  }
}
