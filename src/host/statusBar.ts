import vscode = require('vscode');
import type { BarSettings } from '../core/barSettings';
import type { Glance } from '../core/glance';
import type { EngineEvent } from '../core/protocol';
import type { Level } from '../core/snapshot';
import { statusText } from '../core/statusText';
import { MINUTE_MS, type Clock, type Disposable } from '../core/time';
import { commandIds } from './commandIds';

const BACKGROUND = { ok: undefined, warning: 'statusBarItem.warningBackground', critical: 'statusBarItem.errorBackground' } as const;

/**
 * The one item. Drawn anew on each change, and each minute while the window has the focus, since it tells ages; what stays as it is
 * is not sent to the editor again. Loaded before all the rest, so nothing that takes long is behind it.
 */
export class StatusBar implements vscode.Disposable {
  private item: vscode.StatusBarItem;
  private snapshot: Glance | null = null;
  private engine: EngineEvent<'engineState'> = { state: 'starting', message: null };
  /** As the item is shown now; null: hidden. */
  private level: Level | null = null;
  private tooltip = '';
  private tick: Disposable | null = null;
  private readonly drawn = new vscode.EventEmitter<void>();
  private readonly focus: vscode.Disposable;

  /** After each time that it was drawn, while it is shown. */
  readonly onDidDraw = this.drawn.event;

  constructor(private settings: BarSettings, private readonly clock: Clock) {
    this.item = this.createItem();
    this.focus = vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) this.draw();
    });
  }

  show(snapshot: Glance | null, engine = this.engine): void {
    this.snapshot = snapshot;
    this.engine = engine;
    this.draw();
  }

  configure(settings: BarSettings): void {
    const moved = settings.statusBar.alignment !== this.settings.statusBar.alignment;
    this.settings = settings;
    if (moved) {
      this.item.dispose();
      this.item = this.createItem();
    }
    this.draw();
  }

  /** @param commands the only ones that a link in it may run. */
  setTooltip(text: string, commands: readonly string[]): void {
    if (text === this.tooltip) return;
    const tooltip = new vscode.MarkdownString(text, true);
    tooltip.isTrusted = { enabledCommands: commands };
    tooltip.supportHtml = true;
    this.item.tooltip = tooltip;
    this.tooltip = text;
  }

  /** What the item shows, for tests. */
  inspect(): Pick<vscode.StatusBarItem, 'text' | 'tooltip' | 'accessibilityInformation' | 'backgroundColor'> {
    const { text, tooltip, accessibilityInformation, backgroundColor } = this.item;
    return { text, tooltip, accessibilityInformation, backgroundColor };
  }

  dispose(): void {
    this.tick?.dispose();
    this.focus.dispose();
    this.drawn.dispose();
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

  private draw(): void {
    this.tick?.dispose();
    const { display, statusBar } = this.settings;
    if (!statusBar.show) {
      this.level = null;
      return this.item.hide();
    }
    this.tick = this.clock.after(MINUTE_MS, () => {
      if (vscode.window.state.focused) this.draw();
    });
    const { item, snapshot, engine } = this;
    const { text, spoken, level } = statusText({ snapshot, engine, display, bar: statusBar, now: this.clock.now() });
    if (item.text !== text) item.text = text;
    if (item.accessibilityInformation?.label !== spoken) item.accessibilityInformation = { label: spoken, role: 'button' };
    if (this.level !== level) {
      const background = BACKGROUND[level];
      item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
      item.show();
      this.level = level;
    }
    this.drawn.fire();
  }
}
