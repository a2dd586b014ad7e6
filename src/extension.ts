import * as vscode from 'vscode';
import type { Snapshot } from './core/snapshot';
import { systemClock } from './core/time';
import type { Running } from './extensionMain';
import { commandIds, DASHBOARD_VIEW_TYPE } from './host/commandIds';

/** What other extensions get from `activate`. */
export interface QuotaMonitorApi {
  /** The newest snapshot; null before the first one. */
  snapshot(): Snapshot | null;
  readonly onDidChange: vscode.Event<void>;
  /** Polls all accounts; resolves when the polls have ended. */
  refresh(): Promise<void>;
}

/** What the in-host tests see beside the API; present in test mode only. */
export interface TestApi extends QuotaMonitorApi {
  readonly testing: Pick<Running, 'statusBar' | 'credentials' | 'monitor'> & { readonly storageDir: string };
}

let running: Running | null = null;

/**
 * Registers what the editor asks of an extension, and loads nothing but this file: the rest is loaded once this has returned, and
 * what is asked before then waits for it.
 */
export function activate(context: vscode.ExtensionContext): QuotaMonitorApi | Promise<TestApi> {
  const own = <T extends vscode.Disposable>(part: T): T => (context.subscriptions.push(part), part);
  const changed = own(new vscode.EventEmitter<void>());
  const turn = (): Promise<void> => new Promise(resolve => own(systemClock.after(0, resolve)));
  const loaded = turn().then(async () => {
    const { readStored, start } = await import('./extensionMain');
    const stored = readStored(context.globalStorageUri.fsPath);
    await turn();
    running = start(context, stored);
    own(running.monitor.onDidChange(() => changed.fire()));
    return running;
  });
  loaded.catch((error: unknown) => vscode.window.showErrorMessage(vscode.l10n.t('Quota Monitor does not run: {0}', error instanceof Error ? error.message : String(error))));
  for (const id of Object.values(commandIds)) own(vscode.commands.registerCommand(id, async (argument: unknown) => (await loaded).commands.run(id, argument)));
  own(vscode.window.registerWebviewPanelSerializer(DASHBOARD_VIEW_TYPE, { deserializeWebviewPanel: async panel => (await loaded).dashboard.adopt(panel) }));

  const api: QuotaMonitorApi = {
    snapshot: () => running?.monitor.snapshot ?? null,
    onDidChange: changed.event,
    refresh: async () => void await (await loaded).monitor.request('refresh', { accountId: null }),
  };
  if (context.extensionMode !== vscode.ExtensionMode.Test) return api;
  return loaded.then(parts => ({ ...api, testing: { ...parts, storageDir: context.globalStorageUri.fsPath } }));
}

/** Disposing cannot wait for the engine to write what is pending; this can. */
export const deactivate = (): Promise<void> | undefined => running?.client.stop();
