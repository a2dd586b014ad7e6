/** What the host and the engine say to each other about exports, backups and the audit log. */
import * as z from 'zod/mini';
import { AccountId } from './account';

/** `raw`: meters on every change, 48 h. `hourly`, `daily` (days of UTC): lowest, highest and last value of a meter. `usage`: what was consumed. */
export const HistoryLevel = z.enum(['raw', 'hourly', 'daily', 'usage']);
export type HistoryLevel = z.infer<typeof HistoryLevel>;

/** Picked by whoever asks, to hear of the progress and to cancel. */
export const TaskId = z.string().check(z.minLength(1), z.maxLength(64));
/** Absolute, on the machine that the engine runs on. */
export const FilePath = z.string().check(z.minLength(1), z.maxLength(4096));

export const ExportChoice = z.object({
  format: z.enum(['csv', 'json']),
  levels: z.array(HistoryLevel).check(z.minLength(1), z.maxLength(4)),
  /** Null: all accounts, removed ones too. */
  accountIds: z.nullable(z.array(AccountId).check(z.maxLength(1000))),
  /** The first instant, included; null: from the beginning. */
  fromAt: z.nullable(z.number()),
  /** The last instant, excluded; null: to the end. */
  toAt: z.nullable(z.number()),
});
export type ExportChoice = Readonly<z.infer<typeof ExportChoice>>;

export const ImportResult = z.object({
  /** Rows that were written, be they new or restated. */
  taken: z.number(),
  /** Rows left out: known better here, or past the time that they are kept. */
  left: z.number(),
  /** Names, else ids, of accounts that are not here: their rows are kept and shown when there is such an account. */
  unknownAccounts: z.array(z.string()),
});
export type ImportResult = Readonly<z.infer<typeof ImportResult>>;

/** A backup that was read and checked. */
export const BackupInfo = z.object({
  /** Tells whether the file is still the same when it is restored. */
  sha256: z.string(),
  madeAt: z.number(),
  accounts: z.array(z.object({
    id: AccountId, alias: z.string(), providerId: z.string(),
    /** Where its key would go, other than to the provider itself; null: to the provider. */
    baseUrl: z.nullable(z.string()),
    /** The folder that would be read, other than the tool's usual one; null: the usual one. */
    home: z.nullable(z.string()),
  })),
  /** Accounts whose kept key was given for another address: it must be deleted before the restore. */
  keysToDelete: z.array(AccountId),
});
export type BackupInfo = Readonly<z.infer<typeof BackupInfo>>;

const FileSize = z.object({ file: z.string(), bytes: z.number() });
export const PurgeList = z.object({
  folder: z.string(),
  files: z.array(FileSize),
  /** Accounts of now, of the history and of the audit log, which knows those that a restore took away: their keys go too. */
  accountIds: z.array(AccountId),
  /** Backups that were made elsewhere and are still there, as the audit log has them. */
  backups: z.array(FileSize),
});
export type PurgeList = Readonly<z.infer<typeof PurgeList>>;

export const AuditEvent = z.enum([
  'account-added', 'account-changed', 'account-removed', 'key-rotated', 'consent-given', 'history-forgotten', 'exported', 'imported', 'backed-up', 'restored',
]);
/** One thing that was done to accounts or to the history. Never a secret. */
export const AuditEntry = z.object({
  at: z.number(),
  what: AuditEvent,
  accountId: z.optional(AccountId),
  providerId: z.optional(z.string().check(z.maxLength(40))),
  detail: z.optional(z.string().check(z.maxLength(5000))),
});
export type AuditEntry = Readonly<z.infer<typeof AuditEntry>>;

/** How far a task has come. `total` null: not known. The unit is the task's own. */
export const TaskProgress = z.object({ task: TaskId, done: z.number(), total: z.nullable(z.number()) });
export type TaskProgress = Readonly<z.infer<typeof TaskProgress>>;
