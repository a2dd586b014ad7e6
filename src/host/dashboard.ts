import { randomBytes } from 'node:crypto';
import vscode = require('vscode');
import type { DashboardState, Frame } from '../core/protocol';
import { DASHBOARD_VIEW_TYPE } from './commandIds';
import { dashboardHtml } from './dashboardHtml';
import { answerDashboard, dashboardHandlers, type DashboardDeps } from './dashboardMessages';

/** The dashboard's editor tab: one per window, restored after a reload. The webview gets the state and nothing else. */
export class DashboardPanel implements vscode.Disposable {
  private open: OpenPanel | null = null;
  private state: DashboardState | null = null;

  constructor(private readonly deps: DashboardDeps & { readonly extensionUri: vscode.Uri }) {}

  /** Opens the tab, or brings it to the front. */
  show(): void {
    if (this.open !== null) return this.open.panel.reveal();
    this.adopt(vscode.window.createWebviewPanel(DASHBOARD_VIEW_TYPE, 'Quota Monitor', vscode.ViewColumn.Active));
  }

  /** Takes the newest state. A tab that is hidden gets it when it comes to the front. */
  update(state: DashboardState): void {
    this.state = state;
    this.open?.push(state);
  }

  /** Leaves the tab where it is: a reload disposes of everything and then restores the tabs that are still open. */
  dispose(): void {
    this.open?.dispose();
    this.open = null;
  }

  /** Takes a tab over, such as one that a reload has left. */
  adopt(panel: vscode.WebviewPanel): void {
    this.open?.panel.dispose();
    const open = new OpenPanel(panel, this.deps, () => this.state);
    panel.onDidDispose(() => {
      open.dispose();
      if (this.open === open) this.open = null;
    });
    this.open = open;
  }
}

/** One tab from its opening to its closing. */
class OpenPanel implements vscode.Disposable {
  private readonly listeners: readonly vscode.Disposable[];
  /** The page that is loaded now listens. */
  private ready = false;
  /** The state under way to the page; meanwhile newer ones replace each other. */
  private inFlight: DashboardState | null = null;
  private waiting: DashboardState | null = null;

  constructor(
    readonly panel: vscode.WebviewPanel,
    private readonly deps: DashboardDeps & { readonly extensionUri: vscode.Uri },
    private readonly current: () => DashboardState | null,
  ) {
    const handlers = dashboardHandlers(deps, () => this.onReady());
    panel.webview.options = { enableScripts: true, enableForms: false, localResourceRoots: [this.root] };
    this.listeners = [
      panel.webview.onDidReceiveMessage(async (message: unknown) => {
        const reply = await answerDashboard(message, handlers, line => deps.log(line));
        if (reply !== null) await this.send(reply);
      }),
      panel.onDidChangeViewState(() => this.onViewState()),
    ];
    this.load(current());
  }

  dispose(): void {
    this.ready = false;
    for (const listener of this.listeners) listener.dispose();
  }

  push(state: DashboardState): void {
    if (!this.ready || !this.panel.visible) return;
    if (this.inFlight !== null) {
      this.waiting = state;
      return;
    }
    this.inFlight = state;
    void this.send({ type: 'event', name: 'state', data: state }).then(() => {
      if (this.inFlight !== state) return;
      this.inFlight = null;
      const next = this.waiting;
      this.waiting = null;
      if (next !== null) this.push(next);
    });
  }

  /** A hidden page is gone. When it comes back it loads this one, which waits for the newest state instead of drawing an old one. */
  private onViewState(): void {
    if (this.panel.visible || !this.ready) return;
    this.ready = false;
    this.load(null);
  }

  private onReady(): void {
    this.ready = true;
    this.inFlight = null;
    this.waiting = null;
    const state = this.current();
    if (state !== null) this.push(state);
  }

  private load(state: DashboardState | null): void {
    const { webview } = this.panel;
    webview.html = dashboardHtml({
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64url'),
      scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(this.root, 'main.js')).toString(),
      state,
    });
  }

  /** False: the page is gone, and the message with it. */
  private async send(frame: Frame): Promise<boolean> {
    try {
      return await this.panel.webview.postMessage(frame);
    } catch (error) {
      this.deps.log(`dashboard: a message did not arrive: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }

  private get root(): vscode.Uri {
    return vscode.Uri.joinPath(this.deps.extensionUri, 'dist', 'webview');
  }
}
