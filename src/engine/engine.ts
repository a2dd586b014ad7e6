import path from 'node:path';
import type { Account } from '../core/account';
import type { EngineEvent, EngineEventName, EngineParams, EngineResult, TestResult } from '../core/protocol';
import type { Reading } from '../core/reading';
import type { EngineSettings } from '../core/settings';
import type { Snapshot } from '../core/snapshot';
import type { Disposable, EpochMs } from '../core/time';
import type { Provider } from '../providers/provider';
import type { Accounts } from './accounts';
import { detectTools } from './detect';
import { withKnownZone, type EngineOptions } from './engineOptions';
import { errorIn } from './gaps';
import { guardOfBursts } from './guard';
import { usageOf } from './history/dailyUsage';
import { HistoryTools } from './historyTools/historyTools';
import { isSameWay } from './http/agents';
import { Known } from './known';
import { extraFolders } from './logFolders';
import { PollMarks } from './pollMarks';
import { Poller } from './poller';
import type { Outcome, Target } from './polling';
import { currentPrices } from './prices/current';
import { Pushes } from './pushes';
import { Reader } from './reader';
import { SnapshotFile } from './snapshotFile';
import { makeSnapshot, outdatedAt, viewOf, type AccountStatus } from './snapshots';
import { testAccount } from './testAccount';
import { Yielding } from './yielding';

/** Polls, keeps history, decides alerts and makes the snapshot; one for each storage folder. Everything starts in the constructor. */
export class Engine implements Disposable {
  private settings: EngineSettings;
  private readonly accounts: Accounts;
  private readonly known: Known;
  private readonly reader: Reader;
  private readonly poller: Poller;
  private readonly marks: PollMarks;
  readonly tools: HistoryTools;
  private readonly yielding: Yielding;
  private readonly push: Pushes;
  private readonly stored: SnapshotFile;

  constructor(private readonly options: EngineOptions) {
    const { storageDir, clock, tell, random } = options;
    this.settings = withKnownZone(options.settings, tell);
    this.accounts = options.accounts;
    this.known = new Known({ ...options, settings: () => this.settings, deliver: alert => tell('alert', alert) });
    this.marks = new PollMarks(storageDir, clock);
    this.stored = new SnapshotFile(options);
    this.push = new Pushes(clock, {
      push: () => tell('snapshot', this.stored.pass(this.snapshot())),
      outdatedAt: () => outdatedAt(this.accounts.all, this.parts(), clock.now()),
      warning: () => this.warning,
    });
    this.reader = new Reader({
      ...options, prices: currentPrices(options.prices, () => this.settings), salt: this.marks.salt, zone: () => this.settings.zone,
      folders: id => extraFolders(id, this.settings, this.accounts.all), earlier: account => this.accounts.before(account), log: message => tell('log', { level: 'info', message }),
      stateDir: storageDir === null ? null : path.join(storageDir, 'logs'), changed: accountId => this.poller.hurry(accountId), reading: reading => tell('logReading', reading), guard: guardOfBursts(options.guard),
    });
    this.poller = new Poller({
      clock, random, marks: this.marks, settings: () => this.settings,
      prepare: (target, live) => this.reader.prepare(target, live),
      onOutcome: (target, outcome, nextPollAt) => this.settle(target, outcome, nextPollAt),
      onChange: soon => this.push.wish(soon), onLook: () => this.push.look(),
      log: (level, message) => tell('log', { level, message }),
    });
    this.yielding = new Yielding({
      ...options, known: this.known, reader: this.reader, poller: this.poller,
      accounts: () => this.accounts.all, keep: (account, reading) => this.keep(account, reading), now: () => clock.now(),
    });
    this.tools = new HistoryTools({
      ...options, history: () => this.known.history, zone: () => this.settings.zone, clients: () => this.settings.clients, reopen: swap => this.reopen(swap),
      changed: () => { this.known.figures.clear(); this.push.wish(true); },
      progress: progress => tell('progress', progress), warn: message => tell('log', { level: 'warn', message }),
    });
    for (const account of this.accounts.all) this.take(account);
    options.receiver?.configure(this.settings.otlpPort);
    this.push.wish(true);
  }

  configure(settings: EngineSettings): void {
    if (JSON.stringify(settings) === JSON.stringify(this.settings)) return;
    const before = this.settings;
    this.settings = withKnownZone(settings, this.options.tell);
    this.known.history.retentionDays = this.settings.retentionDays;
    this.options.http.configure(this.settings);
    this.options.threads?.configure(this.settings);
    this.options.receiver?.configure(this.settings.otlpPort);
    this.known.figures.clear();
    this.poller.replan(!isSameWay(before, this.settings));
    this.push.wish(true);
  }

  snapshot(): Snapshot {
    this.known.history.flush(); // what is shown is kept
    return makeSnapshot({ ...this.parts(), accounts: this.accounts.all, storeWarning: this.warning, priceDate: this.options.prices.date }, this.options.clock.now());
  }

  private get warning(): string | null {
    return [this.accounts.warning, this.known.history.warning].filter(text => text !== null).join(' ') || null;
  }

  refresh(accountId: string | null): Promise<void> {
    for (const id of this.reader.goOn(accountId)) this.poller.hurry(id);
    return this.poller.refresh(accountId);
  }

  stopLogs(accountIds: readonly string[]): void {
    for (const id of accountIds.filter(each => this.reader.stopLogs(each))) this.poller.hurry(id); // to say so
  }

  async test({ accountId, draft }: EngineParams<'testAccount'>): Promise<TestResult> {
    const account: Account = { ...draft, id: accountId, createdAt: this.options.clock.now() };
    return testAccount({ account, provider: this.providerOf(draft.providerId) }, this.reader, this.options.machine, this.options.clock, this.settings.logFolders[draft.providerId] ?? []);
  }

  add({ accountId, draft }: EngineParams<'addAccount'>): Account {
    const provider = this.providerOf(draft.providerId);
    const account: Account = { ...draft, id: accountId, createdAt: this.options.clock.now() };
    const same = this.accounts.same(account);
    if (same !== null) return same;
    this.accounts.add(account);
    this.tools.added(account, provider);
    this.yielding.added(account);
    this.take(account);
    return account;
  }

  /** @param audited false: the audit log has it from who did it. */
  update({ accountId, changes, credentialChanged }: EngineParams<'updateAccount'>, audited = true): Account {
    const { before, account } = this.accounts.change(accountId, changes);
    if (audited) this.tools.updated(before, account, credentialChanged);
    const moved = before.options.baseUrl !== account.options.baseUrl || before.options.home !== account.options.home;
    this.known.changed(accountId, credentialChanged || moved, moved);
    this.poller.update({ account, provider: this.providerOf(account.providerId) }, credentialChanged);
    this.push.wish(true);
    return account;
  }

  /** Of one that is gone already, perhaps by an engine that ended in the midst of it, goes what is left. */
  async remove({ accountId, forget }: EngineParams<'removeAccount'>): Promise<void> {
    const account = this.accounts.all.find(({ id }) => id === accountId);
    if (account !== undefined) {
      this.accounts.remove(accountId);
      this.tools.removed(account, forget);
    }
    this.poller.remove(accountId);
    this.known.remove(accountId, forget);
    if (account !== undefined) this.yielding.removed(account);
    this.push.wish(true);
    await this.reader.forget(accountId);
  }

  async detect(): Promise<EngineResult<'detect'>> {
    return { tools: await detectTools(this.options.providers, this.accounts.all, this.options.machine) };
  }

  usage({ days }: EngineParams<'usage'>): EngineResult<'usage'> {
    this.known.history.flush();
    return usageOf(this.accounts.all, this.known.history.days.of(days, this.settings.zone, this.options.clock.now()));
  }

  /** @returns false when a window has shown it before. */
  alertShown(alertId: string): boolean {
    return this.known.alertShown(alertId);
  }

  /** A window came: it gets what others have seen, and alerts that none has shown go round again. */
  greet(tell: <K extends EngineEventName>(name: K, data: EngineEvent<K>) => void): void {
    tell('snapshot', this.snapshot());
    this.offerAlerts();
  }

  /** Whether any window has the focus. While none has, accounts are asked less often. */
  setFocused(focused: boolean): void {
    this.poller.setFocused(focused);
    if (focused) this.offerAlerts();
  }

  dispose(): void {
    const { stored, tools, push, poller, reader, known, marks, options: { receiver, http } } = this;
    for (const part of [receiver, stored, tools, push, poller, reader, http, known, marks]) part?.dispose();
  }

  private offerAlerts(): void {
    for (const alert of this.known.waitingAlerts(this.accounts.all)) this.options.tell('alert', alert);
  }

  /** Begins anew from the files that `swap` leaves. Polls that run are dropped; what may not be asked yet stays so. */
  private reopen(swap: () => void): void {
    this.options.guard();
    this.options.receiver?.configure(null); // its token may go
    for (const { id } of this.accounts.all) this.poller.remove(id);
    this.reader.dispose();
    this.marks.dispose();
    try {
      this.known.reopen(swap);
    } finally {
      this.accounts.reload();
      this.marks.renew(this.accounts.all.map(({ id }) => id));
      for (const account of this.accounts.all) this.take(account);
      this.options.receiver?.configure(this.settings.otlpPort);
      this.stored.pass(this.snapshot()); // what it had for later is of before
      this.push.wish(true);
    }
  }

  private take(account: Account): void {
    const provider = this.options.providers.find(({ info }) => info.id === account.providerId);
    if (provider === undefined) return this.options.tell('log', { level: 'warn', message: `No provider is called "${account.providerId}": ${account.alias} is not read.` });
    this.poller.add({ account, provider }, this.known.load(account.id));
  }

  /** One read ended. Whatever goes wrong with keeping it is told, and stops nothing. */
  private settle(target: Target, outcome: Outcome, nextPollAt: EpochMs | null): void {
    const { account } = target;
    try {
      if (outcome.ok) this.keep(account, this.yielding.counted(target, outcome.reading));
      else this.reader.lost(account.id);
      const error = errorIn(outcome);
      if (error !== null) {
        this.push.wish(true);
        this.options.tell('log', { level: 'warn', message: `${account.alias}: ${this.known.keepFailure(account, error, nextPollAt).message}` });
      }
    } catch (error) {
      this.reader.lost(account.id);
      this.options.tell('log', { level: 'error', message: `What was read of ${account.alias} could not be kept: ${error instanceof Error ? error.stack ?? error.message : 'no error'}` });
    }
    if (this.poller.idle) this.known.history.maintain();
  }

  private keep(account: Account, reading: Reading): void {
    if (this.known.keep(account, reading, () => viewOf(account, this.parts(), this.options.clock.now()))) this.push.wish(true);
  }

  private parts() {
    const { providers } = this.options;
    return { providers, settings: this.settings, figures: this.known.figures, status: (id: string): AccountStatus => ({
      reading: this.known.reading(id), failure: this.known.failure(id), nextPollAt: this.poller.nextPollAt(id), refreshing: this.poller.isRunning(id), unread: this.reader.unread(id),
    }) };
  }

  private providerOf(id: string): Provider {
    const provider = this.options.providers.find(({ info }) => info.id === id);
    if (provider === undefined) throw new Error(`There is no provider called "${id}".`);
    return provider;
  }
}
