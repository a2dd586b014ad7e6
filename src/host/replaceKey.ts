import vscode = require('vscode');
import { errorText } from './log';
import { UserError } from './monitor';
import type { AccountDeps } from './tryKey';

/**
 * Replaces the key of an account, and with `baseUrl` its address. Whoever reads meanwhile, and whatever fails: a key is never kept beside
 * an address that it was not given for, nor for an account that is gone.
 * @param baseUrl null: the provider's own; undefined: it stays. @throws {UserError | PeerError} a sentence for people.
 */
export async function replaceKey({ monitor, credentials }: AccountDeps, accountId: string, secret: string, baseUrl?: string | null): Promise<void> {
  const isGone = (): boolean => monitor.snapshot?.accounts.some(({ id }) => id === accountId) !== true;
  if (isGone()) throw new UserError(vscode.l10n.t('This account is gone.'));
  if (baseUrl !== undefined) {
    await credentials.delete(accountId);
    try {
      await monitor.request('updateAccount', { accountId, changes: { options: { baseUrl } }, credentialChanged: false });
    } catch (error) {
      throw new UserError(vscode.l10n.t('The address was not changed, and the account has no key now: {0}', errorText(error)), { cause: error });
    }
  }
  await credentials.store(accountId, secret);
  try {
    await monitor.request('updateAccount', { accountId, changes: {}, credentialChanged: true });
  } catch (error) {
    if (isGone()) await credentials.delete(accountId);
    throw error;
  }
}
