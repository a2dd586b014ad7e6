import vscode = require('vscode');
import type { Alert } from '../core/protocol';
import { commandIds } from './commandIds';
import type { Monitor } from './monitor';
import { warn } from './notifications';

/**
 * Shows what the engine sends to this window: it chooses the one that has, or last had, the focus. A window whose client went away, such
 * as a closed browser tab, gets no further than the first line, and the engine tries another.
 */
export async function showAlert(monitor: Monitor, alert: Alert): Promise<void> {
  await vscode.commands.executeCommand('setContext', 'quotaMonitor.alert', alert.id); // answered by a living client only
  const { first } = await monitor.request('alertShown', { alertId: alert.id });
  if (!first) return;
  const [open, refresh] = [vscode.l10n.t('Open Dashboard'), vscode.l10n.t('Refresh')];
  const chosen = await warn(alert.message, open, refresh);
  if (chosen === open) await vscode.commands.executeCommand(commandIds.openDashboard);
  if (chosen === refresh) await vscode.commands.executeCommand(commandIds.refreshAccount, alert.accountId);
}
