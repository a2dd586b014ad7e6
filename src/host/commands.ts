import vscode = require('vscode');
import { AccountId } from '../core/account';
import { stateLabel } from '../core/words';
import { addAccountFlow } from './addAccount';
import { AuditPage } from './auditLog';
import { type CommandId, commandIds } from './commandIds';
import { editAccountFlow } from './editAccount';
import { backupFlow, exportFlow, importFlow, restoreFlow, type HistoryDeps } from './historyCommands';
import { vscodeUi } from './historyUi';
import { errorText, type Log } from './log';
import { type Monitor, UserError } from './monitor';
import { fail, warn } from './notifications';
import { purgeFlow } from './purgeFlow';
import { removeAccountFlow } from './removeAccount';
import { showTelemetrySetup } from './telemetrySetup';
import type { AccountDeps } from './tryKey';

export interface CommandDeps extends AccountDeps {
  readonly log: Log;
  readonly extensionId: string;
  /** The extension's global storage folder. */
  readonly storage: vscode.Uri;
  readonly memory: vscode.Memento;
  showDashboard(): void;
}

type Handlers = Readonly<Record<CommandId, (argument: unknown) => Promise<unknown>>>;

/** What every command of `commandIds` does. What goes wrong in one is told where the user looks, and the log has it. */
export class Commands implements vscode.Disposable {
  private readonly auditPage: AuditPage;
  private readonly handlers: Handlers;

  constructor(private readonly deps: CommandDeps) {
    this.auditPage = new AuditPage(deps.monitor);
    this.handlers = handlersOf(deps, this.auditPage);
  }

  run(id: CommandId, argument: unknown): Promise<unknown> {
    return this.handlers[id](argument).catch((error: unknown) => tell(error, id, this.deps.log));
  }

  dispose(): void {
    this.auditPage.dispose();
  }
}

function handlersOf(deps: CommandDeps, auditPage: AuditPage): Handlers {
  const { monitor, log, extensionId } = deps;
  const forAccount = (run: (accountId: string) => Promise<void>) => async (argument: unknown): Promise<void> => {
    await started(monitor);
    const accountId = await accountFrom(argument, monitor);
    if (accountId !== null) await run(accountId);
  };
  const onHistory = (run: (history: HistoryDeps) => Promise<void>) => async (): Promise<void> => {
    await started(monitor);
    await run({ ...deps, ui: vscodeUi, locale: vscode.env.language });
  };
  return {
    [commandIds.openDashboard]: async () => deps.showDashboard(),
    [commandIds.refresh]: () => refresh(monitor, null),
    [commandIds.refreshAccount]: forAccount(accountId => refresh(monitor, accountId)),
    [commandIds.addAccount]: () => started(monitor).then(() => addAccountFlow(deps)),
    [commandIds.editAccount]: forAccount(accountId => editAccountFlow(deps, accountId)),
    [commandIds.removeAccount]: forAccount(accountId => removeAccountFlow(deps, accountId)),
    [commandIds.exportHistory]: onHistory(exportFlow),
    [commandIds.importHistory]: onHistory(importFlow),
    [commandIds.backup]: onHistory(backupFlow),
    [commandIds.restore]: onHistory(restoreFlow),
    [commandIds.purge]: onHistory(purgeFlow),
    [commandIds.showAuditLog]: () => started(monitor).then(() => auditPage.show()),
    [commandIds.showLog]: async () => log.show(),
    [commandIds.showTelemetrySetup]: () => started(monitor).then(() => showTelemetrySetup(deps.storage)),
    [commandIds.openSettings]: async () => vscode.commands.executeCommand('workbench.action.openSettings', `@ext:${extensionId}`),
    [commandIds.setPrices]: async () => vscode.commands.executeCommand('workbench.action.openSettings', '@id:quotaMonitor.prices,quotaMonitor.modelAliases'),
    [commandIds.openWalkthrough]: async () => vscode.commands.executeCommand('workbench.action.openWalkthrough', `${extensionId}#start`, false),
  };
}

async function tell(error: unknown, id: string, log: Log): Promise<void> {
  const message = errorText(error);
  log.write(error instanceof UserError ? 'info' : 'error', `${id}: ${message}`);
  if (error instanceof UserError) return void warn(message);
  const showLog = vscode.l10n.t('Show Log');
  if (await fail(message, showLog) === showLog) log.show();
}

/** Says that the engine starts, should that take long enough to be seen. */
async function started(monitor: Monitor): Promise<void> {
  if (monitor.engine.state === 'running' && monitor.snapshot !== null) return;
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Quota Monitor is starting…') }, () => monitor.whenRunning());
}

async function refresh(monitor: Monitor, accountId: string | null): Promise<void> {
  await monitor.whenRunning();
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Refreshing usage…') },
    () => monitor.request('refresh', { accountId }),
  );
}

/** A command's argument is whatever a key binding or a link says; without a good one the user chooses. Null: cancelled, or no account. */
async function accountFrom(argument: unknown, monitor: Monitor): Promise<string | null> {
  const given = AccountId.safeParse(argument);
  if (given.success) return given.data;
  const { accounts } = await monitor.whenRunning();
  if (accounts.length === 0) throw new UserError(vscode.l10n.t('There is no account yet.'));
  const items = accounts.map(({ id, alias, providerName, state }) => ({ label: alias, description: `${providerName}, ${stateLabel(state)}`, id }));
  return (await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which account?') }))?.id ?? null;
}
