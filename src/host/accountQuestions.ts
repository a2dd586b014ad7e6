/** The questions about an account; adding and editing ask the same ones. */
import vscode = require('vscode');
import type { AccountView, ProviderInfo, Snapshot } from '../core/snapshot';
import { aliasProblem, baseUrlProblem, secretProblem } from './accountRules';
import { type Answer, askChoice, askText, BACK, CANCEL, type Place } from './prompts';

export function askProvider(at: Place, { providers }: Pick<Snapshot, 'providers'>): Promise<Answer<ProviderInfo>> {
  return askChoice(at, vscode.l10n.t('Whose usage do you want to see?'), providers.map(info => ({
    label: info.name,
    description: info.credential.kind === 'local' ? vscode.l10n.t('on this machine, no key') : vscode.l10n.t('API key'),
    detail: info.summary,
    value: info,
  })));
}

/** @param own the account that has the name now, if any. */
export function askAlias(at: Place, value: string, snapshot: Pick<Snapshot, 'accounts'>, own: AccountView | null = null): Promise<Answer<string>> {
  return askText(at, {
    prompt: vscode.l10n.t('Name of this account, as the status bar and the dashboard show it'),
    value,
    validate: text => aliasProblem(text, snapshot, own?.id ?? null),
  });
}

/** @param problem why the last key was no good. */
export function askSecret(at: Place, { name, credential }: ProviderInfo, problem: string | null): Promise<Answer<string>> {
  const about = credential.kind === 'api-key' ? credential : null;
  return askText(at, {
    prompt: [vscode.l10n.t('API key of {0}. It is tested, then kept in the secret storage of the editor.', name), about?.hint ?? ''].join(' ').trim(),
    placeholder: about?.example ?? '',
    password: true,
    problem,
    ...(about === null ? {} : { link: { label: vscode.l10n.t('Open the page for keys'), url: about.url } }),
    validate: secretProblem,
  });
}

/** '' is the provider's own address. */
export function askBaseUrl(at: Place, { name, baseUrl }: ProviderInfo, value: string): Promise<Answer<string>> {
  return askText(at, {
    prompt: vscode.l10n.t('Base URL (optional). The key is sent there and nowhere else; leave it empty for {0} itself.', name),
    placeholder: baseUrl ?? '',
    value,
    validate: baseUrlProblem,
  });
}

/** Tells what is read before anything is. */
export async function askConsent(at: Place, { name, credential }: ProviderInfo): Promise<Answer<true>> {
  const reads = credential.kind === 'local' ? credential.reads : '';
  const answer = await askChoice(at, vscode.l10n.t('Read the usage that {0} records on this machine?', name), [
    { label: vscode.l10n.t('Yes, read it'), detail: vscode.l10n.t('Read only, never changed: {0}', reads), value: true },
    { label: vscode.l10n.t('No'), value: false },
  ]);
  return answer === false ? CANCEL : answer;
}

/** Null: the tool's usual folder. */
export async function askHome(at: Place, { name }: ProviderInfo): Promise<Answer<string | null>> {
  const answer = await askChoice(at, vscode.l10n.t('Which folder?'), [
    { label: vscode.l10n.t('The usual folder of {0}', name), value: false },
    { label: vscode.l10n.t('Another folder…'), detail: vscode.l10n.t('For a second login, or a tool that was told to keep its files elsewhere'), value: true },
  ]);
  if (answer === BACK || answer === CANCEL) return answer;
  if (!answer) return null;
  const chosen = await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, title: vscode.l10n.t('Folder of {0}', name) });
  return chosen?.[0]?.fsPath ?? BACK;
}
