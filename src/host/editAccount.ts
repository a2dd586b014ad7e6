import vscode = require('vscode');
import { type AccountChanges, withChanges } from '../core/account';
import { FLOOR_MS } from '../core/schedule';
import type { AccountView, ProviderInfo, Snapshot } from '../core/snapshot';
import { MINUTE_MS } from '../core/time';
import { askAlias, askBaseUrl, askHome, askSecret } from './accountQuestions';
import { budgetProblem, intervalProblem, isBudgetOffered, minutesBetweenPolls } from './accountRules';
import { readConfiguration } from './configuration';
import { UserError } from './monitor';
import { type Answer, askChoice, askText, BACK, CANCEL, type Place } from './prompts';
import { replaceKey } from './replaceKey';
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
    case 'secret': return editSecret(deps, account, provider);
    case 'baseUrl': return editBaseUrl(deps, account, provider);
    case 'home': return editHome(deps, account, provider);
    case 'interval': return editInterval(deps, account, provider);
    case 'budget': return editBudget(deps, account);
  }
}

function askField({ alias, options }: AccountView, provider: ProviderInfo): Promise<Answer<Field>> {
  const { credential, baseUrl } = provider;
  const local = credential.kind === 'local';
  const minutes = minutesBetweenPolls(provider, { options }, readConfiguration(() => undefined).engine);
  const all: readonly { readonly label: string; readonly description: string; readonly value: Field; readonly fits: boolean }[] = [
    { label: vscode.l10n.t('Name'), description: alias, value: 'alias', fits: true },
    { label: vscode.l10n.t('API key'), description: '', value: 'secret', fits: !local },
    { label: vscode.l10n.t('Base URL'), description: options.baseUrl ?? baseUrl ?? '', value: 'baseUrl', fits: !local },
    { label: vscode.l10n.t('Folder'), description: options.home ?? vscode.l10n.t('the usual one'), value: 'home', fits: local },
    { label: vscode.l10n.t('Time between polls'), description: vscode.l10n.t('{0} min', minutes), value: 'interval', fits: true },
    {
      label: vscode.l10n.t('Monthly budget'), value: 'budget', fits: isBudgetOffered(provider, options),
      description: options.monthlyBudgetUsd === undefined ? vscode.l10n.t('none') : `$${options.monthlyBudgetUsd}`,
    },
  ];
  return askChoice(at(), vscode.l10n.t('What do you want to change on {0}?', alias), all.filter(({ fits }) => fits));
}

async function save({ monitor }: AccountDeps, { id }: AccountView, changes: AccountChanges, credentialChanged = false): Promise<void> {
  await monitor.request('updateAccount', { accountId: id, changes, credentialChanged });
}

async function editAlias(deps: AccountDeps, account: AccountView, snapshot: Snapshot): Promise<void> {
  const alias = await askAlias(at(), account.alias, snapshot, account);
  if (typeof alias === 'string') await save(deps, account, { alias });
}

/** @param baseUrl the new address, when the key is for another one; null: the provider's own. */
async function editSecret(deps: AccountDeps, account: AccountView, provider: ProviderInfo, baseUrl?: string | null): Promise<void> {
  const { options } = withChanges(account, baseUrl === undefined ? {} : { options: { baseUrl } });
  for (let problem: string | null = null; ;) {
    const secret: Answer<string> = await askSecret(at(), provider, problem);
    if (typeof secret !== 'string') return;
    const trial = await tryKey(deps, provider, { providerId: provider.id, alias: account.alias, options }, secret, account.id);
    if (trial.next === 'cancel') return;
    if (trial.next === 'address') return editBaseUrl(deps, account, provider, options.baseUrl ?? '');
    if (trial.next === 'keep') return replaceKey(deps, account.id, secret, baseUrl);
    ({ problem } = trial);
  }
}

/**
 * The key goes to another origin with this, so the user gives it again: one that was meant for the old address is not sent to a new one.
 * @param tried an address that gave a wrong answer; null: none was tried yet.
 */
async function editBaseUrl(deps: AccountDeps, account: AccountView, provider: ProviderInfo, tried: string | null = null): Promise<void> {
  const own = account.options.baseUrl ?? '';
  const answer = await askBaseUrl(at(), provider, tried ?? own);
  if (typeof answer !== 'string' || (answer === own && tried === null)) return;
  await editSecret(deps, account, provider, answer === own ? undefined : answer === '' ? null : answer);
}

async function editHome(deps: AccountDeps, account: AccountView, provider: ProviderInfo): Promise<void> {
  const home = await askHome(at(), provider);
  if (home !== BACK && home !== CANCEL) await save(deps, account, { options: { home } }, true);
}

async function editInterval(deps: AccountDeps, account: AccountView, { minIntervalMs }: ProviderInfo): Promise<void> {
  const least = Math.ceil(Math.max(FLOOR_MS, minIntervalMs) / MINUTE_MS);
  const answer = await askText(at(), {
    prompt: vscode.l10n.t('Minutes between polls, {0} or more; empty for the usual time', least),
    value: account.options.intervalMinutes?.toString() ?? '',
    validate: text => intervalProblem(text, least),
  });
  if (typeof answer === 'string') await save(deps, account, { options: { intervalMinutes: answer === '' ? null : Number(answer) } });
}

async function editBudget(deps: AccountDeps, account: AccountView): Promise<void> {
  const answer = await askText(at(), {
    prompt: vscode.l10n.t('Monthly budget in US dollars; empty for none'),
    value: account.options.monthlyBudgetUsd?.toString() ?? '',
    validate: budgetProblem,
  });
  if (typeof answer === 'string') await save(deps, account, { options: { monthlyBudgetUsd: answer === '' ? null : Number(answer) } });
}
