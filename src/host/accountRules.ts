/** What an account's fields may hold and what a test of a key means, apart from any dialog. */
import { randomUUID } from 'node:crypto';
import { l10n } from 'vscode';
import type { AccountOptions } from '../core/account';
import { isLoopback, parseBaseUrl } from '../core/address';
import type { TestResult } from '../core/protocol';
import { paceOf } from '../core/schedule';
import type { EngineSettings } from '../core/settings';
import type { AccountView, ProviderInfo, Snapshot } from '../core/snapshot';
import { MINUTE_MS } from '../core/time';

export const newAccountId = (providerId: string): string => `${providerId}-${randomUUID().slice(0, 12)}`;

/** The provider's name, numbered where that one is taken. */
export function suggestAlias(name: string, accounts: readonly Pick<AccountView, 'alias'>[]): string {
  const taken = new Set(accounts.map(({ alias }) => alias.toLowerCase()));
  for (let n = 1; ; n++) {
    const alias = n === 1 ? name : `${name} ${n}`;
    if (!taken.has(alias.toLowerCase())) return alias;
  }
}

/** What the keys of OpenAI, Anthropic and OpenRouter begin with, and much after it. */
const PASTED_KEY = /\bsk-[\w-]{20,}/;

/** @param own the account that has this name now, if any. */
export function aliasProblem(alias: string, { accounts }: Pick<Snapshot, 'accounts'>, own: string | null = null): string | null {
  if (alias === '') return l10n.t('An account needs a name.');
  if (PASTED_KEY.test(alias)) return l10n.t('This is a key, which has a field of its own. A name is kept and shown in the open.');
  if (alias.length > 60) return l10n.t('A name has 60 characters at most.');
  const taken = accounts.some(account => account.id !== own && account.alias.toLowerCase() === alias.toLowerCase());
  return taken ? l10n.t('Another account has this name.') : null;
}

/** Only what can never be a key: whether it is the right one the vendor tells. */
export function secretProblem(secret: string): string | null {
  if (secret === '') return l10n.t('Paste the key, or press Escape to cancel.');
  if (secret.length > 10_000) return l10n.t('This is too long for a key.');
  return /[\s\p{Cc}]/u.test(secret) ? l10n.t('A key holds no spaces or line breaks.') : null;
}

/** @param text empty: the provider's own address. */
export function baseUrlProblem(text: string): string | null {
  if (text === '') return null;
  if (text.length > 500) return l10n.t('This is too long for an address.');
  try {
    parseBaseUrl(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : l10n.t('This is not an address.');
  }
}

/** Whether two accounts of a provider ask the same address. @param a, b their base URLs; undefined: the provider's own. */
export function isSameAddress({ baseUrl }: Pick<ProviderInfo, 'baseUrl'>, a = baseUrl ?? '', b = baseUrl ?? ''): boolean {
  const [one, other] = [a, b].map(told => (baseUrlProblem(told) === null && told !== '' ? parseBaseUrl(told).href : told));
  return one === other;
}

export function isLoopbackUrl(text: string): boolean {
  return baseUrlProblem(text) === null && text !== '' && isLoopback(new URL(text));
}

/**
 * What to do after a key was tried. 'key': ask for another one, the address is right. 'undecided': the key may be right, the vendor
 * could not be asked; keeping it is the user's choice. 'address': something else answered than the provider.
 */
export interface Verdict {
  readonly kind: 'key' | 'address' | 'undecided';
  /** For people. */
  readonly problem: string;
}

export function judgeTest(result: Exclude<TestResult, { ok: true }>, { name, credential }: Pick<ProviderInfo, 'name' | 'credential'>): Verdict {
  switch (result.kind) {
    case 'auth':
      return { kind: 'key', problem: l10n.t('Wrong key: {0}', result.message) };
    case 'wrong-key': {
      const needed = credential.kind === 'api-key' && !result.message.includes(credential.hint) ? credential.hint : '';
      return { kind: 'key', problem: l10n.t('Wrong kind of key: {0} {1}', result.message, needed).trim() };
    }
    case 'rate-limited':
    case 'unreachable':
      return { kind: 'undecided', problem: l10n.t('{0} could not be asked about this key: {1}', name, result.message) };
    case 'changed':
    case 'unreadable':
    case 'internal':
      return { kind: 'address', problem: l10n.t('The answer is not what {0} answers: {1}', name, result.message) };
  }
}

/** The time between polls that holds for an account. */
export const minutesBetweenPolls = (info: ProviderInfo, account: Pick<AccountView, 'options'>, settings: Pick<EngineSettings, 'intervalMinutes'>): number =>
  Math.round(paceOf(info, account, settings).intervalMs / MINUTE_MS);

/** Whole minutes between polls; '' for the usual pace. @param least that the provider allows. */
export function intervalProblem(text: string, least: number): string | null {
  if (text === '') return null;
  return /^\d{1,4}$/.test(text) && Number(text) >= least && Number(text) <= 1440 ? null : l10n.t('A whole number of minutes from {0} to 1440, or nothing.', least);
}

/** A budget is held against money that was spent, which no local tool tells of; one that is there can be taken away. */
export const isBudgetOffered = ({ credential }: Pick<ProviderInfo, 'credential'>, { monthlyBudgetUsd }: AccountOptions): boolean =>
  credential.kind !== 'local' || monthlyBudgetUsd !== undefined;

/** US dollars; '' for no budget. */
export function budgetProblem(text: string): string | null {
  if (text === '') return null;
  return /^\d{1,9}(\.\d{1,2})?$/.test(text) && Number(text) > 0 ? null : l10n.t('An amount in US dollars such as 50 or 49.90, or nothing.');
}
