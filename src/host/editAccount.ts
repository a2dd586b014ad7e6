import * as vscode from 'vscode';
import type { AccountOptions } from '../core/account';
import type { AccountView, ProviderInfo, Snapshot } from '../core/snapshot';
import { askAlias, askBaseUrl, askHome, askSecret } from './accountQuestions';
import { budgetProblem, intervalProblem } from './accountRules';
import { UserError } from './monitor';
import { type Answer, askChoice, askText, BACK, CANCEL, type Place } from './prompts';
import { type AccountDeps, tryKey } from './tryKey';

const at = (): Place => ({ title: vscode.l10n.t('Edit Account'), step: 1, totalSteps: 1 });

type Field = 'alias' | 'secret' | 'baseUrl' | 'home' | 'interval' | 'budget';

/** Asks what to change on an account, and changes it. A new key or address is tried before it replaces the old one. */
export async function editAccountFlow(deps: AccountDeps, accountId: string): Promise<void> {
  const snapshot = await deps.monitor.whenRunning();
  const account = snapshot.accounts.find(({ id }) => id === accountId);
  const provider = snapshot.providers.find(({ id }) => id === account?.providerId);
  if (account === undefined || provider === undefined) throw new UserError(vscode.l10n.t('This account is gone.'));
  const field = await askField(account, provider);
  if (field === BACK || field === CANCEL) return;
  switch (field) {
    case 'alias': return editAlias(deps, account, snapshot);
    case 'secret': return editSecret(deps, account, provider, account.options);
    case 'baseUrl': return editBaseUrl(deps, account, provider);
    case 'home': return editHome(deps, account, provider);
    case 'interval': return editInterval(deps, account, provider);
    case 'budget': return editBudget(deps, account);
  }
}

function askField({ alias, options }: AccountView, { credential, baseUrl, defaultIntervalMs }: ProviderInfo): Promise<Answer<Field>> {
  const local = credential.kind === 'local';
  const minutes = options.intervalMinutes ?? Math.round(defaultIntervalMs / 60_000);
  const all: readonly { readonly label: string; readonly description: string; readonly value: Field; readonly fits: boolean }[] = [
    { label: vscode.l10n.t('Name'), description: alias, value: 'alias', fits: true },
    { label: vscode.l10n.t('API key'), description: '', value: 'secret', fits: !local },
    { label: vscode.l10n.t('Base URL'), description: options.baseUrl ?? baseUrl ?? '', value: 'baseUrl', fits: !local },
    { label: vscode.l10n.t('Folder'), description: options.home ?? vscode.l10n.t('the usual one'), value: 'home', fits: local },
    { label: vscode.l10n.t('Time between polls'), description: vscode.l10n.t('{0} min', minutes), value: 'interval', fits: true },
    {
      label: vscode.l10n.t('Monthly budget'), value: 'budget', fits: true,
      description: options.monthlyBudgetUsd === undefined ? vscode.l10n.t('none') : `$${options.monthlyBudgetUsd}`,
    },
  ];
  return askChoice(at(), vscode.l10n.t('What do you want to change on {0}?', alias), all.filter(({ fits }) => fits));
}

/** @param changes an undefined value takes the option away. */
async function save({ monitor }: AccountDeps, account: AccountView, changes: { readonly alias?: string; readonly options?: AccountOptions; readonly credentialChanged?: boolean }): Promise<void> {
  const { alias = account.alias, options = account.options, credentialChanged = false } = changes;
  await monitor.request('updateAccount', { accountId: account.id, alias, options, credentialChanged });
}

/** The options with one of them set, or taken away by undefined. */
function withOption<K extends keyof AccountOptions>(options: AccountOptions, key: K, value: AccountOptions[K] | undefined): AccountOptions {
  const { [key]: _, ...rest } = options;
  return (value === undefined ? rest : { ...rest, [key]: value });
}

async function editAlias(deps: AccountDeps, account: AccountView, snapshot: Snapshot): Promise<void> {
  const alias = await askAlias(at(), account.alias, snapshot, account);
  if (typeof alias === 'string') await save(deps, account, { alias });
}

async function editSecret(deps: AccountDeps, account: AccountView, provider: ProviderInfo, options: AccountOptions): Promise<void> {
  for (let problem: string | null = null; ;) {
    const secret: Answer<string> = await askSecret(at(), provider, problem);
    if (typeof secret !== 'string') return;
    const trial = await tryKey(deps, provider, { providerId: provider.id, alias: account.alias, options }, secret, account.id);
    if (trial.next === 'cancel') return;
    if (trial.next === 'address') return editBaseUrl(deps, account, provider);
    if (trial.next === 'keep') {
      await deps.credentials.store(account.id, secret);
      return save(deps, account, { options, credentialChanged: true });
    }
    ({ problem } = trial);
  }
}

/** The key goes to another origin with this, so the user gives it again: one that was meant for the old address is not sent to a new one. */
async function editBaseUrl(deps: AccountDeps, account: AccountView, provider: ProviderInfo): Promise<void> {
  const answer = await askBaseUrl(at(), provider, account.options.baseUrl ?? '');
  if (typeof answer !== 'string' || answer === (account.options.baseUrl ?? '')) return;
  await editSecret(deps, account, provider, withOption(account.options, 'baseUrl', answer === '' ? undefined : answer));
}

async function editHome(deps: AccountDeps, account: AccountView, provider: ProviderInfo): Promise<void> {
  const home = await askHome(at(), provider);
  if (home !== BACK && home !== CANCEL) await save(deps, account, { options: withOption(account.options, 'home', home ?? undefined), credentialChanged: true });
}

async function editInterval(deps: AccountDeps, account: AccountView, { minIntervalMs }: ProviderInfo): Promise<void> {
  const floor = Math.ceil(minIntervalMs / 60_000);
  const answer = await askText(at(), {
    prompt: vscode.l10n.t('Minutes between polls, {0} or more; empty for the usual time', floor),
    value: account.options.intervalMinutes?.toString() ?? '',
    validate: intervalProblem,
  });
  if (typeof answer === 'string') await save(deps, account, { options: withOption(account.options, 'intervalMinutes', answer === '' ? undefined : Number(answer)) });
}

async function editBudget(deps: AccountDeps, account: AccountView): Promise<void> {
  const answer = await askText(at(), {
    prompt: vscode.l10n.t('Monthly budget in US dollars; empty for none'),
    value: account.options.monthlyBudgetUsd?.toString() ?? '',
    validate: budgetProblem,
  });
  if (typeof answer === 'string') await save(deps, account, { options: withOption(account.options, 'monthlyBudgetUsd', answer === '' ? undefined : Number(answer)) });
}
