/** What the audit log says about a change to an account: names of fields, and where a key goes; never a key. */
import type { Account } from '../../core/account';
import type { AuditEntry } from '../../core/historyTools';
import type { Provider } from '../../providers/provider';

type Entry = Omit<AuditEntry, 'at'>;

const about = ({ id, providerId }: Account): Pick<Entry, 'accountId' | 'providerId'> => ({ accountId: id, providerId });
/** The origin only: some put a token into the path. */
const placeOf = ({ options: { baseUrl, home } }: Account): string =>
  (baseUrl !== undefined ? ` at ${URL.canParse(baseUrl) ? new URL(baseUrl).origin : 'an address of unknown form'}` : home !== undefined ? ` in ${home}` : '');

/** An account that reads files of another tool exists because the user said that they may be read. */
export const addedEntries = (account: Account, { info }: Provider): Entry[] => [
  ...(info.credential.kind === 'local' ? [{ what: 'consent-given', ...about(account), detail: `reads ${info.name}'s files${placeOf(account)}` } as const] : []),
  { what: 'account-added', ...about(account), detail: `${account.alias}${placeOf(account)}` },
];

export function changedEntries(before: Account, after: Account, keyRotated: boolean): Entry[] {
  const fields = (['baseUrl', 'home', 'intervalMinutes', 'monthlyBudgetUsd'] as const).filter(field => before.options[field] !== after.options[field]);
  const changed = [...(before.alias === after.alias ? [] : [`name: ${after.alias}`]), ...fields];
  const moved = fields.some(field => field === 'baseUrl' || field === 'home');
  return [
    ...(changed.length === 0 ? [] : [{ what: 'account-changed', ...about(after), detail: `${changed.join(', ')}${moved ? `, now${placeOf(after) || ' at the usual place'}` : ''}` } as const]),
    ...(keyRotated ? [{ what: 'key-rotated', ...about(after) } as const] : []),
  ];
}

export const removedEntries = (account: Account, forgotten: boolean): Entry[] => [
  { what: 'account-removed', ...about(account), detail: account.alias },
  ...(forgotten ? [{ what: 'history-forgotten', ...about(account) } as const] : []),
];
