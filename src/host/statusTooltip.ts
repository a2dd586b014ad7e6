import type { Disposable } from 'vscode';
import type { DisplaySettings } from '../core/settings';
import type { Clock, Disposable as Turn } from '../core/time';
import { tooltipMarkdown } from '../core/tooltip';
import { commandIds } from './commandIds';
import type { Monitor } from './monitor';
import type { StatusBar } from './statusBar';

const LINKS = { refresh: commandIds.refresh, openDashboard: commandIds.openDashboard, addAccount: commandIds.addAccount, setPrices: commandIds.setPrices };

/** The item's tooltip, of which most is never seen: made in a turn of its own after the item was drawn. */
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
    this.turn?.dispose();
    this.turn = this.clock.after(0, () => {
      const { snapshot, engine } = this.monitor;
      const text = tooltipMarkdown(snapshot, engine, LINKS, { ...this.display(), now: this.clock.now(), zone: snapshot?.zone ?? 'UTC' });
      this.statusBar.setTooltip(text, Object.values(LINKS));
    });
  }
}
