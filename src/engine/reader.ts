import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import type { Account } from '../core/account';
import { ProviderError } from '../core/errors';
import type { PriceTable } from '../core/pricing';
import type { LogReading } from '../core/protocol';
import { MAX_NOTE, Reading } from '../core/reading';
import { asksNobody } from '../core/schedule';
import type { UnreadLogs } from '../core/snapshot';
import { SECOND_MS, type Clock, type Disposable, type EpochMs } from '../core/time';
import type { LogScan, Machine, ReadContext } from '../providers/provider';
import { makeGetJson } from './http/getJson';
import type { Http } from './http/http';
import { folderNotes } from './logFolders';
import { LogReads } from './logReads';
import { LogScanner } from './logs/logScanner';
import { LogWatch, type WatchFolder } from './logs/logWatch';
import type { ScanOptions } from './logs/scanOptions';
import type { ScanThreads } from './logs/scanThreads';
import type { PreparedRead, Target } from './polling';
import { readSmallFile } from './readFile';
import { leftTo, sharedLogs } from './sharedLogs';
import { Tried } from './tried';

export interface ReaderOptions {
  readonly clock: Clock;
  readonly http: Http;
  readonly machine: Machine;
  /** The same object as long as nothing in it changed. */
  prices(): PriceTable;
  /** Where log readers remember how far they came; null: in memory only. */
  readonly stateDir: string | null;
  /** Of the marks by which equal secrets are known; the same from one run to the next. */
  readonly salt: Buffer;
  /** Hears of changes to folders of logs; null: they are looked at with each poll only. */
  readonly watch: WatchFolder | null;
  /** Something changed in the logs of an account whose reads ask nobody: `prepare` it live. */
  changed(accountId: string): void;
  /** How far a read of logs that takes long has come; null: none is under way. */
  reading(reading: LogReading | null): void;
  /** Threads that help to read logs; null: none. */
  readonly threads: ScanThreads | null;
  /** IANA zone whose days are shown. */
  zone(): string;
  /** Folders of a local tool beside its default ones, by setting. */
  folders(providerId: string): readonly string[];
  /** Accounts of the same provider that were added before one. */
  earlier(account: Account): readonly Account[];
  log(message: string): void;
  /** Called before anything is asked. @throws when nothing may be. */
  guard(): void;
  /** Null: none is kept. @throws {ProviderError} when nobody can say. */
  secret(accountId: string): Promise<string | null>;
}

/** With many gigabytes of logs, what was counted so far is shown as often as this, the newest days first. */
const SLICE_MS = 3 * SECOND_MS;

interface KeptScanner {
  readonly scanner: LogScanner;
  readonly watch: LogWatch | null;
  readonly zone: string;
  readonly home: string | undefined;
  readonly folders: readonly string[];
  readonly prices: PriceTable;
  /** What is said of `folders`. */
  notes: readonly string[];
  /** Ends the scan that runs now, and what it read counts; null: none runs. */
  leave: AbortController | null;
}

/** Reads accounts. A secret is asked for each read and lives no longer than it. */
export class Reader implements Disposable {
  private readonly scanners = new Map<string, KeptScanner>();
  private readonly reads: LogReads;
  private readonly tried: Tried;
  /** Accounts whose older logs the user left unread, and since when. */
  private readonly stopped = new Map<string, EpochMs>();

  constructor(private readonly options: ReaderOptions) {
    this.tried = new Tried(options.clock);
    this.reads = new LogReads(options.clock, reading => options.reading(reading));
  }

  /** @param live only what changed in its logs is to be looked at. @throws {ProviderError} */
  async prepare(target: Target, live = false): Promise<PreparedRead> {
    this.options.guard();
    const { account, provider } = target;
    if (provider.info.credential.kind === 'local') {
      return { credentialKey: `account:${account.id}`, run: signal => this.read(target, null, signal, () => this.scan(target, signal, live)) };
    }
    const secret = await this.options.secret(account.id);
    if (secret === null) throw new ProviderError('auth', `No key is kept for this account; ${provider.info.name} needs one.`);
    const credentialKey = this.keyOf(provider.info.id, secret);
    return { credentialKey, run: signal => this.tried.take(credentialKey, account) ?? this.read(target, secret, signal, () => this.scan(target, signal, live)) };
  }

  /** One read that leaves no trace: logs are looked for, not counted. @throws {ProviderError} */
  async test(target: Target, signal: AbortSignal): Promise<Reading> {
    const { account, provider: { info } } = target;
    const secret = info.credential.kind === 'local' ? null : await this.options.secret(account.id);
    const read = () => this.read(target, secret, signal, () => Promise.reject(new ProviderError('internal', 'Logs are not counted in a test.')));
    return secret === null ? read() : this.tried.test(this.keyOf(info.id, secret), account, read);
  }

  /** What an account's last read left of its logs; null: nothing, or nothing is known. */
  unread(accountId: string): UnreadLogs | null {
    return this.scanners.get(accountId)?.scanner.unread ?? null;
  }

  /** Leaves the older logs of an account unread until `goOn`. @returns false: it has none. */
  stopLogs(accountId: string): boolean {
    const kept = this.scanners.get(accountId);
    if (kept === undefined || (kept.leave === null && kept.scanner.unread === null)) return false;
    if (!this.stopped.has(accountId)) this.stopped.set(accountId, this.options.clock.now());
    kept.leave?.abort();
    this.reads.ended(accountId);
    return true;
  }

  /** Lets stopped accounts read on. @param accountId null: all. @returns which ones were stopped. */
  goOn(accountId: string | null): readonly string[] {
    return [...this.stopped.keys()].filter(id => (accountId === null || id === accountId) && this.stopped.delete(id));
  }

  /** What the last read counted was not recorded: a new scanner's first scan tells all that the old one knew. */
  lost(accountId: string): void {
    const kept = this.scanners.get(accountId);
    kept?.watch?.dispose();
    kept?.scanner.dispose();
    this.scanners.delete(accountId);
    this.reads.ended(accountId);
  }

  /** The account is gone, and what its log reader remembers with it. */
  async forget(accountId: string): Promise<void> {
    this.lost(accountId);
    this.stopped.delete(accountId);
    if (this.options.stateDir !== null) await rm(path.join(this.options.stateDir, accountId), { recursive: true, force: true });
  }

  dispose(): void {
    for (const id of [...this.scanners.keys()]) this.lost(id);
  }

  private async read({ account, provider }: Target, secret: string | null, signal: AbortSignal, scanLogs: () => Promise<LogScan>): Promise<Reading> {
    const context: ReadContext = {
      now: this.options.clock.now(), account, machine: this.options.machine, signal,
      getJson: makeGetJson({ http: this.options.http, provider, account, secret, signal, guard: this.options.guard }),
      readFile: readSmallFile, scanLogs,
    };
    try {
      const told = await provider.read(context);
      const parsed = z.safeParse(Reading, { ...told, notes: told.notes.map(note => note.slice(0, MAX_NOTE)) });
      if (!parsed.success) throw new Error(`the reading has a wrong value in ${parsed.error.issues.slice(0, 5).map(issue => issue.path.join('.')).join(', ')}`);
      if (secret !== null && JSON.stringify(parsed.data).includes(secret)) throw new ProviderError('changed', `${provider.info.name} sent the key back; the answer was dropped.`);
      return parsed.data;
    } catch (error) {
      throw secret === null ? error : withoutSecret(error, secret);
    }
  }

  private async scan(target: Target, signal: AbortSignal, live: boolean): Promise<LogScan> {
    const { account, provider: { info, logs } } = target;
    const shared = logs === undefined ? null : sharedLogs(account, logs, this.options.earlier(account), this.options.machine, this.options.folders(info.id));
    if (shared?.all === true) {
      this.lost(account.id); // should it count again one day, it tells all that it knows
      return leftTo(shared.by);
    }
    const scan = await this.scanOwn(target, signal, live);
    return shared === null ? scan : { ...scan, notes: [`Some of these logs are counted by "${shared.by.alias}" too.`, ...scan.notes] };
  }

  private async scanOwn(target: Target, signal: AbortSignal, live: boolean): Promise<LogScan> {
    const kept = this.scannerOf(target);
    const { scanner, watch } = kept;
    const { account: { id }, provider } = target;
    const { clock, changed: goOn } = this.options;
    const since = this.stopped.get(id) ?? null;
    const startedAt = clock.now();
    const enough = watch === null ? () => false : () => clock.now() - startedAt > SLICE_MS;
    const changed = watch?.take() ?? null; // before anything is looked at
    const before = scanner.places;
    const whole = !live || (since === null && scanner.unread !== null);
    const scan = await this.scanNow(id, kept, { signal, enough, since, changed: whole ? null : changed });
    if (!whole) watch?.took(clock.now() - startedAt);
    if (scanner.unread === null) this.stopped.delete(id);
    else if (!this.stopped.has(id)) goOn(id);
    if (scanner.places !== null && scanner.places !== before) watch?.cover(scanner.places);
    if (whole && provider.logs !== undefined) kept.notes = folderNotes(provider.logs, this.options.machine, kept.folders);
    return { ...scan, notes: [...scan.notes, ...kept.notes] };
  }

  /** Scans, and tells how far it has come. */
  private async scanNow(id: string, kept: KeptScanner, options: ScanOptions): Promise<LogScan> {
    const { scanner } = kept;
    kept.leave = new AbortController();
    const note = (): void => { if (!this.stopped.has(id)) this.reads.note(id, () => scanner.amount); };
    let goesOn = false;
    try {
      const scan = await scanner.scan({ ...options, leave: kept.leave.signal, onProgress: note });
      goesOn = scanner.unread?.stopped === false;
      return scan;
    } finally {
      kept.leave = null;
      if (!goesOn) this.reads.ended(id);
    }
  }

  private scannerOf({ account, provider }: Target): KeptScanner {
    const { logs, info } = provider;
    if (logs === undefined) throw new ProviderError('internal', `${info.name} has no logs.`);
    const [zone, prices] = [this.options.zone(), this.options.prices()];
    const { home } = account.options;
    const folders = home === undefined ? this.options.folders(info.id) : [];
    const known = this.scanners.get(account.id);
    if (known !== undefined && known.zone === zone && known.home === home && known.prices === prices && known.folders.join('\n') === folders.join('\n')) return known;
    this.lost(account.id);
    if (known !== undefined && (known.home !== home || known.folders.join('\n') !== folders.join('\n'))) this.stopped.delete(account.id); // other logs
    const { machine, stateDir, threads, log, clock, watch } = this.options;
    const scanner = new LogScanner({
      source: logs, machine, home, folders, zone, prices, log,
      help: threads === null ? null : { threads, providerId: info.id },
      stateDir: stateDir === null ? null : path.join(stateDir, account.id, createHash('sha256').update(home ?? '').digest('hex').slice(0, 12)),
    });
    const changed = (): void => this.options.changed(account.id);
    const kept: KeptScanner = { scanner, zone, home, folders, prices, watch: watch === null || !asksNobody(info) ? null : new LogWatch({ platform: machine.platform, clock, watch, log, changed }), notes: [], leave: null };
    this.scanners.set(account.id, kept);
    return kept;
  }

  /** Tells equal secrets apart from others, and tells nothing else. A key object for each, as an HMAC needs, would cost several times as much. */
  private keyOf(providerId: string, secret: string): string {
    return `${providerId}:${createHash('sha256').update(this.options.salt).update(secret).digest('hex')}`;
  }
}

/** A last line of defence: no error leaves a read with the secret in it. */
function withoutSecret(error: unknown, secret: string): unknown {
  if (!(error instanceof Error) || secret === '' || !`${error.message}${error.stack}`.includes(secret)) return error;
  const message = error.message.replaceAll(secret, '(key)');
  if (!(error instanceof ProviderError)) return new Error(message);
  return new ProviderError(error.kind, message, error.retryAfterMs === null ? {} : { retryAfterMs: error.retryAfterMs });
}
