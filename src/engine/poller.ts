import { asksNobody, isAllowed, paceOf, planNext, togetherAt, type Pace, type Pause } from '../core/schedule';
import { SECOND_MS, type Disposable, type EpochMs } from '../core/time';
import { Alarm } from './alarm';
import { resumeFrom, type EarlierRun } from './earlierRun';
import { errorIn } from './gaps';
import { inTime } from './inTime';
import { keyTag } from './pollMarks';
import { asProviderError, earlierKey, endingOf, isAnswered, LOOK_MS, newEntry, ownKey, UNFOCUSED_LOOK_MS, type Entry, type Outcome, type PollerOptions, type Target } from './polling';
import { JUMP_MS, WatchedTime } from './watchedTime';

/** First polls after a start are spread over it. */
const STAGGER_MS = 2 * SECOND_MS;

/**
 * One plan per account; the next poll is planned when the last one has ended, so that two never overlap. Every account runs by
 * itself: a slow one delays no other. What arrives after an account went away is dropped.
 */
export class Poller implements Disposable {
  private readonly entries = new Map<string, Entry>();
  private readonly pauses = new Map<string, Pause>();
  private readonly alarm: Alarm;
  private readonly time: WatchedTime;
  private focused = true;
  private disposed = false;

  constructor(private readonly options: PollerOptions) {
    this.time = new WatchedTime(options.clock, () => this.entries.size > 0, byMs => this.jumped(byMs));
    this.alarm = new Alarm(options.clock, () => this.tick());
  }

  /** What an earlier run of the program did still counts: its floor, its interval and its back-off hold across restarts. */
  add(target: Target, earlier: EarlierRun): void {
    const { id } = target.account;
    const now = this.time.now();
    const mark = this.options.marks.get(id);
    const { askedAt, notBefore, retryAt, dueAt } = resumeFrom(earlier, mark, this.paceOf(target), now);
    this.entries.set(id, newEntry(target, ownKey(id), askedAt ?? 0));
    for (const key of mark === null ? [ownKey(id)] : [ownKey(id), earlierKey(mark.keyTag)]) { // what a vendor said to one account holds for all with its key
      if (notBefore > Math.max(now, this.pauses.get(key)?.notBefore ?? 0)) this.pauses.set(key, { failures: 0, notBefore });
    }
    this.plan(id, Math.max(now + STAGGER_MS * this.options.random(), dueAt, retryAt));
    if (asksNobody(target.provider.info) && dueAt > now + STAGGER_MS) this.hurry(id); // logs that an earlier run left are read on
  }

  /** A new credential or new options: what ran is dropped, and the account is asked soon; the floor of its credential holds. */
  update(target: Target, credentialChanged: boolean): void {
    const { id } = target.account;
    const entry = this.entries.get(id);
    if (entry === undefined) return;
    const onlyAlias = !credentialChanged && JSON.stringify(entry.target.account.options) === JSON.stringify(target.account.options);
    if (onlyAlias) {
      entry.target = target;
      return;
    }
    this.remove(id);
    this.entries.set(id, newEntry(target, credentialChanged ? ownKey(id) : entry.pauseKey, 0));
    this.plan(id, this.time.now());
    if (asksNobody(target.provider.info)) this.hurry(id);
  }

  remove(accountId: string): void {
    const entry = this.entries.get(accountId);
    this.entries.delete(accountId);
    this.pauses.delete(ownKey(accountId));
    entry?.running?.abort.abort();
  }

  /** Settings changed: accounts that may not be read stop, others go on, none waits longer than its new interval. @param tryFailed what failed may work now. */
  replan(tryFailed = false): void {
    const now = this.time.now();
    for (const [id, { target, nextPollAt, running }] of this.entries) {
      if (running !== null) continue;
      const { intervalMs } = this.paceOf(target);
      if (!this.allowed(target)) this.plan(id, null);
      else if (nextPollAt !== null && !this.isFailing(id)) this.plan(id, Math.min(nextPollAt, now + intervalMs));
      else if (nextPollAt === null ? !this.isFailing(id) : tryFailed) this.plan(id, now);
    }
  }

  /**
   * Something new lies on this machine for an account whose reads ask nobody: it is read now, whatever the floor, and the planned
   * poll stays as it is. While nobody looks, it waits.
   */
  hurry(accountId: string): void {
    const entry = this.entries.get(accountId);
    if (entry === undefined) return;
    entry.hurried = true;
    this.catchUp(accountId, entry);
  }

  private catchUp(id: string, entry: Entry): void {
    if (entry.hurried && entry.running === null && this.focused && !this.disposed && !this.isFailing(id) && this.allowed(entry.target)) void this.start(id, entry, true);
  }

  nextPollAt(accountId: string): EpochMs | null {
    const entry = this.entries.get(accountId);
    return entry === undefined ? null : this.dueAt(entry);
  }

  /** Whether anybody looks: when somebody comes, what waited for that is polled at once. */
  setFocused(focused: boolean): void {
    if (focused === this.focused) return;
    this.focused = focused;
    this.tick(true);
    for (const [id, entry] of this.entries) this.catchUp(id, entry);
  }

  readonly isRunning = (accountId: string): boolean => this.entries.get(accountId)?.running != null;

  get idle(): boolean {
    return [...this.entries.values()].every(({ running }) => running === null);
  }

  /** Polls now what may be polled now; resolves when those polls, and any that ran already, have ended. Null: all accounts. */
  async refresh(accountId: string | null): Promise<void> {
    const now = this.time.now();
    const ids = accountId === null ? [...this.entries.keys()] : [accountId];
    await Promise.all(ids.map(async id => {
      const entry = this.entries.get(id);
      if (entry === undefined || !this.allowed(entry.target)) return;
      const waitMs = (this.pauses.get(entry.pauseKey)?.notBefore ?? 0) - now;
      if (entry.running === null && waitMs > 0) {
        this.options.log('debug', `${entry.target.account.alias} was not asked again: its provider is not asked for another ${Math.ceil(waitMs / SECOND_MS)} s.`);
        return;
      }
      const ended = entry.running?.ended ?? this.start(id, entry);
      this.options.onChange(true);
      await ended;
      this.options.onChange(true);
    }));
  }

  dispose(): void {
    this.disposed = true;
    this.alarm.dispose();
    for (const id of [...this.entries.keys()]) this.remove(id);
  }

  private readonly allowed = ({ provider }: Target): boolean => isAllowed(provider.info.standing, this.options.settings().standing);

  /** While nobody looks, an account that was read before waits longer. */
  private dueAt({ target, nextPollAt, readAt }: Entry): EpochMs | null {
    if (nextPollAt === null || this.focused || readAt === 0) return nextPollAt;
    return nextPollAt + (this.options.settings().unfocusedPollFactor - 1) * this.paceOf(target).intervalMs;
  }

  private readonly paceOf = ({ account, provider }: Target): Pace => paceOf(provider.info, account, this.options.settings());

  private isFailing(id: string): boolean {
    return (this.pauses.get(this.entries.get(id)?.pauseKey ?? '')?.failures ?? 0) > 0;
  }

  /** @param at never before the credential's floor or back-off. */
  private plan(id: string, at: EpochMs | null): void {
    const entry = this.entries.get(id);
    if (entry === undefined) return;
    const notBefore = this.pauses.get(entry.pauseKey)?.notBefore ?? 0;
    entry.nextPollAt = at === null || !this.allowed(entry.target) ? null : Math.max(at, notBefore);
    entry.patienceMs = 0;
    this.options.onChange(true);
    this.lookBy(this.dueAt(entry) ?? Infinity);
  }

  /** The clock was set back: all plans move with it. Or the machine slept: what failed is tried anew, once there may be a network. */
  private jumped(byMs: number): void {
    if (byMs > 0) {
      for (const [id, { nextPollAt, running }] of this.entries) if (nextPollAt !== null && running === null && this.isFailing(id)) this.plan(id, this.time.quietUntil);
      return;
    }
    for (const entry of this.entries.values()) if (entry.nextPollAt !== null) entry.nextPollAt += byMs;
    for (const [key, pause] of this.pauses) this.pauses.set(key, { ...pause, notBefore: pause.notBefore + byMs });
    this.options.onChange(false);
  }

  /** The loop looks again at this instant at the latest. When it is too early, it finds that out then, and not with each poll that ends. */
  private lookBy(at: EpochMs): void {
    if (!this.disposed && this.entries.size > 0) this.alarm.by(Math.min(at, this.time.now() + (this.focused ? LOOK_MS : UNFOCUSED_LOOK_MS)));
  }

  private togetherAt(): EpochMs {
    const waiting = [...this.entries.values()].filter(({ running }) => running === null);
    return Math.max(this.time.quietUntil, togetherAt(waiting.map(entry => ({ at: this.dueAt(entry) ?? Infinity, patienceMs: entry.patienceMs }))));
  }

  /** @param atOnce those that are due wait for no others. */
  private tick(atOnce = false): void {
    const now = this.time.now();
    const start = this.time.quietUntil <= now && (atOnce || this.togetherAt() <= now);
    const due = [...this.entries].filter(([, entry]) => start && entry.running === null && (this.dueAt(entry) ?? Infinity) <= now);
    for (const [id, entry] of due.sort(([, a], [, b]) => a.readAt - b.readAt)) void this.start(id, entry);
    if (atOnce) this.options.onChange(true);
    else this.options.onLook();
    this.alarm.dispose();
    this.lookBy(this.togetherAt());
  }

  private start(id: string, entry: Entry, live = false): Promise<void> {
    const abort = new AbortController();
    entry.hurried = false;
    const ended = this.poll(entry, abort, live).then(({ nextPollAt, outcome }) => {
      if (this.entries.get(id) !== entry) return; // removed, replaced or disposed meanwhile
      Object.assign(entry, { running: null, nextPollAt, patienceMs: this.paceOf(entry.target).patienceMs } satisfies Partial<Entry>);
      if (outcome !== null) this.options.onOutcome(entry.target, outcome, nextPollAt);
      this.options.onChange(false);
      this.lookBy(this.dueAt(entry) ?? Infinity);
      this.catchUp(id, entry);
    });
    entry.running = { abort, ended };
    this.options.onChange(false);
    return ended;
  }

  /** Never rejects. No outcome: the account's credential, as it turned out, was used too short a time ago. */
  private async poll(entry: Entry, abort: AbortController, live: boolean): Promise<{ nextPollAt: EpochMs | null; outcome: Outcome | null }> {
    const { target } = entry;
    const pace = this.paceOf(target);
    let outcome: Outcome;
    try {
      const prepared = await this.options.prepare(target, live);
      if (abort.signal.aborted) return { nextPollAt: null, outcome: null };
      const waitUntil = live ? null : this.ask(entry, prepared.credentialKey, pace);
      if (waitUntil !== null) return { nextPollAt: waitUntil, outcome: null };
      outcome = { ok: true, reading: await inTime(target.provider, prepared.run, abort, this.options.clock) };
    } catch (error) {
      outcome = { ok: false, error: asProviderError(target, error, this.options.log) };
    }
    if (live && outcome.ok) return { nextPollAt: entry.nextPollAt, outcome };
    if (this.entries.get(target.account.id) !== entry && !isAnswered(outcome.ok ? null : outcome.error)) return { nextPollAt: null, outcome: null }; // dropped, which is no failure
    if (!live && !abort.signal.aborted) this.options.marks.answered(target.account.id);
    const plan = planNext(endingOf(target, errorIn(outcome)), this.pauses.get(entry.pauseKey)?.failures ?? 0, pace, this.time.now(), this.options.random());
    this.pauses.set(entry.pauseKey, { failures: plan.failures, notBefore: plan.notBefore });
    return { nextPollAt: plan.nextPollAt, outcome };
  }

  /** Marks the credential as used. @returns until when to wait instead; null: no longer. */
  private ask(entry: Entry, credentialKey: string, { floorMs }: Pace): EpochMs | null {
    entry.pauseKey = credentialKey;
    const { marks } = this.options;
    const shared = this.pauses.get(credentialKey);
    const now = this.time.now();
    const usedAt = marks.usedAt(credentialKey);
    const floorAt = usedAt === null || usedAt > now + JUMP_MS ? 0 : usedAt + floorMs; // by another account of the same key, before this run
    const notBefore = Math.max(shared?.notBefore ?? 0, floorAt, this.pauses.get(earlierKey(keyTag(credentialKey)))?.notBefore ?? 0);
    if (notBefore > now) return notBefore;
    this.pauses.set(credentialKey, { failures: shared?.failures ?? 0, notBefore: now + floorMs });
    entry.readAt = now;
    marks.asked(entry.target.account.id, credentialKey);
    return null;
  }
}
