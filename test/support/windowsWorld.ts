/** Windows of one profile that come, go, hang, are killed and ask, in an order that chance decides, and what must hold all the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import { ProviderError } from '../../src/core/errors';
import { noPrices } from '../../src/core/pricing';
import { PROTOCOL_VERSION, type Alert, type EngineParams, type EngineRequestName, type EngineResult } from '../../src/core/protocol';
import { defaultEngineSettings } from '../../src/core/settings';
import type { Snapshot } from '../../src/core/snapshot';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/time';
import { Accounts, parseAccounts } from '../../src/engine/accounts';
import type { Channel } from '../../src/engine/channel';
import { EngineClient } from '../../src/engine/client';
import { Engine } from '../../src/engine/engine';
import { loosen } from '../../src/engine/history/loosen';
import type { Http } from '../../src/engine/http/http';
import { PATIENCE, type Link } from '../../src/engine/link';
import type { Owned } from '../../src/engine/ownership';
import { findOwner } from '../../src/engine/place';
import { Seat } from '../../src/engine/seat';
import { HttpError } from '../../src/providers/httpError';
import { FakeClock } from './fakeClock';
import { HeldClock } from './heldClock';
import { channelPair } from './pair';
import { fakeProvider, meter, reading } from './readings';
import { openSql } from './sql';

const FLOOR_MS = MINUTE_MS;

/** What a seat has that a process that is stopped or killed cannot look after. */
interface SeatInside { readonly sockets: Set<Socket>; readonly claimed: Owned | null; readonly engine: Engine | null; readonly ended: Promise<void> | null; receive(socket: Socket): void }

interface Process {
  readonly name: string;
  readonly clock: HeldClock;
  readonly client: EngineClient;
  readonly seats: SeatInside[];
  snapshot: Snapshot | null;
  state: string;
  isDead: boolean;
}

function passes(guard: () => void): boolean {
  try {
    guard();
    return true;
  } catch {
    return false;
  }
}

export class WindowsWorld {
  private readonly clock = new FakeClock();
  private readonly startAt = this.clock.now();
  readonly windows: Process[] = [];
  readonly gone: Process[] = [];
  readonly keys = new Map<string, string>();
  readonly story: string[] = [];
  /** What the vendor heard, by key. */
  readonly heard = new Map<string, { at: number; used: number; notBefore: number; toldAt: number; toldTo: HeldClock | null }>();
  readonly wrong: string[] = [];
  readonly open = new Map<number, string>();
  /** What must be there at the end: 'maybe' after a request whose answer nobody got. */
  readonly accounts = new Map<string, { alias: Set<string>; there: 'yes' | 'no' | 'maybe' }>();
  readonly shown: Alert[] = [];
  /** Nobody does anything more, and the vendor is well. */
  isQuiet = false;
  /** Accounts with an alert of which no window knows whether it may show it. */
  readonly unsure = new Set<string>();
  private lastId = 0;
  private sql!: Awaited<ReturnType<typeof openSql>>;

  constructor(readonly random: () => number, readonly storageDir: string) {}

  async begin(): Promise<void> { this.sql = await openSql(); }
  below(n: number): number { return Math.floor(this.random() * n); }
  pick<T>(all: readonly T[]): T | undefined { return all[this.below(all.length)]; }
  tell(what: string): void { this.story.push(`${((this.clock.now() - this.startAt) / SECOND_MS).toFixed(1)} ${what}`); }

  /** A line whose ends lie in one process. */
  private lineIn(clock: HeldClock): readonly [Channel, Channel] {
    const [near, far] = channelPair();
    const held = (channel: Channel): Channel => ({ ...channel, onFrame: listener => channel.onFrame(raw => clock.whenFree(() => listener(raw))) });
    return [held(near), held(far)];
  }

  openWindow(): Process {
    const clock = new HeldClock(this.clock);
    const seats: SeatInside[] = [];
    const name = `w${this.windows.length + this.gone.length}`;
    const { storageDir } = this;
    const client: EngineClient = new EngineClient({
      storageDir, clock, settings: { ...defaultEngineSettings, notifyRatios: [0.8, 0.95] }, random: this.random, patience: { ...PATIENCE, served: PATIENCE.beginning },
      secret: id => new Promise(resolve => clock.after((this.isQuiet ? 0 : this.pick([0, 0, 0, 300, 2_500])) ?? 0, () => resolve(this.keys.get(id) ?? null))),
      engine: ({ depose }) => {
        const [near, far] = this.lineIn(clock);
        const seat: SeatInside = new Seat({
          channel: far, storageDir, depose, clock, afterDeposing: loosen,
          makeEngine: async (settings, windows, guard) => new Engine({
            storageDir, settings, guard, clock, accounts: new Accounts(storageDir, [], guard), providers: [this.provider()], http: this.http(clock, () => passes(guard)), machine: { home: '/nowhere', platform: 'linux', env: {} },
            prices: noPrices, threads: null, watch: null, receiver: null, openSql: this.sql, random: this.random, secret: id => windows.secret(id), tell: (what, data) => windows.tell(what, data),
          }),
        }) as unknown as SeatInside;
        const receive = seat.receive.bind(seat);
        seat.receive = socket => {
          socket.on('error', () => undefined);
          clock.whenFree(() => receive(socket));
        };
        seats.push(seat);
        return { channel: near, reason: () => 'it was ended' };
      },
    });
    const window: Process = { name, clock, client, seats, snapshot: null, state: '', isDead: false };
    client.onEvent('engineState', ({ state }) => { window.state = state; });
    client.onEvent('snapshot', snapshot => { window.snapshot = snapshot; });
    client.onEvent('alert', alert => {
      if (!this.isQuiet && this.random() < 0.2) return; // a window whose editor does not show it
      const show = (): void => void this.ask(window, 'alertShown', { alertId: alert.id }).then(({ first }) => { if (first) this.shown.push(alert); }, () => this.unsure.add(alert.accountId));
      clock.after(this.isQuiet ? 0 : this.pick([0, 0, 6_000]) ?? 0, show); // the next window may have been asked since
    });
    client.setFocused(this.random() < 0.5);
    client.start();
    this.windows.push(window);
    this.tell(`${name} opens`);
    return window;
  }

  private provider() {
    const provider = fakeProvider();
    provider.answer = async ({ now, getJson }) => {
      const used = await getJson('/usage') as number;
      return reading(now, { meters: [meter(now, { used })] });
    };
    return provider;
  }

  /** A vendor that is slow, away, troubled or tired now and then. */
  private http(clock: HeldClock, owns: () => boolean): Http {
    let disposed = false;
    return {
      configure: () => undefined,
      dispose: () => { disposed = true; },
      getJson: ({ headers, signal }) => new Promise((resolve, reject) => {
        const key = headers['authorization'] ?? '';
        const heard = this.heard.get(key) ?? { at: -Infinity, notBefore: -Infinity, used: 60, toldAt: -Infinity, toldTo: null };
        const { at, notBefore } = heard;
        const now = this.clock.now();
        if (now - at < FLOOR_MS - 1) this.wrong.push(`${key} was used ${now - at} ms after it was before`);
        if (now < notBefore - 1) this.wrong.push(`${key} was used ${notBefore - now} ms before its vendor said`);
        if (disposed) this.wrong.push('an engine that ended asked');
        Object.assign(heard, { at: now, used: Math.min(99, heard.used + this.below(25)) });
        const after = heard.used;
        this.heard.set(key, heard);
        const how = this.isQuiet ? 'ok' : this.pick(['ok', 'ok', 'ok', 'ok', 'tired', 'trouble', 'trouble-until', 'away', 'never'])!;
        const waitMs = how === 'tired' || how === 'trouble-until' ? this.below(20) * MINUTE_MS : 0;
        this.tell(`vendor: ${key} ${how} ${after}`);
        signal.addEventListener('abort', () => reject(new ProviderError('unreachable', 'given up')));
        const window = this.windows.find(each => each.clock === clock);
        if (window !== undefined && !this.isQuiet && this.random() < 0.1) this.clock.after(100, () => this.strike(window));
        if (how === 'never') return;
        clock.after(this.pick([0, 200, 5_000]) ?? 0, () => {
          if (signal.aborted) return;
          if (waitMs > 0 && owns()) Object.assign(heard, { notBefore: this.clock.now() + waitMs, toldAt: this.clock.now(), toldTo: clock });
          if (how === 'ok') resolve(after);
          else if (how === 'away') reject(new ProviderError('unreachable', 'no network'));
          else reject(new HttpError(how === 'tired' ? 'rate-limited' : 'unreachable', how, { status: 503, ...(how !== 'trouble' && { retryAfterMs: waitMs }) }));
        });
      }),
    };
  }

  async ask<K extends EngineRequestName>({ client, name }: Process, method: K, params: EngineParams<K>): Promise<EngineResult<K>> {
    const id = this.lastId++;
    this.open.set(id, `${method} of ${name}`);
    try {
      return await client.request(method, params);
    } finally {
      this.open.delete(id);
    }
  }

  add(window: Process): void {
    const id = `a${this.lastId++}`;
    this.keys.set(id, `k${this.below(6)}`);
    const expected = { alias: new Set([id]), there: 'maybe' as 'yes' | 'no' | 'maybe' };
    this.accounts.set(id, expected);
    this.tell(`${window.name} adds ${id} with ${this.keys.get(id)}`);
    this.ask(window, 'addAccount', { accountId: id, draft: { providerId: 'acme', alias: id, options: {} } }).then(() => {
      this.tell(`${id} was added`);
      if (expected.there !== 'no') expected.there = 'yes';
    }, (error: Error) => this.tell(`${id} was not added: ${error.message}`));
  }

  remove(window: Process): void {
    const id = this.pick([...this.accounts].filter(([, { there }]) => there === 'yes').map(([each]) => each));
    if (id === undefined) return;
    const expected = this.accounts.get(id)!;
    expected.there = 'maybe';
    this.release(id);
    this.tell(`${window.name} removes ${id}`);
    this.ask(window, 'removeAccount', { accountId: id, forget: this.random() < 0.5 }).then(() => {
      expected.there = 'no';
      this.tell(`${id} was removed`);
    }, (error: Error) => this.tell(`${id} was not removed: ${error.message}`));
  }

  update(window: Process): void {
    const id = this.pick([...this.accounts].filter(([, { there }]) => there === 'yes').map(([each]) => each));
    if (id === undefined) return;
    const [expected, alias] = [this.accounts.get(id)!, `n${this.lastId++}`];
    const credentialChanged = this.random() < 0.5;
    if (credentialChanged) this.release(id);
    if (credentialChanged && this.random() < 0.7) this.keys.set(id, `k${this.below(6)}`);
    this.tell(`${window.name} calls ${id} ${alias}${credentialChanged ? `, with ${this.keys.get(id)}` : ''}`);
    expected.alias.add(alias);
    this.ask(window, 'updateAccount', { accountId: id, changes: { alias }, credentialChanged }).then(() => {
      if (window.clock.isHeld) return;
      for (const older of [...expected.alias]) { if (older !== alias && Number(older.slice(1)) < Number(alias.slice(1))) expected.alias.delete(older); }
      this.tell(`${id} is ${alias}`);
    }, (error: Error) => this.tell(`${id} is not ${alias}: ${error.message}`));
  }

  /** What its vendor said of its key is known to go with the account when the next engine comes. */
  private release(id: string): void {
    const heard = this.heard.get(`Bearer ${this.keys.get(id)}`);
    if (heard !== undefined) heard.notBefore = -Infinity;
  }

  /** As by kill -9: nothing is written, and the system closes its sockets. */
  kill(window: Process): void {
    this.tell(`${window.name} is killed`);
    this.stop(window);
    window.isDead = true;
    for (const seat of window.seats) {
      if (seat.claimed === null) continue;
      seat.claimed.release();
      for (const socket of seat.sockets) socket.destroy();
    }
    const { link } = window.client as unknown as { link: Link | null };
    if (link?.own === false) link.close();
    this.leave(window);
  }

  /** What its vendor said within the last moment is not on the disk. */
  private stop({ clock }: Process): void {
    clock.hold();
    for (const heard of this.heard.values()) if (heard.toldTo === clock && this.clock.now() - heard.toldAt <= 300) heard.notBefore = -Infinity;
  }

  /** In the midst of a request to a vendor. */
  private strike(window: Process): void {
    if (this.isQuiet || !this.windows.includes(window) || window.clock.isHeld) return;
    if (this.random() < 0.7) this.kill(window);
    else this.hold(window);
  }

  leave(window: Process): void {
    this.windows.splice(this.windows.indexOf(window), 1);
    this.gone.push(window);
  }

  hold(window: Process): void {
    this.tell(`${window.name} hangs`);
    this.stop(window);
    for (const seat of window.seats) for (const socket of seat.sockets) socket.pause();
  }

  async goOn(window: Process): Promise<void> {
    this.tell(`${window.name} goes on`);
    for (const seat of window.seats) for (const socket of seat.sockets) socket.resume();
    await window.clock.goOn();
  }

  async intrude(): Promise<void> {
    const owner = await findOwner(this.storageDir).catch(() => null);
    const { socket, token } = owner ?? { socket: null, token: '' };
    if (socket === null) return;
    socket.on('error', () => undefined).resume();
    const hello = (params: object) => JSON.stringify({ type: 'request', id: 1, method: 'hello', params });
    const good = hello({ version: PROTOCOL_VERSION, focused: true, token });
    const what = this.pick<readonly [string, string]>([
      ['half a frame', good.slice(0, 40)], ['a wrong token', `${hello({ version: PROTOCOL_VERSION, focused: true, token: 'f'.repeat(32) })}\n`], ['no JSON', '{nonsense\n'],
      ['too much', 'x'.repeat(100_000)], ['another version', `${hello({ version: 99, focused: true, token })}\n${JSON.stringify({ type: 'request', id: 2, method: 'removeAccount', params: { accountId: 'a1', forget: true } })}\n`],
      ['wrong values', `${good}\n${JSON.stringify({ type: 'request', id: 2, method: 'addAccount', params: { accountId: '../x', draft: 7 } })}\n${JSON.stringify({ type: 'reply', id: 9, ok: true, result: {} })}\n[]\n`],
      ['nothing more', `${good}\n`],
    ])!;
    this.tell(`somebody comes with ${what[0]}`);
    socket.write(what[1]);
    this.clock.after(this.below(60) * SECOND_MS, () => socket.destroy());
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0;) {
      const isBusy = this.windows.some(({ state, clock }) => state !== 'running' && !clock.isHeld);
      const step = Math.min(left, isBusy ? 10 : left > 2 * MINUTE_MS ? 5 * SECOND_MS : 250);
      await this.clock.advance(step);
      left -= step;
      await new Promise(resolve => setTimeout(resolve, isBusy ? 2 : 1));
    }
  }

  async until(what: string, condition: () => boolean, ms = 2 * MINUTE_MS): Promise<void> {
    for (let passed = 0; !condition(); passed += 50) {
      if (passed > ms) throw new Error(`waited in vain until ${what}: ${this.windows.map(({ name, state }) => `${name} ${state}`).join(', ')}`);
      await this.pass(50);
    }
  }

  get owners(): Process[] {
    return this.windows.filter(({ seats }) => seats.some(({ claimed, engine }) => engine !== null && claimed?.owns() === true));
  }

  async act(): Promise<void> {
    const window = this.pick(this.windows);
    const free = this.windows.filter(({ clock }) => !clock.isHeld);
    const asker = this.pick(free);
    const action = this.below(20);
    if (window === undefined || action <= 1) { if (this.windows.length < 6) this.openWindow(); return; }
    if (asker === undefined) return this.goOn(window);
    if (action === 2) {
      this.tell(`${asker.name} closes`);
      this.leave(asker);
      void asker.client.stop().then(() => { asker.isDead = true; });
    } else if (action === 3) this.kill(this.random() < 0.5 ? window : this.pick(this.owners) ?? window);
    else if (action === 4) {
      const owner = this.pick(this.owners) ?? window;
      if (!owner.clock.isHeld) this.hold(owner);
    } else if (action === 5) { for (const each of this.windows) if (each.clock.isHeld) await this.goOn(each); }
    else if (action <= 7) this.add(asker);
    else if (action === 8) this.remove(asker);
    else if (action <= 10) this.update(asker);
    else if (action <= 12) void this.ask(asker, 'refresh', { accountId: null }).catch(() => undefined);
    else if (action === 13) void this.ask(asker, 'usage', { days: 30 }).catch(() => undefined);
    else if (action === 14) asker.client.setFocused(this.random() < 0.5);
    else if (action === 15) await this.intrude();
    else if (action === 16) {
      this.tell('the machine sleeps');
      this.clock.jump(this.below(3) * HOUR_MS);
    } else if (action === 17) {
      const task = `t${this.lastId++}`;
      void this.ask(asker, 'exportHistory', { task, file: path.join(path.dirname(this.storageDir), `${task}.csv`), choice: { format: 'csv', levels: ['raw'], accountIds: null, fromAt: null, toAt: null } }).catch(() => undefined);
      if (this.random() < 0.5) void this.ask(asker, 'cancelTask', { task }).catch(() => undefined);
    } else await this.pass(this.pick([10, 500, 5_000, 65_000, 6 * MINUTE_MS]) ?? 0);
  }

  /** All windows go on, and one at least is there. */
  async end(): Promise<void> {
    for (const each of this.windows) if (each.clock.isHeld) await this.goOn(each);
    if (this.windows.length === 0) this.openWindow();
    this.tell('nothing more happens');
    await this.until('all are served', () => this.windows.every(({ state, snapshot }) => state === 'running' && snapshot !== null));
    await this.until('all have their answers', () => [...this.open.values()].every(each => this.gone.some(({ name }) => each.endsWith(` of ${name}`))), 5 * MINUTE_MS);
    this.isQuiet = true;
    await this.pass(MINUTE_MS);
    this.clock.jump(7 * HOUR_MS); // longer than any back-off
    const wokeAt = this.clock.now();
    for (const { client } of this.windows) client.setFocused(false);
    await this.pass(SECOND_MS);
    this.windows[0]!.client.setFocused(true);
    const isRead = (): boolean => this.windows.every(({ snapshot }) => snapshot?.accounts.every(({ takenAt, failure }) => takenAt !== null && takenAt >= wokeAt && failure === null) === true);
    await this.until('all is read', isRead, (8 + this.accounts.size) * MINUTE_MS).catch(error => {
      const seconds = (at: number | null): string => (at === null ? 'never' : ((at - this.startAt) / SECOND_MS).toFixed(1));
      this.tell(JSON.stringify(this.windows[0]!.snapshot?.accounts.map(({ id, takenAt, failure, nextPollAt }) => [id, this.keys.get(id), `read ${seconds(takenAt)}`, failure?.message, `next ${seconds(nextPollAt)}`])));
      throw error;
    });
    await this.pass(30 * SECOND_MS);
  }

  /** Ends all windows: nothing may wait for an answer then, nor end with an error. */
  async close(): Promise<void> {
    await Promise.all(this.windows.map(async ({ client }) => client.stop()));
    const ended = [...this.windows, ...this.gone].filter(({ clock }) => !clock.isHeld);
    for (const { ended: end } of ended.flatMap(({ seats }) => seats)) await end;
    assert.deepEqual([...this.open.values()].filter(each => ended.some(({ name }) => each.endsWith(` of ${name}`))), []);
  }

  check(): void {
    if (this.accounts.size === 0) return;
    assert.deepEqual(this.wrong, []);
    assert.equal(this.owners.length, 1, `owners: ${this.owners.map(({ name }) => name).join()}`);
    const kept = parseAccounts(JSON.parse(readFileSync(path.join(this.storageDir, 'accounts.json'), 'utf8'))) ?? assert.fail('accounts.json');
    const ids = kept.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { name, snapshot } of this.windows) assert.deepEqual(snapshot?.accounts.map(({ id, alias }) => [id, alias]), kept.map(({ id, alias }) => [id, alias]), name);
    for (const [id, { alias, there }] of this.accounts) {
      const found = kept.find(each => each.id === id);
      if (there === 'yes') assert.ok(found !== undefined, `${id} is lost`);
      if (there === 'no') assert.ok(found === undefined, `${id} is there again`);
      if (found !== undefined) assert.ok(alias.has(found.alias), `${id} is ${found.alias}, not ${[...alias].join()}`);
    }
    const alerts = this.shown.map(({ id }) => id.split('/').slice(0, 3).join('/'));
    assert.deepEqual(alerts.filter((each, i) => alerts.indexOf(each) !== i), [], 'alerts that were shown twice');
    for (const { id, meters } of this.windows[0]!.snapshot?.accounts ?? []) {
      const isFull = (meters[0]?.ratio ?? 0) >= 0.8;
      if (!this.unsure.has(id)) assert.equal(this.shown.some(({ accountId }) => accountId === id), isFull, `${id}, ${meters[0]?.ratio}, was${isFull ? ' not' : ''} warned of`);
    }
  }
}
