import vscode = require('vscode');
import { MAX_ACCOUNTS, type AccountDraft, type AccountOptions } from '../core/account';
import type { ProviderInfo, Snapshot } from '../core/snapshot';
import { askAlias, askBaseUrl, askConsent, askHome, askProvider, askSecret } from './accountQuestions';
import { newAccountId, suggestAlias } from './accountRules';
import { UserError } from './monitor';
import { ask, inform } from './notifications';
import { type Answer, BACK, CANCEL, type Place, runSteps } from './prompts';
import { type AccountDeps, tryKey } from './tryKey';

/** What the questions have gathered so far. */
interface Form {
  alias: string;
  secret: string;
  /** '': the provider's own. */
  baseUrl: string;
  /** Null: the tool's usual folder. */
  home: string | null;
  /** Why the last key was no good. */
  keyProblem: string | null;
}

const at = (step: number): Place => ({ title: vscode.l10n.t('Add Account'), step, totalSteps: 4 });

/** Asks for all that an account needs, tries the key, and only then keeps anything. */
export async function addAccountFlow(deps: AccountDeps): Promise<void> {
  const snapshot = await deps.monitor.whenRunning();
  if (snapshot.accounts.length >= MAX_ACCOUNTS) throw new UserError(vscode.l10n.t('There are {0} accounts already; no more fit.', MAX_ACCOUNTS));
  for (;;) {
    const provider = await askProvider(at(1), snapshot);
    if (provider === BACK || provider === CANCEL) return;
    const form: Form = { alias: suggestAlias(provider.name, snapshot.accounts), secret: '', baseUrl: '', home: null, keyProblem: null };
    const ask = provider.credential.kind === 'local' ? addLocal : addWithKey;
    if (await ask(deps, provider, form, snapshot) !== BACK) return;
  }
}

/** Puts an answer where it belongs. */
async function fill<T extends string | boolean | null>(question: Promise<Answer<T>>, take: (answer: T) => void): Promise<Answer<'next'>> {
  const answer = await question;
  if (answer === BACK || answer === CANCEL) return answer;
  take(answer);
  return 'next';
}

async function addLocal(deps: AccountDeps, provider: ProviderInfo, form: Form, snapshot: Snapshot): Promise<Answer<'done'>> {
  const steps = [
    () => fill(askConsent(at(2), provider), () => undefined),
    () => fill(askHome(at(3), provider), home => { form.home = home; }),
    () => fill(askAlias(at(4), form.alias, snapshot), alias => { form.alias = alias; }),
  ];
  const folderStep = 1;
  for (let from = 0; ;) {
    const answer = await runSteps(steps, from);
    if (answer !== 'done') return answer;
    const result = await deps.monitor.request('testAccount', { accountId: newAccountId(provider.id), draft: draftOf(provider, form) });
    const next = result.ok ? 'keep' : await askAboutFolder(result.message);
    if (next === CANCEL) return CANCEL;
    if (next === 'keep') {
      await keep(deps, provider, form);
      return 'done';
    }
    from = folderStep;
  }
}

/** The tool may write its first log later, so a folder without any is the user's choice. */
async function askAboutFolder(problem: string): Promise<Answer<'keep' | 'folder'>> {
  const [other, keepIt] = [vscode.l10n.t('Choose Another Folder'), vscode.l10n.t('Add Anyway')];
  const answer = await ask(problem, '', other, keepIt);
  return answer === other ? 'folder' : answer === keepIt ? 'keep' : CANCEL;
}

async function addWithKey(deps: AccountDeps, provider: ProviderInfo, form: Form, snapshot: Snapshot): Promise<Answer<'done'>> {
  const steps = [
    () => fill(askAlias(at(2), form.alias, snapshot), alias => { form.alias = alias; }),
    () => fill(askSecret(at(3), provider, form.keyProblem), secret => { [form.secret, form.keyProblem] = [secret, null]; }),
    () => fill(askBaseUrl(at(4), provider, form.baseUrl), baseUrl => { form.baseUrl = baseUrl; }),
  ];
  const [keyStep, addressStep] = [1, 2];
  for (let from = 0; ;) {
    const answer = await runSteps(steps, from);
    if (answer !== 'done') return answer;
    const trial = await tryKey(deps, provider, draftOf(provider, form), form.secret);
    if (trial.next === 'cancel') return CANCEL;
    if (trial.next === 'keep') {
      await keep(deps, provider, form);
      return 'done';
    }
    form.keyProblem = trial.next === 'key' ? trial.problem : null;
    from = trial.next === 'key' ? keyStep : addressStep;
  }
}

function draftOf(provider: ProviderInfo, { alias, baseUrl, home }: Form): AccountDraft {
  const options: AccountOptions = { ...(baseUrl === '' ? {} : { baseUrl }), ...(home === null ? {} : { home }) };
  return { providerId: provider.id, alias, options };
}

/** Stores the key, then adds the account; a key whose account was refused does not stay. */
async function keep({ monitor, credentials }: AccountDeps, provider: ProviderInfo, form: Form): Promise<void> {
  const accountId = newAccountId(provider.id);
  if (form.secret !== '') await credentials.store(accountId, form.secret);
  try {
    await monitor.request('addAccount', { accountId, draft: draftOf(provider, form) });
  } catch (error) {
    if (form.secret !== '') await credentials.delete(accountId);
    throw error;
  }
  form.secret = '';
  void inform(vscode.l10n.t('{0} was added.', form.alias));
}
