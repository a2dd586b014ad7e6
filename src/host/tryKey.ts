import vscode = require('vscode');
import type { AccountDraft } from '../core/account';
import type { ProviderInfo } from '../core/snapshot';
import { isSameAddress, judgeTest, newAccountId, type Verdict } from './accountRules';
import type { Credentials } from './credentials';
import type { Monitor } from './monitor';
import { ask } from './notifications';

export interface AccountDeps {
  readonly monitor: Monitor;
  readonly credentials: Credentials;
}

/** 'keep': the key is good, or the user keeps it untested. 'key', 'address': ask for that again, and why. */
export type Trial =
  | { readonly next: 'keep'; readonly tested: boolean; readonly identity: string | null; readonly notes: readonly string[] }
  | { readonly next: 'key'; readonly problem: string }
  | { readonly next: 'address' }
  | { readonly next: 'cancel' };

/**
 * Tries a key under an id that nobody else has, so that a key in use stays in use, and asks the user where the answer leaves a choice.
 * @param own the account that the key is for; null: a new one.
 */
export async function tryKey({ monitor, credentials }: AccountDeps, provider: ProviderInfo, draft: AccountDraft, secret: string, own: string | null = null): Promise<Trial> {
  for (const { id, alias, providerId, options } of monitor.snapshot?.accounts ?? []) {
    const another = id !== own && providerId === provider.id && isSameAddress(provider, options.baseUrl, draft.options.baseUrl);
    if (another && await credentials.get(id) === secret) return { next: 'key', problem: vscode.l10n.t('The account {0} has this key already: what it spends would count twice.', alias) };
  }
  for (;;) {
    const accountId = newAccountId(provider.id);
    const result = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Testing the key with {0}…', provider.name) },
      () => credentials.whileTrying(accountId, secret, () => monitor.request('testAccount', { accountId, draft })),
    );
    if (result.ok) return { next: 'keep', tested: true, identity: result.identity, notes: result.notes };
    const verdict = judgeTest(result, provider);
    if (verdict.kind === 'key') return { next: 'key', problem: verdict.problem };
    const answer = await askWhatNow(verdict);
    if (answer !== 'again') return answer;
  }
}

/** A key that nobody could judge may be kept; one that an unknown answer came to may not. */
async function askWhatNow(verdict: Verdict): Promise<Trial | 'again'> {
  const [again, address, keep] = [vscode.l10n.t('Try Again'), vscode.l10n.t('Change Address'), vscode.l10n.t('Keep Untested')];
  const detail = verdict.kind === 'undecided' ? vscode.l10n.t('An untested key is tried again at the next poll.') : '';
  const buttons = verdict.kind === 'undecided' ? [again, address, keep] : [again, address];
  const answer = await ask(verdict.problem, detail, ...buttons);
  if (answer === again) return 'again';
  if (answer === address) return { next: 'address' };
  return answer === keep ? { next: 'keep', tested: false, identity: null, notes: [] } : { next: 'cancel' };
}
