import * as vscode from 'vscode';
import { statusText } from '../core/statusText';
import { MINUTE_MS, type Clock, type Disposable } from '../core/time';
import { tooltipMarkdown } from '../core/tooltip';
import type { UserSettings } from '../core/userSettings';
import { commandIds } from './commandIds';
import type { Monitor } from './monitor';

const LINKS = { refresh: commandIds.refresh, openDashboard: commandIds.openDashboard, addAccount: commandIds.addAccount, setPrices: commandIds.setPrices };
const BACKGROUND = { ok: undefined, warning: 'statusBarItem.warningBackground', critical: 'statusBarItem.errorBackground' } as const;

/** The one item. Drawn anew on each change, and each minute while the window has the focus, since it tells ages. */
export class StatusBar implements vscode.Disposable {
  private item: vscode.StatusBarItem;
  private tick: Disposable | null = null;
  private readonly listeners: readonly vscode.Disposable[];

  constructor(private readonly monitor: Monitor, private settings: UserSettings, private readonly clock: Clock) {
    this.item = this.createItem();
    this.listeners = [
      monitor.onDidChange(() => this.draw()),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.draw();
      }),
    ];
    this.draw();
  }

  configure(settings: UserSettings): void {
    const moved = settings.statusBar.alignment !== this.settings.statusBar.alignment;
    this.settings = settings;
    if (moved) {
      this.item.dispose();
      this.item = this.createItem();
    }
    this.draw();
  }

  /** What the item shows, for tests. */
  inspect(): Pick<vscode.StatusBarItem, 'text' | 'tooltip' | 'accessibilityInformation' | 'backgroundColor'> {
    const { text, tooltip, accessibilityInformation, backgroundColor } = this.item;
    return { text, tooltip, accessibilityInformation, backgroundColor };
  }

  dispose(): void {
    this.tick?.dispose();
    for (const listener of this.listeners) listener.dispose();
    this.item.dispose();
  }

  private createItem(): vscode.StatusBarItem {
    const right = this.settings.statusBar.alignment === 'right';
    const item = vscode.window.createStatusBarItem('quotaMonitor.usage', right ? vscode.StatusBarAlignment.Right : vscode.StatusBarAlignment.Left, right ? 100 : 0);
    item.name = 'Quota Monitor';
    item.command = commandIds.openDashboard;
    return item;
  }

  private draw(): void {
    this.tick?.dispose();
    const { display, statusBar } = this.settings;
    if (!statusBar.show) return this.item.hide();
    this.tick = this.clock.after(MINUTE_MS, () => {
      if (vscode.window.state.focused) this.draw();
    });
    const { snapshot, engine } = this.monitor;
    const now = this.clock.now();
    const { text, spoken, level } = statusText({ snapshot, engine, display, bar: statusBar, now });
    const tooltip = new vscode.MarkdownString(tooltipMarkdown(snapshot, engine, LINKS, { ...display, now, zone: snapshot?.zone ?? 'UTC' }), true);
    tooltip.isTrusted = { enabledCommands: Object.values(LINKS) };
    tooltip.supportHtml = true;
    const background = BACKGROUND[level];
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: spoken, role: 'button' };
    this.item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
    this.item.show();
  }
}
