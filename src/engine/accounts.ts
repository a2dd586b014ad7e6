import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { Account, type AccountChanges, MAX_ACCOUNTS, withChanges } from '../core/account';
import { replaceFile } from './atomicFile';

const VERSION = 1;
const AccountsFile = z.object({ version: z.literal(VERSION), accounts: z.array(Account).check(z.maxLength(MAX_ACCOUNTS)) });
const Versioned = z.object({ version: z.number() });

export const accountsText = (accounts: readonly Account[]): string => `${JSON.stringify({ version: VERSION, accounts }, null, 2)}\n`;

/** Null: not a list that this version can read. */
export function parseAccounts(json: unknown): readonly Account[] | null {
  const parsed = z.safeParse(AccountsFile, json);
  return parsed.success ? parsed.data.accounts : null;
}

/** The accounts, in the order they were added, in a small file. Never a secret. */
export class Accounts {
  private accounts: readonly Account[] = [];
  /** For people; null: all is well. */
  warning: string | null = null;
  /** A newer version of this extension wrote the file, or it cannot be read: it is left alone. */
  private frozen = false;
  private readonly file: string | null;

  /** @param dir null: in memory only, beginning with `accounts`. @param guard throws when nothing may be written any more. */
  constructor(dir: string | null, accounts: readonly Account[] = [], private readonly guard: () => void = () => undefined) {
    this.accounts = accounts;
    this.file = dir === null ? null : path.join(dir, 'accounts.json');
    if (this.file !== null) this.load(this.file);
  }

  get all(): readonly Account[] {
    return this.accounts;
  }

  /** Why what is on the disk is not in here; null: it is. */
  get unopened(): string | null {
    return this.frozen ? this.warning : null;
  }

  /** @throws when there is none with this id. */
  of(id: string): Account {
    const found = this.accounts.find(account => account.id === id);
    if (found === undefined) throw new Error('There is no such account.');
    return found;
  }

  /** The one with this id if it was added as the same, perhaps by an engine that ended before it said so; null: there is none. */
  same({ createdAt: _createdAt, ...added }: Account): Account | null {
    const found = this.accounts.find(({ id }) => id === added.id);
    return found !== undefined && JSON.stringify(found) === JSON.stringify({ ...found, ...added }) ? found : null;
  }

  /** Those of the same provider that were added before. */
  before({ id, providerId }: Account): readonly Account[] {
    const place = this.accounts.findIndex(account => account.id === id);
    return this.accounts.filter((account, i) => i < place && account.providerId === providerId);
  }

  /** @throws with a sentence for people; nothing is changed then. */
  add(account: Account): void {
    if (this.accounts.some(({ id }) => id === account.id)) throw new Error('There is an account with this id already.');
    if (this.accounts.length >= MAX_ACCOUNTS) throw new Error(`There can be ${MAX_ACCOUNTS} accounts at most.`);
    this.save([...this.accounts, account]);
  }

  /** @returns the account as it was and as it is now. @throws with a sentence for people; nothing is changed then. */
  change(id: string, changes: AccountChanges): { readonly before: Account; readonly account: Account } {
    const before = this.of(id);
    const account = withChanges(before, changes);
    if (JSON.stringify(account) !== JSON.stringify(before)) this.save(this.accounts.map(old => (old.id === id ? account : old)));
    return { before, account };
  }

  remove(id: string): void {
    this.save(this.accounts.filter(account => account.id !== id));
  }

  /** The file was replaced, or is gone. */
  reload(): void {
    this.accounts = [];
    this.warning = null;
    this.frozen = false;
    if (this.file !== null) this.load(this.file);
  }

  private save(accounts: readonly Account[]): void {
    if (this.frozen) throw new Error(this.warning ?? 'The list of accounts cannot be changed.');
    this.guard();
    try {
      if (this.file !== null) replaceFile(this.file, Buffer.from(accountsText(accounts)), this.guard);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      throw new Error(`The list of accounts cannot be written (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
    }
    this.accounts = accounts;
  }

  private load(file: string): void {
    let text: string;
    try {
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
      text = readFileSync(file, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return;
      this.frozen = true;
      this.warning = `The list of accounts cannot be read (${code ?? 'unknown reason'}).`;
      return;
    }
    const json = parseJson(text);
    const parsed = parseAccounts(json);
    if (parsed !== null) {
      this.accounts = parsed;
      return;
    }
    const versioned = z.safeParse(Versioned, json);
    if (versioned.success && versioned.data.version > VERSION) {
      this.frozen = true;
      this.warning = 'The list of accounts was written by a newer version of this extension and is left as it is.';
      return;
    }
    renameSync(file, `${file}.damaged`);
    this.warning = 'The list of accounts was damaged; it is kept as accounts.json.damaged. Add your accounts again.';
  }
}

/** Undefined: no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
