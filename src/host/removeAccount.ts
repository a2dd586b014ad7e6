import vscode = require('vscode');
import { UserError } from './monitor';
import { ask } from './notifications';
import type { AccountDeps } from './tryKey';

/** Asks, then removes the account and its key. What was recorded stays unless the user says otherwise. */
export async function removeAccountFlow({ monitor, credentials }: AccountDeps, accountId: string): Promise<void> {
  const { accounts } = await monitor.whenRunning();
  const account = accounts.find(({ id }) => id === accountId);
  if (account === undefined) throw new UserError(vscode.l10n.t('This account is gone.'));
  const [remove, forget] = [vscode.l10n.t('Remove'), vscode.l10n.t('Remove With History')];
  const history = vscode.l10n.t('The recorded history stays, unless you remove it too.');
  const detail = await credentials.get(accountId) === null ? history : `${vscode.l10n.t('Its key is deleted from this machine.')} ${history}`;
  const answer = await ask(vscode.l10n.t('Remove the account {0}?', account.alias), detail, remove, forget);
  if (answer === undefined) return;
  await monitor.request('removeAccount', { accountId, forget: answer === forget });
  await credentials.delete(accountId);
}
