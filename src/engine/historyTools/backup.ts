import * as z from 'zod/mini';
import type { Account } from '../../core/account';
import type { BackupInfo } from '../../core/historyTools';
import { jsonOf } from '../../core/json';
import type { EpochMs } from '../../core/time';
import { accountsText, parseAccounts } from '../accounts';
import { stampImage } from '../history/image';
import type { OpenSql, Sql } from '../history/sql';
import { auditText, mergeAudit } from './audit';
import { readBackup, writeBackup } from './backupFile';
import type { Parts } from './backupParts';
import { checkImage } from './checkImage';
import { commitFiles } from './replaceFiles';
import type { Task } from './tasks';

const About = z.object({ madeAt: z.number() });

export interface BackupSource {
  readonly sql: Sql;
  readonly accounts: readonly Account[];
  /** Null: only in memory. */
  readonly storageDir: string | null;
  readonly now: EpochMs;
}

/** History with all that is in the journal, accounts and audit log. Keys are not in any of them. */
export function backUp(file: string, { sql, accounts, storageDir, now }: BackupSource, task: Task): Promise<{ bytes: number }> {
  const parts: Parts = {
    'about.json': Buffer.from(JSON.stringify({ madeAt: now })),
    'history.sqlite': stampImage(sql.image()),
    'accounts.json': Buffer.from(accountsText(accounts)),
    'audit.log': Buffer.from(storageDir === null ? '' : auditText(storageDir)),
  };
  return writeBackup(file, storageDir, parts, task);
}

export interface CheckedBackup { readonly info: BackupInfo; readonly parts: Parts }

/** Reads a backup and opens what is in it, away from what is in use. @throws a sentence on what is wrong with it. */
export async function checkBackup(file: string, current: readonly Account[], openSql: OpenSql, task: Task): Promise<CheckedBackup> {
  const { sha256, parts } = await readBackup(file, task);
  const about = About.safeParse(jsonIn(parts['about.json']));
  const accounts = parseAccounts(jsonIn(parts['accounts.json']));
  if (!about.success || accounts === null) throw new Error('The backup holds no list of accounts that this version can read.');
  await checkImage(parts['history.sqlite'], openSql, task);
  return {
    parts,
    info: {
      sha256, madeAt: about.data.madeAt, keysToDelete: accounts.filter(account => !keepsKey(account, current)).map(({ id }) => id),
      accounts: accounts.map(({ id, alias, providerId, options }) => ({ id, alias, providerId, baseUrl: options.baseUrl ?? null, home: options.home ?? null })),
    },
  };
}

/** A key goes where it was given for: to the same provider at the same address, or, for an account that is not here, to the provider itself. */
function keepsKey({ id, providerId, options }: Account, current: readonly Account[]): boolean {
  const known = current.find(each => each.id === id);
  return known === undefined ? options.baseUrl === undefined : known.providerId === providerId && known.options.baseUrl === options.baseUrl;
}

/** Puts the parts in the place of what is in the folder; what was there is kept in a folder beside. Nobody may have the files open. */
export function restoreFiles(storageDir: string, { parts }: CheckedBackup, guard: () => void): void {
  const image = parts['history.sqlite'];
  const audit = mergeAudit(auditText(storageDir), Buffer.from(parts['audit.log']).toString('utf8'));
  commitFiles(storageDir, new Map([
    ['history.sqlite', image], ['history.sqlite.kept', image], ['history.journal', Buffer.alloc(0)], ['history.journal.kept', Buffer.alloc(0)],
    ['accounts.json', parts['accounts.json']], ['audit.log', Buffer.from(audit)], ['audit.log.old', Buffer.alloc(0)],
  ]), guard);
}

const jsonIn = (bytes: Uint8Array): unknown => jsonOf(Buffer.from(bytes).toString('utf8'));
