import vscode = require('vscode');
import type { PurgeList } from '../core/historyTools';
import type { HistoryDeps } from './historyCommands';
import { runTask } from './historyTask';
import { bulletList } from './historyUi';
import { errorText } from './log';
import { UserError } from './monitor';

/** Shows all that would go, deletes it after a yes, looks whether it is gone, and tells. */
export async function purgeFlow({ monitor, credentials, memory, ui, locale }: HistoryDeps): Promise<void> {
  await monitor.whenRunning();
  const list = await monitor.request('purgeList', {});
  const keys = await credentials.ids(list.accountIds);
  const [everything, notBackups] = [vscode.l10n.t('Delete Everything'), vscode.l10n.t('Delete, but Keep My Backups')];
  const answer = await ui.confirm(
    vscode.l10n.t('Delete all data of Quota Monitor?'), detailOf(list, keys.length, memory.keys().length, locale), everything, ...(list.backups.length === 0 ? [] : [notBackups]),
  );
  if (answer === null) return;
  // Keys first: if this window ends here, the history is still there to tell whose they are. What cannot be deleted does not keep the
  // rest from it: it is found again, and told below.
  for (const id of keys) await credentials.delete(id).catch(() => undefined);
  for (const key of memory.keys()) await Promise.resolve(memory.update(key, undefined)).catch(() => undefined);
  const result = await runTask({ monitor, ui }, vscode.l10n.t('Deleting all data…'), task => monitor.request('purge', { task, backups: answer === everything })).catch((error: unknown) => {
    if (keys.length === 0) throw error;
    throw new UserError(vscode.l10n.t('{0} The API keys were deleted already: {1}. Delete the rest once more.', errorText(error), keys.length), { cause: error });
  });
  if (result === null) return;
  const left = [
    ...result.left,
    ...(await credentials.ids(list.accountIds)).map(id => vscode.l10n.t('the key of {0}', id)),
    ...memory.keys().filter(key => memory.get(key) !== undefined),
  ];
  if (left.length > 0) return ui.warn(vscode.l10n.t('These could not be deleted: {0}', left.join(', ')));
  ui.inform(vscode.l10n.t('All data was deleted, and nothing of it was found any more. Exports that you made are where you put them.'));
}

function detailOf({ folder, files, backups }: PurgeList, keys: number, answers: number, locale: string): string {
  const size = (bytes: number): string => new Intl.NumberFormat(locale, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 1 }).format(bytes / 1000);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const inside = (file: string): string => (file.startsWith(folder) ? file.slice(folder.length + 1) : file);
  return [
    vscode.l10n.t('This cannot be undone. It deletes the files in {0}: {1}, of {2}.', folder, files.length, size(total)),
    ...bulletList(files.map(({ file, bytes }) => `${inside(file)} (${size(bytes)})`)),
    vscode.l10n.t('API keys in the secret storage: {0}.', keys),
    vscode.l10n.t('Entries on what was agreed to and offered: {0}. And the consent to read the files of other tools, which is given with an account.', answers),
    ...(backups.length === 0 ? [] : [vscode.l10n.t('And, unless you keep them, these backups:'), ...bulletList(backups.map(({ file, bytes }) => `${file} (${size(bytes)})`))]),
  ].join('\n');
}
