import vscode = require('vscode');
import { addDays, startOfDay } from '../core/days';
import { dayOf, formatCount, formatDated } from '../core/format';
import type { ExportChoice, HistoryLevel } from '../core/historyTools';
import type { Snapshot } from '../core/snapshot';
import type { Credentials } from './credentials';
import { runTask } from './historyTask';
import { bulletList, type FileKind, type HistoryUi } from './historyUi';
import { errorText } from './log';
import { type Monitor, UserError } from './monitor';

/** What the commands on the history work with. */
export interface HistoryDeps {
  readonly monitor: Monitor;
  readonly credentials: Credentials;
  /** Where the extension remembers what was offered. */
  readonly memory: vscode.Memento;
  readonly ui: HistoryUi;
  /** BCP 47 */
  readonly locale: string;
}

const csvFile = (): FileKind => ({ label: vscode.l10n.t('Table (CSV)'), extension: 'csv' });
const jsonFile = (): FileKind => ({ label: vscode.l10n.t('Export (JSON)'), extension: 'json' });
const backupFile = (): FileKind => ({ label: vscode.l10n.t('Backup of Quota Monitor'), extension: 'quotabackup' });

const nameOf = ({ madeAt, zone }: Snapshot): string => `quota-monitor-${dayOf(madeAt, zone)}`;

/** Asks what, then where, and writes it. */
export async function exportFlow({ monitor, ui, locale }: HistoryDeps): Promise<void> {
  const snapshot = await monitor.whenRunning();
  const choice = await askChoice(ui, snapshot);
  if (choice === null) return;
  const file = await ui.saveFile(vscode.l10n.t('Export History'), nameOf(snapshot), choice.format === 'csv' ? csvFile() : jsonFile());
  if (file === null) return;
  const result = await runTask({ monitor, ui }, vscode.l10n.t('Exporting the history…'), task => monitor.request('exportHistory', { task, file, choice }));
  if (result !== null) ui.inform(vscode.l10n.t('Rows written to {1}: {0}.', formatCount(result.rows, locale), file));
}

async function askChoice(ui: HistoryUi, snapshot: Snapshot): Promise<ExportChoice | null> {
  const format = await ui.pickOne<ExportChoice['format']>(vscode.l10n.t('Export as'), [
    { label: vscode.l10n.t('Table (CSV)'), detail: vscode.l10n.t('For spreadsheets. Words that a spreadsheet would run as a formula get an apostrophe before them.'), value: 'csv' },
    { label: vscode.l10n.t('Export (JSON)'), detail: vscode.l10n.t('For programs, and to import it again'), value: 'json' },
  ]);
  if (format === null) return null;
  const levels = await ui.pickMany<HistoryLevel>(vscode.l10n.t('What to export'), [
    { label: vscode.l10n.t('Usage: tokens, requests and costs'), picked: true, value: 'usage' },
    { label: vscode.l10n.t('Limits and balances by day'), picked: format === 'json', value: 'daily' },
    { label: vscode.l10n.t('Limits and balances by hour, 30 days'), picked: format === 'json', value: 'hourly' },
    { label: vscode.l10n.t('Limits and balances at every change, 48 hours'), picked: format === 'json', value: 'raw' },
  ]);
  if (levels === null) return null;
  const range = await askRange(ui, snapshot);
  if (range === null) return null;
  const accountIds = await askAccounts(ui, snapshot);
  return accountIds === undefined ? null : { format, levels: [...levels], accountIds: accountIds === null ? null : [...accountIds], ...range };
}

type Range = Pick<ExportChoice, 'fromAt' | 'toAt'>;

function askRange(ui: HistoryUi, { madeAt, zone }: Snapshot): Promise<Range | null> {
  const today = dayOf(madeAt, zone);
  const since = (day: string): Range => ({ fromAt: startOfDay(day, zone), toAt: null });
  const month = `${today.slice(0, 7)}-01`;
  const before = `${addDays(month, -1).slice(0, 7)}-01`;
  return ui.pickOne<Range>(vscode.l10n.t('Which time? Days are those of {0}.', zone), [
    { label: vscode.l10n.t('All that is recorded'), value: { fromAt: null, toAt: null } },
    { label: vscode.l10n.t('The last 7 days'), value: since(addDays(today, -6)) },
    { label: vscode.l10n.t('The last 30 days'), value: since(addDays(today, -29)) },
    { label: vscode.l10n.t('This month'), value: since(month) },
    { label: vscode.l10n.t('The month before'), value: { fromAt: startOfDay(before, zone), toAt: startOfDay(month, zone) } },
    { label: vscode.l10n.t('The last 365 days'), value: since(addDays(today, -364)) },
  ]);
}

/** Null: all, those of removed accounts too. Undefined: cancelled. */
async function askAccounts(ui: HistoryUi, { accounts }: Snapshot): Promise<readonly string[] | null | undefined> {
  if (accounts.length < 2) return null;
  const all = await ui.pickOne(vscode.l10n.t('Whose history?'), [
    { label: vscode.l10n.t('All accounts, removed ones too'), value: true },
    { label: vscode.l10n.t('Some accounts…'), value: false },
  ]);
  if (all === null) return undefined;
  if (all) return null;
  return await ui.pickMany(vscode.l10n.t('Whose history?'), accounts.map(({ id, alias, providerName }) => ({ label: alias, description: providerName, value: id }))) ?? undefined;
}

/** Takes an export in JSON. */
export async function importFlow({ monitor, ui, locale }: HistoryDeps): Promise<void> {
  await monitor.whenRunning();
  const file = await ui.openFile(vscode.l10n.t('Import an Export'), jsonFile());
  if (file === null) return;
  const result = await runTask({ monitor, ui }, vscode.l10n.t('Importing…'), task => monitor.request('importHistory', { task, file }));
  if (result === null) return ui.inform(vscode.l10n.t('The import was cancelled. What had been taken by then stays; importing the file again goes on.'));
  const { taken, left, unknownAccounts } = result;
  const unknown = unknownAccounts.length === 0 ? '' : ` ${vscode.l10n.t('Kept, but not shown, as there is no such account: {0}.', unknownAccounts.join(', '))}`;
  ui.inform(`${vscode.l10n.t('Rows taken: {0}. Known here already, or too old to be kept: {1}.', formatCount(taken, locale), formatCount(left, locale))}${unknown}`);
}

export async function backupFlow({ monitor, ui }: HistoryDeps): Promise<void> {
  const snapshot = await monitor.whenRunning();
  const file = await ui.saveFile(vscode.l10n.t('Back Up'), nameOf(snapshot), backupFile());
  if (file === null) return;
  const result = await runTask({ monitor, ui }, vscode.l10n.t('Backing up…'), task => monitor.request('backup', { task, file }));
  if (result !== null) ui.inform(vscode.l10n.t('History, accounts and audit log were written to {0}. API keys are not in it.', file));
}

/** Checks the file, shows what would come, and only then replaces anything. */
export async function restoreFlow({ monitor, credentials, ui, locale }: HistoryDeps): Promise<void> {
  const { zone } = await monitor.whenRunning();
  const file = await ui.openFile(vscode.l10n.t('Restore a Backup'), backupFile());
  if (file === null) return;
  const title = vscode.l10n.t('Restoring the backup…');
  const info = await runTask({ monitor, ui }, title, task => monitor.request('inspectBackup', { task, file }));
  if (info === null) return;
  const accounts = info.accounts.map(({ alias, providerId, baseUrl, home }) => `${alias} (${[providerId, baseUrl ?? home].filter(part => part !== null).join(', ')})`);
  const detail = [
    vscode.l10n.t('Accounts in it: {0}.', info.accounts.length), ...bulletList(accounts),
    ...(info.keysToDelete.length === 0 ? [] : [vscode.l10n.t('Accounts that send their key elsewhere than now: {0}. Those keys are deleted, and you give them again.', info.keysToDelete.length)]),
    vscode.l10n.t('What is here now is kept in the folder before-restore until the next restore.'),
  ].join('\n');
  const restore = vscode.l10n.t('Restore');
  if (await ui.confirm(vscode.l10n.t('Replace history and accounts by the backup of {0}?', formatDated(info.madeAt, zone, locale)), detail, restore) !== restore) return;
  const keys = await takeKeys(credentials, info.keysToDelete);
  try {
    const done = await runTask({ monitor, ui }, title, task => monitor.request('restore', { task, file, sha256: info.sha256 }));
    if (done !== null) return ui.inform(vscode.l10n.t('The backup was restored.'));
  } catch (error) {
    if (keys.size === 0) throw error;
    throw new UserError(vscode.l10n.t('{0} The keys that the backup has other addresses for were deleted: {1}. Give them again.', errorText(error), keys.size), { cause: error }); // it may be restored all the same
  }
  for (const [accountId, secret] of keys) await credentials.store(accountId, secret); // cancelled before anything was replaced
}

/** Deletes keys. @returns what they were. */
async function takeKeys(credentials: Credentials, accountIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const keys = new Map<string, string>();
  for (const accountId of accountIds) {
    const secret = await credentials.get(accountId);
    if (secret === null) continue;
    await credentials.delete(accountId);
    keys.set(accountId, secret);
  }
  return keys;
}
