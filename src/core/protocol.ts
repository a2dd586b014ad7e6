/**
 * One protocol for all edges: host and engine (a message port now, a socket between windows), webview and host.
 * Frames are JSON. A request has an id and gets one reply; an event has none. Whoever receives a frame from another process
 * parses it here before looking at it.
 */
import * as z from 'zod/mini';
import { Account, AccountChanges, AccountDraft, AccountId } from './account';
import { FailureKind } from './errors';
import { AuditEntry, BackupInfo, ExportChoice, FilePath, ImportResult, PurgeList, TaskId, TaskProgress } from './historyTools';
import { type DisplaySettings, EngineSettings } from './settings';
import { Snapshot, UsageRow } from './snapshot';

/** Raised when a frame changes its meaning; sides with different numbers say so and do not talk. */
export const PROTOCOL_VERSION = 2;

/** A local tool that was found on this machine and is not yet an account. Only the existence of folders was looked at. */
export const DetectedTool = z.object({ providerId: z.string(), name: z.string(), paths: z.array(z.string()) });
export type DetectedTool = Readonly<z.infer<typeof DetectedTool>>;

/** The outcome of trying a credential. `identity`: who the vendor says it is. */
export const TestResult = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), identity: z.nullable(z.string()), notes: z.array(z.string()) }),
  z.object({ ok: z.literal(false), kind: FailureKind, message: z.string() }),
]);
export type TestResult = Readonly<z.infer<typeof TestResult>>;

const none = z.object({});

/** What the engine may be asked: the parameters and the result of each. */
export const engineRequests = {
  /**
   * The first frame of every connection, and of the same form in all versions. `token`: from the file that only this user can read;
   * null in the engine's own window. Sides of different versions say no more to each other.
   */
  hello: {
    params: z.object({ version: z.number(), focused: z.boolean(), token: z.nullable(z.string().check(z.maxLength(100))) }),
    result: z.object({ version: z.number() }),
  },
  /** Answered at once by an engine that is well, whatever else it does. */
  ping: { params: none, result: none },
  /** Whether this window has the focus. While none has it, polls are fewer. */
  focus: { params: z.object({ focused: z.boolean() }), result: none },
  configure: { params: EngineSettings, result: none },
  snapshot: { params: none, result: Snapshot },
  /** Null: all accounts. Resolves when the polls have ended; floors and back-off hold all the same. */
  refresh: { params: z.object({ accountId: z.nullable(AccountId) }), result: none },
  /**
   * Leaves the older logs of these accounts unread until they are refreshed, or an engine starts anew. What was read stays and counts, and
   * what is written from now on is counted too. An account that has nothing unread is no error.
   */
  stopLogs: { params: z.object({ accountIds: z.array(AccountId).check(z.maxLength(1000)) }), result: none },
  /** Tries a credential under an id that the host answers `secret` for; nothing is kept. */
  testAccount: { params: z.object({ accountId: AccountId, draft: AccountDraft }), result: TestResult },
  /** The host picks the id, having put the secret under it first. */
  addAccount: { params: z.object({ accountId: AccountId, draft: AccountDraft }), result: Account },
  updateAccount: { params: z.object({ accountId: AccountId, changes: AccountChanges, credentialChanged: z.boolean() }), result: Account },
  /** Another window stored or deleted the key of an account, and says itself what else changed. */
  keyChanged: { params: z.object({ accountId: AccountId }), result: none },
  /** History is kept unless `forget`. */
  removeAccount: { params: z.object({ accountId: AccountId, forget: z.boolean() }), result: none },
  detect: { params: none, result: z.object({ tools: z.array(DetectedTool) }) },
  /** Daily rows of all accounts from `fromDay` to `toDay`, both included, by account and model. */
  usage: {
    params: z.object({ days: z.number().check(z.int(), z.minimum(1), z.maximum(366)) }),
    result: z.object({ fromDay: z.string(), toDay: z.string(), rows: z.array(UsageRow) }),
  },
  /** A window is about to show a toast, which counts as shown from here on. `first` false: another window has shown it. */
  alertShown: { params: z.object({ alertId: z.string() }), result: z.object({ first: z.boolean() }) },
  /** Writes a new file, or replaces one that is there; the file is whole or not there at all. One task runs at a time. */
  exportHistory: {
    params: z.object({ task: TaskId, file: FilePath, choice: ExportChoice }),
    result: z.object({ rows: z.number(), bytes: z.number() }),
  },
  /** Takes an export in JSON. The same file twice changes nothing. */
  importHistory: { params: z.object({ task: TaskId, file: FilePath }), result: ImportResult },
  backup: { params: z.object({ task: TaskId, file: FilePath }), result: z.object({ bytes: z.number() }) },
  /** Reads and checks a backup, and changes nothing. */
  inspectBackup: { params: z.object({ task: TaskId, file: FilePath }), result: BackupInfo },
  /** Replaces history and accounts; what was there before is kept. Refused when the file is not the one that was inspected. */
  restore: { params: z.object({ task: TaskId, file: FilePath, sha256: z.string().check(z.maxLength(64)) }), result: none },
  /** What a purge would delete. */
  purgeList: { params: none, result: PurgeList },
  /** Deletes all files of the engine, and backups elsewhere that the audit log has, if asked for; tells which are still there. */
  purge: { params: z.object({ task: TaskId, backups: z.boolean() }), result: z.object({ left: z.array(z.string()) }) },
  /** The newest entries, in the order in which things were done. */
  auditLog: { params: none, result: z.object({ entries: z.array(AuditEntry) }) },
  /** A task that ended already is no error. */
  cancelTask: { params: z.object({ task: TaskId }), result: none },
  /** Writes what is pending and ends the engine of the window that asks; never passed on to another window's. */
  stop: { params: none, result: none },
} as const;
export type EngineRequestName = keyof typeof engineRequests;
export type EngineParams<K extends EngineRequestName> = z.infer<(typeof engineRequests)[K]['params']>;
export type EngineResult<K extends EngineRequestName> = z.infer<(typeof engineRequests)[K]['result']>;

/** What comes to the same when it is done twice: where an engine ends before it answers, the next one may be asked. */
export const repeatable: ReadonlySet<EngineRequestName> = new Set<EngineRequestName>([
  'snapshot', 'refresh', 'stopLogs', 'addAccount', 'updateAccount', 'keyChanged', 'removeAccount', 'detect', 'usage', 'alertShown', 'purgeList', 'auditLog', 'cancelTask',
]);

/** What the engine asks of a host. */
export const hostRequests = {
  /** Null: no secret is kept under this id. The engine forgets it when the read that needed it ends. */
  secret: { params: z.object({ accountId: AccountId }), result: z.object({ secret: z.nullable(z.string().check(z.maxLength(10_000))) }) },
} as const;

export const Alert = z.object({
  id: z.string(),
  accountId: AccountId,
  level: z.enum(['warning', 'critical']),
  /** The whole sentence: "Claude (work): 5-hour window 82 % used, resets 14:00". */
  message: z.string(),
  at: z.number(),
});
export type Alert = Readonly<z.infer<typeof Alert>>;

/** How far a long read of logs has come, all accounts that are being read together. Bytes of logs, those read before included. */
export const LogReading = z.object({ accountIds: z.array(AccountId), read: z.number(), all: z.number() });
export type LogReading = Readonly<z.infer<typeof LogReading>>;

/** What the engine tells without being asked. */
export const engineEvents = {
  snapshot: Snapshot,
  alert: Alert,
  progress: TaskProgress,
  /** Goes to the window that has, or last had, the focus. Null: nothing that takes long is being read, or another window shows it now. */
  logReading: z.nullable(LogReading),
  /** For the output channel; secrets never in it. */
  log: z.object({ level: z.enum(['trace', 'debug', 'info', 'warn', 'error']), message: z.string() }),
  /** 'elsewhere': another window of this profile owns the engine. */
  engineState: z.object({ state: z.enum(['starting', 'running', 'elsewhere', 'failed']), message: z.nullable(z.string()) }),
} as const;
export type EngineEventName = keyof typeof engineEvents;
export type EngineEvent<K extends EngineEventName> = z.infer<(typeof engineEvents)[K]>;

/** What the dashboard may ask of its host. The host parses, for the webview is outside; the webview uses the types alone. */
export const dashboardRequests = {
  ready: { params: none },
  refresh: { params: z.object({ accountId: z.nullable(AccountId) }) },
  stopLogs: { params: engineRequests.stopLogs.params },
  usage: { params: engineRequests.usage.params },
  /** Runs one of the extension's own commands, by name. */
  command: { params: z.object({ name: z.enum(['addAccount', 'editAccount', 'removeAccount', 'showLog', 'openSettings', 'setPrices']), accountId: z.nullable(AccountId) }) },
} as const;
export type DashboardRequestName = keyof typeof dashboardRequests;
export type DashboardParams<K extends DashboardRequestName> = z.infer<(typeof dashboardRequests)[K]['params']>;
export interface DashboardResults {
  ready: null;
  refresh: null;
  stopLogs: null;
  usage: EngineResult<'usage'>;
  command: null;
}
/** What the host pushes to the dashboard: the whole state, since a hidden webview misses some messages. */
export interface DashboardState {
  readonly snapshot: Snapshot | null;
  readonly engine: EngineEvent<'engineState'>;
  readonly display: DisplaySettings;
}

/** One message on any edge. */
export const Frame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('request'), id: z.number(), method: z.string(), params: z.unknown() }),
  z.discriminatedUnion('ok', [
    z.object({ type: z.literal('reply'), id: z.number(), ok: z.literal(true), result: z.unknown() }),
    z.object({ type: z.literal('reply'), id: z.number(), ok: z.literal(false), error: z.string() }),
  ]),
  z.object({ type: z.literal('event'), name: z.string(), data: z.unknown() }),
]);
export type Frame = z.infer<typeof Frame>;

