import path from 'node:path';
import * as vscode from 'vscode';
import type { Snapshot } from './core/snapshot';
import { MAX_STORED_BYTES, parseStored, STORED_SNAPSHOT } from './core/storedSnapshot';
import { systemClock } from './core/time';
import { EngineClient } from './engine/client';
import { readSmallFile } from './engine/readFile';
import { workerThread } from './engine/workerThread';
import { showAlert } from './host/alerts';
import { registerCommands } from './host/commands';
import { onConfigurationChange, readConfiguration } from './host/configuration';
import { Credentials } from './host/credentials';
import { DashboardPanel } from './host/dashboard';
import { addDemoAccounts } from './host/demoAccounts';
import { offerLocalTools } from './host/localTools';
import { errorText, Log } from './host/log';
import { LogProgress } from './host/logProgress';
import { Monitor, UserError } from './host/monitor';
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
  readonly testing: { readonly statusBar: StatusBar; readonly credentials: Credentials; readonly monitor: Monitor; readonly storageDir: string };
}

let client: EngineClient | undefined;

/** Builds and wires. Reads settings and nothing else: the engine starts after this has returned. */
export function activate(context: vscode.ExtensionContext): QuotaMonitorApi | TestApi {
  const own = <T extends vscode.Disposable>(part: T): T => (context.subscriptions.push(part), part);
  const log = own(new Log());
  let settings = readConfiguration(problem => log.write('warn', problem));
  const credentials = own(new Credentials(context.secrets, secret => log.learn(secret)));
  const engine = client = own(new EngineClient({
    engine: workerThread(context.asAbsolutePath('dist/engine.js')),
    storageDir: context.globalStorageUri.fsPath,
    settings: settings.engine,
    secret: accountId => credentials.get(accountId),
  }));
  const monitor = own(new Monitor(engine));
  const statusBar = own(new StatusBar(monitor, settings, systemClock));
  const dashboard = own(new DashboardPanel({
    extensionUri: context.extensionUri,
    client: engine,
    runCommand: async (name, accountId) => vscode.commands.executeCommand(`quotaMonitor.${name}`, accountId),
    log: message => log.write('info', message),
  }));
  const updateDashboard = (): void => dashboard.update({ snapshot: monitor.snapshot, engine: monitor.engine, display: settings.display });
  updateDashboard();
  own(monitor.onDidChange(updateDashboard));
  own(registerCommands({ monitor, credentials, log, extensionId: context.extension.id, storage: context.globalStorageUri, memory: context.globalState, showDashboard: () => dashboard.show() }));
  own(onConfigurationChange(() => {
    settings = readConfiguration(problem => log.write('warn', problem));
    statusBar.configure(settings);
    updateDashboard();
    monitor.request('configure', settings.engine).catch((error: unknown) => log.error('The settings did not reach the engine', error));
  }));
  own(credentials.onDidChangeElsewhere(accountId => {
    const account = monitor.snapshot?.accounts.find(({ id }) => id === accountId);
    if (account === undefined) return;
    monitor.request('updateAccount', { accountId, alias: account.alias, options: account.options, credentialChanged: true })
      .catch((error: unknown) => log.error('A changed key did not reach the engine', error));
  }));
  own(new LogProgress({ monitor, log, ui: vscode.window, locale: vscode.env.language }));
  own(engine.onEvent('log', ({ level, message }) => log.write(level, message)));
  own(engine.onEvent('alert', alert => {
    showAlert(monitor, alert).catch((error: unknown) => log.error('A warning could not be shown', error));
  }));
  own(systemClock.after(0, () => {
    void showStored(monitor, context.globalStorageUri.fsPath);
    engine.start();
    greet(context, monitor, credentials).catch((error: unknown) => log.write(error instanceof UserError ? 'info' : 'error', errorText(error)));
  }));

  const api: QuotaMonitorApi = {
    snapshot: () => monitor.snapshot,
    onDidChange: monitor.onDidChange,
    refresh: async () => void await monitor.request('refresh', { accountId: null }),
  };
  if (context.extensionMode !== vscode.ExtensionMode.Test) return api;
  return { ...api, testing: { statusBar, credentials, monitor, storageDir: context.globalStorageUri.fsPath } };
}

/** The last snapshot is there before the engine is. */
async function showStored(monitor: Monitor, storageDir: string): Promise<void> {
  const text = await readSmallFile(path.join(storageDir, STORED_SNAPSHOT), MAX_STORED_BYTES).catch(() => null); // not to be read: the engine tells soon
  const snapshot = text === null ? null : parseStored(text, systemClock.now());
  if (snapshot !== null) monitor.showStored(snapshot);
}

/** What follows once the engine runs: the accounts of a demo, or the offer to show what was found on this machine. */
async function greet(context: vscode.ExtensionContext, monitor: Monitor, credentials: Credentials): Promise<void> {
  const demo = process.env['QUOTA_MONITOR_DEMO'];
  if (demo === undefined || demo === '') await offerLocalTools(monitor, context.globalState);
  else await addDemoAccounts(demo, monitor, credentials);
}

/** Disposing cannot wait for the engine to write what is pending; this can. */
export const deactivate = (): Promise<void> | undefined => client?.stop();
