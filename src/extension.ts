import path from 'node:path';
import vscode = require('vscode');
import { MAX_STORED_BYTES, parseGlance, STORED_SNAPSHOT } from './core/glance';
import type { Snapshot } from './core/snapshot';
import { systemClock } from './core/time';
import { readNow } from './engine/readNow';
import type { Running } from './extensionMain';
import { readBarConfiguration } from './host/barConfiguration';
import { commandIds, DASHBOARD_VIEW_TYPE } from './host/commandIds';
import { fail } from './host/notifications';
import { StatusBar } from './host/statusBar';

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

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The item with what was known last, when there is such. @returns also the whole of it as text. */
function showLast(storageDir: string): { readonly statusBar: StatusBar; readonly stored: string | null } {
  const stored = readNow(path.join(storageDir, STORED_SNAPSHOT), MAX_STORED_BYTES);
  const statusBar = new StatusBar(readBarConfiguration(), systemClock);
  statusBar.show(stored === null ? null : parseGlance(stored, systemClock.now()));
  return { statusBar, stored };
}

/**
 * Registers what the editor asks of an extension. As soon as this has returned the last values are shown; all else is loaded a turn
 * later, and what is asked before then waits for it.
 */
export function activate(context: vscode.ExtensionContext): QuotaMonitorApi | Promise<TestApi> {
  const own = <T extends vscode.Disposable>(part: T): T => (context.subscriptions.push(part), part);
  const changed = own(new vscode.EventEmitter<void>());
  const turn = (): Promise<void> => new Promise(resolve => own(systemClock.after(0, resolve)));
  const loaded = Promise.resolve().then(async () => {
    const { statusBar, stored } = showLast(context.globalStorageUri.fsPath);
    own(statusBar);
    try {
      await turn();
      const { start } = await import('./extensionMain');
      await turn();
      running = start(context, statusBar, stored);
    } catch (error) {
      statusBar.show(null, { state: 'failed', message: reasonOf(error) }); // what was known last grows old, and nobody renews it
      throw error;
    }
    own(running.monitor.onDidChange(() => changed.fire()));
    return running;
  });
  loaded.catch((error: unknown) => fail(vscode.l10n.t('Quota Monitor does not run: {0}', reasonOf(error))));
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
