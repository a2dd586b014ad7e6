import vscode = require('vscode');
import { parseStored } from './core/storedSnapshot';
import { systemClock } from './core/time';
import { EngineClient } from './engine/client';
import { workerThread } from './engine/workerThread';
import { showAlert } from './host/alerts';
import { Commands } from './host/commands';
import { onConfigurationChange, readConfiguration } from './host/configuration';
import { Credentials } from './host/credentials';
import { DashboardPanel } from './host/dashboard';
import { addDemoAccounts } from './host/demoAccounts';
import { offerLocalTools } from './host/localTools';
import { errorText, Log } from './host/log';
import { LogProgress } from './host/logProgress';
import { Monitor, UserError } from './host/monitor';
import type { StatusBar } from './host/statusBar';
import { StatusTooltip } from './host/statusTooltip';

/** What runs in this window once it has been loaded. */
export interface Running {
  readonly client: EngineClient;
  readonly monitor: Monitor;
  readonly statusBar: StatusBar;
  readonly credentials: Credentials;
  readonly dashboard: DashboardPanel;
  readonly commands: Commands;
}

/**
 * Builds and wires all that the editor's thread holds, shows what was known last, then looks for an engine.
 * @param statusBar shows some of that already. @param stored the last snapshot; null: there is none.
 */
export function start(context: vscode.ExtensionContext, statusBar: StatusBar, stored: string | null): Running {
  const own = <T extends vscode.Disposable>(part: T): T => (context.subscriptions.push(part), part);
  const log = own(new Log());
  let settings = readConfiguration(problem => log.write('warn', problem));
  const credentials = own(new Credentials(context.secrets, secret => log.learn(secret)));
  const client = own(new EngineClient({
    engine: workerThread(context.asAbsolutePath('dist/engine.js')),
    storageDir: context.globalStorageUri.fsPath,
    settings: settings.engine,
    secret: accountId => credentials.get(accountId),
  }));
  const monitor = own(new Monitor(client));
  statusBar.configure(settings); // may have changed since it was made
  own(monitor.onDidChange(() => statusBar.show(monitor.snapshot, monitor.engine)));
  own(new StatusTooltip(statusBar, monitor, () => settings.display, systemClock));
  const dashboard = own(new DashboardPanel({
    extensionUri: context.extensionUri,
    client,
    runCommand: async (name, accountId) => vscode.commands.executeCommand(`quotaMonitor.${name}`, accountId),
    log: message => log.write('info', message),
  }));
  const updateDashboard = (): void => dashboard.update({ snapshot: monitor.snapshot, engine: monitor.engine, display: settings.display });
  updateDashboard();
  own(monitor.onDidChange(updateDashboard));
  const commands = own(new Commands({ monitor, credentials, log, extensionId: context.extension.id, storage: context.globalStorageUri, memory: context.globalState, showDashboard: () => dashboard.show() }));
  own(onConfigurationChange(() => {
    settings = readConfiguration(problem => log.write('warn', problem));
    statusBar.configure(settings);
    updateDashboard();
    monitor.request('configure', settings.engine).catch((error: unknown) => log.error('The settings did not reach the engine', error));
  }));
  own(credentials.onDidChangeElsewhere(accountId => {
    if (monitor.snapshot?.accounts.some(({ id }) => id === accountId) !== true) return;
    monitor.request('keyChanged', { accountId }).catch((error: unknown) => log.error('A changed key did not reach the engine', error));
  }));
  own(new LogProgress({ monitor, log, ui: vscode.window, locale: vscode.env.language }));
  own(client.onEvent('log', ({ level, message }) => log.write(level, message)));
  own(client.onEvent('alert', alert => {
    showAlert(monitor, alert).catch((error: unknown) => log.error('A warning could not be shown', error));
  }));
  own(showThenStart(stored, monitor, client));
  greet(context, monitor, credentials).catch((error: unknown) => log.write(error instanceof UserError ? 'info' : 'error', errorText(error)));
  return { client, monitor, statusBar, credentials, dashboard, commands };
}

/** The last snapshot is there before the engine is. The text is let go of: closures of `start` would hold it for as long as the window lives. */
function showThenStart(text: string | null, monitor: Monitor, client: EngineClient): vscode.Disposable {
  return systemClock.after(0, () => {
    try {
      const snapshot = text === null ? null : parseStored(text, systemClock.now());
      text = null;
      if (snapshot !== null) monitor.showStored(snapshot);
    } finally {
      client.start();
    }
  });
}

/** What follows once the engine runs: the accounts of a demo, or the offer to show what was found on this machine. */
async function greet(context: vscode.ExtensionContext, monitor: Monitor, credentials: Credentials): Promise<void> {
  const demo = process.env['QUOTA_MONITOR_DEMO'];
  if (demo === undefined || demo === '') await offerLocalTools(monitor, context.globalState);
  else await addDemoAccounts(demo, monitor, credentials);
}
