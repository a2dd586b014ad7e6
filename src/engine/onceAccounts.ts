import * as z from 'zod/mini';
import { Account } from '../core/account';
import { providers } from '../providers';
import type { Machine } from '../providers/provider';
import { Accounts } from './accounts';
import { detectTools } from './detect';
import { UsageError } from './usageError';

export interface OnceAccountsOptions {
  readonly machine: Machine;
  /** Folders of local tools by provider id, to be read in place of all default ones. */
  readonly homes: ReadonlyMap<string, string>;
  /** "PROVIDER[:ALIAS][@BASE-URL]" */
  readonly named: readonly string[];
  /** Keys by the name of an account or a provider in upper snake case. */
  readonly keys: ReadonlyMap<string, string>;
  /** A folder with a list of accounts, which are taken too; null: none. */
  readonly storageDir: string | null;
  /** Epoch ms. */
  readonly now: number;
}

export interface OnceAccounts {
  readonly accounts: readonly Account[];
  /** What is wrong with the folder's list, for people; null: nothing. */
  readonly warning: string | null;
  /** Null: no key was given for this account. */
  secret(accountId: string): string | null;
}

/**
 * The accounts of one run of the command line: those of the folder, those that are named, local tools that are found, and the
 * providers that a key is given for and that have none yet.
 * @throws {UsageError} when a name makes no sense.
 */
export async function onceAccounts({ machine, homes, named, keys, storageDir, now }: OnceAccountsOptions): Promise<OnceAccounts> {
  const kept = new Accounts(storageDir);
  const accounts: Account[] = [...kept.all];
  const add = (account: Account): void => {
    if (!accounts.some(({ id }) => id === account.id)) accounts.push(account);
  };
  const ids = new Map<string, string>();
  for (const name of named) {
    const account = namedAccount(name, now);
    const alike = ids.get(account.id) ?? name;
    if (alike !== name) throw new UsageError(`"${name}" and "${alike}" have one name, in which only Latin letters without accents and digits count.`);
    ids.set(account.id, name);
    add(account);
  }
  for (const [providerId, home] of homes) add(defaultAccount(providerId, now, { home }));
  const tools = homes.size > 0 ? [] : await detectTools(providers, accounts, machine);
  for (const { providerId } of tools) add(defaultAccount(providerId, now));
  for (const { info } of providers) {
    if (keys.has(keyName(info.id)) && !accounts.some(({ providerId }) => providerId === info.id)) add(defaultAccount(info.id, now));
  }
  const byId = new Map(accounts.map(account => [account.id, account]));
  return {
    accounts, warning: kept.warning,
    secret: accountId => {
      const account = byId.get(accountId);
      return account === undefined ? null : keys.get(keyName(account.alias)) ?? keys.get(keyName(account.providerId)) ?? null;
    },
  };
}

/** "My team" is MY_TEAM. */
export const keyName = (name: string): string => name.toUpperCase().replace(/[^A-Z0-9]+/g, '_').replace(/^_|_$/g, '');

const defaultAccount = (providerId: string, createdAt: number, options: Account['options'] = {}): Account =>
  ({ id: providerId, providerId, alias: nameOf(providerId), options, createdAt });

/** @throws {UsageError} */
function nameOf(providerId: string): string {
  const provider = providers.find(({ info }) => info.id === providerId);
  if (provider === undefined) throw new UsageError(`There is no provider "${providerId}": there are ${providers.map(({ info }) => info.id).join(', ')}.`);
  return provider.info.name;
}

/** @throws {UsageError} */
function namedAccount(name: string, createdAt: number): Account {
  const [, providerId = '', told, baseUrl] = /^([^:@]*)(?::([^@]*))?(?:@(.*))?$/.exec(name) ?? [];
  const alias = told ?? nameOf(providerId);
  nameOf(providerId);
  const id = [providerId, ...(told === undefined ? [] : [keyName(told).toLowerCase().replaceAll('_', '-')])].join('-').slice(0, 64);
  const account = z.safeParse(Account, { id, providerId, alias, options: baseUrl === undefined ? {} : { baseUrl }, createdAt });
  if (!account.success) throw new UsageError(`"${name}" does not name an account: PROVIDER[:ALIAS][@BASE-URL].`);
  return account.data;
}
