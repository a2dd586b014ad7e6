import vscode = require('vscode');
import type { DetectedTool } from '../core/protocol';
import type { Snapshot } from '../core/snapshot';
import { newAccountId, suggestAlias } from './accountRules';
import { errorText } from './log';
import type { Monitor } from './monitor';
import { fail, inform } from './notifications';

/** Which tools were offered on this machine before, whatever the answer was. */
const OFFERED = 'quotaMonitor.offeredTools';

/** What of the found tools is neither shown nor was offered before. */
export function toolsToOffer(tools: readonly DetectedTool[], { accounts }: Pick<Snapshot, 'accounts'>, offered: readonly string[]): readonly DetectedTool[] {
  return tools.filter(({ providerId }) => !offered.includes(providerId) && !accounts.some(account => account.providerId === providerId));
}

/** "Claude Code, Codex and Gemini" */
export function listNames(names: readonly string[], locale: string): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);
}

/** Of more tools than these a message does not tell one by one what is read: it would be too long to read, and be cut. */
const MAX_TOLD = 3;

/** @param reads what is read of each, in words. */
export function offerQuestion(names: readonly string[], reads: readonly string[]): string {
  const found = listNames(names, 'en-US');
  if (names.length > MAX_TOLD) {
    return vscode.l10n.t('Found {0} on this machine. Show their usage? Read only: token counts, models, times, session ids, folders, branches, costs, limits and who is signed in, in their own files; Choose… tells of each.', found);
  }
  return vscode.l10n.t('Found {0} on this machine. Show their usage? Read only: {1}.', found, reads.map(text => text.replace(/\.$/, '')).join('; '));
}

/**
 * Offers once to show the tools found on this machine. Only their folders were looked for; nothing in them is read before a yes, and a
 * tool that was offered is not offered again: the answer may be given later by "Add Account".
 */
export async function offerLocalTools(monitor: Monitor, memory: vscode.Memento): Promise<void> {
  const snapshot = await monitor.whenRunning();
  const { tools: found } = await monitor.request('detect', {});
  const offered = memory.get<readonly string[]>(OFFERED, []);
  const tools = toolsToOffer(found, snapshot, offered);
  if (tools.length === 0) return;
  await memory.update(OFFERED, [...offered, ...tools.map(({ providerId }) => providerId)]);
  const reads = ({ providerId }: DetectedTool): string => {
    const credential = snapshot.providers.find(({ id }) => id === providerId)?.credential;
    return credential?.kind === 'local' ? credential.reads : '';
  };
  const [yes, choose, later] = [vscode.l10n.t('Yes'), vscode.l10n.t('Choose…'), vscode.l10n.t('Not Now')];
  const question = offerQuestion(tools.map(({ name }) => name), tools.map(reads));
  const answer = await inform(question, yes, ...(tools.length > 1 ? [choose] : []), later);
  const chosen = answer === yes ? tools : answer === choose ? await chooseTools(tools, reads) : [];
  for (const { providerId, name } of chosen) {
    const alias = suggestAlias(name, monitor.snapshot?.accounts ?? []);
    try {
      await monitor.request('addAccount', { accountId: newAccountId(providerId), draft: { providerId, alias, options: {} } });
    } catch (error) {
      void fail(vscode.l10n.t('{0} could not be added: {1}', name, errorText(error))); // the user said yes, and is not asked again
    }
  }
}

async function chooseTools(tools: readonly DetectedTool[], reads: (tool: DetectedTool) => string): Promise<readonly DetectedTool[]> {
  const items = tools.map(tool => ({ label: tool.name, description: tool.paths.join(', '), detail: reads(tool), picked: true, tool }));
  const chosen = await vscode.window.showQuickPick(items, { canPickMany: true, title: vscode.l10n.t('Show the usage of'), ignoreFocusOut: true });
  return chosen?.map(({ tool }) => tool) ?? [];
}
