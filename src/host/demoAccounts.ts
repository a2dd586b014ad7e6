import vscode = require('vscode');
import * as z from 'zod/mini';
import { AccountDraft, MAX_ACCOUNTS } from '../core/account';
import { isLoopbackUrl, newAccountId } from './accountRules';
import type { Credentials } from './credentials';
import { type Monitor, UserError } from './monitor';

const Demo = z.array(z.extend(AccountDraft, { secret: z.optional(z.string().check(z.minLength(1), z.maxLength(200))) })).check(z.maxLength(MAX_ACCOUNTS));

/**
 * Adds the accounts that a JSON file lists, when there is none yet: `[{ providerId, alias, options: { baseUrl?, home? }, secret? }]`.
 * For simulators on this machine alone: an account with a key must have a loopback `baseUrl`, one without must have a `home` that exists.
 * @throws {UserError} naming what does not fit.
 */
export async function addDemoAccounts(file: string, monitor: Monitor, credentials: Credentials): Promise<void> {
  const { accounts } = await monitor.whenRunning();
  if (accounts.length > 0) return;
  const drafts = parse(await vscode.workspace.fs.readFile(vscode.Uri.file(file)));
  for (const { secret, ...draft } of drafts) {
    const { baseUrl, home } = draft.options;
    const fits = secret !== undefined ? baseUrl !== undefined && isLoopbackUrl(baseUrl) : baseUrl === undefined && home !== undefined && await isFolder(home);
    if (!fits) throw new UserError(`The demo account "${draft.alias}" needs a baseUrl on this machine, or a home that exists.`);
    const accountId = newAccountId(draft.providerId);
    if (secret !== undefined) await credentials.store(accountId, secret);
    await monitor.request('addAccount', { accountId, draft });
  }
}

function parse(bytes: Uint8Array): z.infer<typeof Demo> {
  try {
    return z.parse(Demo, JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    throw new UserError('The file of demo accounts does not have the expected form.', { cause: error });
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(vscode.Uri.file(path))).type & vscode.FileType.Directory) !== 0;
  } catch (error) {
    if (error instanceof vscode.FileSystemError) return false;
    throw error;
  }
}
