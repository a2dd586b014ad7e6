import * as vscode from 'vscode';
import type { Level } from '../core/snapshot';
import { statusText } from '../core/statusText';
import { MINUTE_MS, type Clock, type Disposable } from '../core/time';
import { tooltipMarkdown } from '../core/tooltip';
import type { UserSettings } from '../core/userSettings';
import { commandIds } from './commandIds';
import type { Monitor } from './monitor';

const LINKS = { refresh: commandIds.refresh, openDashboard: commandIds.openDashboard, addAccount: commandIds.addAccount, setPrices: commandIds.setPrices };
const BACKGROUND = { ok: undefined, warning: 'statusBarItem.warningBackground', critical: 'statusBarItem.errorBackground' } as const;

/**
 * The one item. Drawn anew on each change, and each minute while the window has the focus, since it tells ages; what stays as it is
 * is not sent to the editor again. The tooltip, of which most is never seen, has a turn of its own.
 */
export class StatusBar implements vscode.Disposable {
  private item: vscode.StatusBarItem;
  /** As the item is shown now; null: hidden. */
  private level: Level | null = null;
  private tooltip = '';
  private tick: Disposable | null = null;
  private tooltipTurn: Disposable | null = null;
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
    this.rest();
    for (const listener of this.listeners) listener.dispose();
    this.item.dispose();
  }

  private createItem(): vscode.StatusBarItem {
    const right = this.settings.statusBar.alignment === 'right';
    const item = vscode.window.createStatusBarItem('quotaMonitor.usage', right ? vscode.StatusBarAlignment.Right : vscode.StatusBarAlignment.Left, right ? 100 : 0);
    item.name = 'Quota Monitor';
    item.command = commandIds.openDashboard;
    this.level = null;
    this.tooltip = '';
    return item;
  }

  private rest(): void {
    this.tick?.dispose();
    this.tooltipTurn?.dispose();
  }

  private draw(): void {
    this.rest();
    const { display, statusBar } = this.settings;
    if (!statusBar.show) {
      this.level = null;
      return this.item.hide();
    }
    this.tick = this.clock.after(MINUTE_MS, () => {
      if (vscode.window.state.focused) this.draw();
    });
    this.tooltipTurn = this.clock.after(0, () => this.drawTooltip());
    const { snapshot, engine } = this.monitor;
    const { text, spoken, level } = statusText({ snapshot, engine, display, bar: statusBar, now: this.clock.now() });
    const { item } = this;
    if (item.text !== text) item.text = text;
    if (item.accessibilityInformation?.label !== spoken) item.accessibilityInformation = { label: spoken, role: 'button' };
    if (this.level === level) return;
    const background = BACKGROUND[level];
    item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
    item.show();
    this.level = level;
  }

  private drawTooltip(): void {
    const { snapshot, engine } = this.monitor;
    const text = tooltipMarkdown(snapshot, engine, LINKS, { ...this.settings.display, now: this.clock.now(), zone: snapshot?.zone ?? 'UTC' });
    if (text === this.tooltip) return;
    const tooltip = new vscode.MarkdownString(text, true);
    tooltip.isTrusted = { enabledCommands: Object.values(LINKS) };
    tooltip.supportHtml = true;
    this.item.tooltip = tooltip;
    this.tooltip = text;
  }
}
