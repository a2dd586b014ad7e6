import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { ProviderError } from '../../src/core/errors';
import { usd } from '../../src/core/money';
import type { EngineParams } from '../../src/core/protocol';
import { defaultEngineSettings, type EngineSettings } from '../../src/core/settings';
import { Snapshot } from '../../src/core/snapshot';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/time';
import { Accounts } from '../../src/engine/accounts';
import { noHttp, useRig } from '../support/engineRig';
import { account, bucket, fakeProvider, meter, reading, report, type FakeProvider } from '../support/readings';
import { useTempDir } from '../support/tempDir';

const draft = { providerId: 'acme', alias: 'work', options: {} };

describe('engine', () => {
  const dir = useTempDir();
  const rig = useRig();
  let provider: FakeProvider;
  beforeEach(() => { provider = fakeProvider(); });

  /** An engine with one account 'a' that has a key. */
  async function started(settings = {}) {
    rig().secrets.set('a', 'sk-a');
    const engine = await rig().start(dir(), [provider], [], settings);
    if (engine.snapshot().accounts.length === 0) engine.add({ accountId: 'a', draft });
    await rig().clock.advance(2 * SECOND_MS);
    return engine;
  }
  const state = (engine: Awaited<ReturnType<typeof started>>) => engine.snapshot().accounts[0]!;
  const used = (share: number, resetsAt: number | null = null) => {
    provider.answer = ({ now }) => Promise.resolve(reading(now, { meters: [meter(now, { used: share, resetsAt })] }));
  };

  it('shows what was read, and every snapshot fits the protocol', async () => {
    const engine = await started();
    assert.equal(state(engine).meters[0]?.ratio, 0.42);
    assert.equal(state(engine).state, 'ok');
    assert.ok(rig().events.snapshot.length > 0);
    for (const snapshot of rig().events.snapshot) assert.ok(z.safeParse(Snapshot, snapshot).success);
  });

  it('R18: asks no account again within its floor after a restart before which the clock was set back', async () => {
    const engine = await started();
    rig().clock.jump(-3 * SECOND_MS);
    engine.dispose();
    await started();
    await rig().clock.advance(MINUTE_MS - 10 * SECOND_MS);
    assert.equal(provider.reads.length, 1);
    await rig().clock.advance(20 * SECOND_MS);
    assert.equal(provider.reads.length, 2);
  });

  it('takes no number that sums cannot hold and no time that is none, and goes on showing what it has', async () => {
    const engine = await started();
    const hour = Math.floor(rig().clock.now() / HOUR_MS) * HOUR_MS;
    const wrong = [
      { usage: [report([0, 1].map(n => bucket(hour, { model: `m${n}`, cost: { micros: 1.7e308, currency: 'USD' } })))] },
      { meters: [meter(hour, { resetsAt: 1e17 })] },
      { usage: [report([bucket(hour)], { dayZone: 'Not/AZone' })] },
    ];
    for (const more of wrong) {
      provider.answer = ({ now }) => Promise.resolve(reading(now, more));
      await rig().clock.advance(6 * HOUR_MS);
      assert.deepEqual([state(engine).failure?.kind, state(engine).meters[0]?.used], ['internal', 42]);
      assert.ok(z.safeParse(Snapshot, engine.snapshot()).success);
    }
  });

  it('pushes at most about four snapshots a second, and the last one tells the last state', async () => {
    provider = fakeProvider({ standing: 'official' });
    for (let index = 0; index < 50; index++) rig().secrets.set(`a${index}`, `sk-${index}`);
    const engine = await rig().start(dir(), [provider], Array.from({ length: 50 }, (_, index) => account(`a${index}`)));
    await rig().clock.advance(2 * SECOND_MS);
    assert.ok(rig().events.snapshot.length <= 9, `${rig().events.snapshot.length}`);
    assert.deepEqual({ ...rig().events.snapshot.at(-1), madeAt: 0 }, { ...engine.snapshot(), madeAt: 0 });
  });

  it('pushes nothing after its end, though somebody waits for a read', async () => {
    const engine = await started();
    provider.answer = ({ signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('too late'))));
    await rig().clock.advance(5 * MINUTE_MS);
    const refreshing = engine.refresh(null);
    engine.dispose();
    await refreshing;
    const { length } = rig().events.snapshot;
    await rig().clock.advance(MINUTE_MS);
    assert.equal(rig().events.snapshot.length, length);
  });

  it('pushes nothing while nothing but the time changes, and what time alone changes within a minute and five seconds', async () => {
    const { clock, events } = rig();
    const resetsAt = clock.now() + 7 * MINUTE_MS;
    used(42, resetsAt);
    const engine = await started({ intervalMinutes: 60 });
    assert.equal(clock.now() % (15 * MINUTE_MS) < 10 * SECOND_MS, true, 'figures are of this quarter of an hour');
    await clock.advance(10 * SECOND_MS);
    const before = events.snapshot.length;
    await clock.advance(6 * MINUTE_MS);
    assert.equal(events.snapshot.length, before);
    await clock.advance(2 * MINUTE_MS);
    assert.equal(events.snapshot.length, before + 1);
    assert.equal(events.snapshot.at(-1)?.accounts[0]?.meters[0]?.expired, true);
    await clock.advance(8 * MINUTE_MS);
    assert.equal(events.snapshot.length, before + 2, 'another quarter of an hour');
    assert.deepEqual({ ...events.snapshot.at(-1), madeAt: 0 }, { ...engine.snapshot(), madeAt: 0 });
  });

  it('R20: a failed read keeps the last good value with its time, and says what failed', async () => {
    const engine = await started();
    const takenAt = state(engine).takenAt;
    provider.answer = () => Promise.reject(new ProviderError('unreachable', 'Acme cannot be reached.'));
    await rig().clock.advance(6 * MINUTE_MS);
    const view = state(engine);
    assert.deepEqual([view.state, view.failure?.message, view.meters[0]?.ratio, view.takenAt], ['error', 'Acme cannot be reached.', 0.42, takenAt]);
    assert.equal(view.failure?.retryAt, view.nextPollAt);
  });

  it('shows the last values and failures at once after a restart, and does not ask sooner for it', async () => {
    const first = await started();
    provider.answer = () => Promise.reject(new ProviderError('rate-limited', 'slow down', { retryAfterMs: 2 * HOUR_MS }));
    await rig().clock.advance(6 * MINUTE_MS);
    const before = state(first);
    first.dispose();
    const second = await rig().start(dir(), [provider]);
    const after = state(second);
    assert.deepEqual([after.meters, after.takenAt, after.failure?.kind], [before.meters, before.takenAt, 'rate-limited']);
    await rig().clock.advance(HOUR_MS);
    assert.equal(provider.reads.length, 2);
  });

  const [unreachable, rateLimited] = [new ProviderError('unreachable', 'no'), new ProviderError('rate-limited', 'no')];
  const told = new ProviderError('unreachable', 'no', { retryAfterMs: 30 * MINUTE_MS });
  for (const [what, error, reads] of [['could not be reached', unreachable, 3], ['asked for fewer requests', rateLimited, 2], ['had trouble and said when to come again', told, 2]] as const) {
    it(`R22: after a restart a refresh by hand asks ${reads === 3 ? 'again who' : 'nobody who'} ${what}`, async () => {
      const first = await started();
      provider.answer = () => Promise.reject(error);
      await rig().clock.advance(6 * MINUTE_MS);
      const { nextPollAt } = state(first);
      first.dispose();
      const second = await rig().start(dir(), [provider]);
      await rig().clock.advance(2 * MINUTE_MS);
      assert.deepEqual([provider.reads.length, state(second).nextPollAt], [2, nextPollAt]);
      await second.refresh(null);
      assert.equal(provider.reads.length, reads);
    });
  }

  it('a restart within the interval asks only when the interval is over', async () => {
    (await started()).dispose();
    for (let restart = 0; restart < 3; restart++) {
      const engine = await rig().start(dir(), [provider]);
      await rig().clock.advance(20 * SECOND_MS);
      engine.dispose();
    }
    assert.equal(provider.reads.length, 1);
  });

  it('knows after a restart when an unchanged value was read last', async () => {
    const first = await started();
    await rig().clock.advance(30 * MINUTE_MS);
    const { takenAt } = state(first);
    first.dispose();
    assert.ok(takenAt! > rig().clock.now() - 6 * MINUTE_MS);
    assert.equal(state(await rig().start(dir(), [provider])).takenAt, takenAt);
  });

  it('an account without a key is signed out, and is asked when it gets one', async () => {
    const engine = await rig().start(dir(), [provider]);
    engine.add({ accountId: 'a', draft });
    await rig().clock.advance(2 * SECOND_MS);
    assert.equal(state(engine).state, 'signed-out');
    assert.equal(state(engine).nextPollAt, null);
    rig().secrets.set('a', 'sk-a');
    engine.update({ accountId: 'a', changes: {}, credentialChanged: true });
    await rig().clock.advance(2 * SECOND_MS);
    assert.equal(state(engine).state, 'ok');
  });

  for (const [what, options] of [['folder', { home: '/another' }], ['address', { baseUrl: 'https://other.test' }]] as const) {
    it(`R40: the numbers of another ${what} are not shown when the new one cannot be read, nor after a restart`, async () => {
      provider.answer = ({ now }) => Promise.resolve(reading(now, { meters: [meter(now)], identity: 'Acme Inc.' }));
      const engine = await started();
      assert.deepEqual([state(engine).meters.length, state(engine).identity], [1, 'Acme Inc.']);
      provider.answer = () => Promise.reject(new ProviderError('unreachable', 'no'));
      engine.update({ accountId: 'a', changes: { options }, credentialChanged: false });
      assert.deepEqual([state(engine).meters, state(engine).identity], [[], null]);
      await rig().clock.advance(2 * MINUTE_MS);
      assert.deepEqual([state(engine).state, state(engine).meters], ['error', []]);
      engine.dispose();
      const again = state(await rig().start(dir(), [provider]));
      assert.deepEqual([again.state, again.meters, again.identity], ['error', [], null]);
    });
  }

  it('R40: an alias, a pace or a budget leaves the numbers as they are', async () => {
    const engine = await started();
    engine.update({ accountId: 'a', changes: { alias: 'other', options: { intervalMinutes: 9, monthlyBudgetUsd: 5 } }, credentialChanged: false });
    assert.equal(state(engine).meters[0]?.used, 42);
  });

  it('a change leaves alone what it does not name, whatever the window that asks for it knows', async () => {
    const engine = await started();
    const change = (changes: EngineParams<'updateAccount'>['changes']): unknown => engine.update({ accountId: 'a', changes, credentialChanged: false }).options;
    change({ options: { baseUrl: 'https://new.test', intervalMinutes: 5 } });
    assert.deepEqual(change({ options: { monthlyBudgetUsd: 7 } }), { baseUrl: 'https://new.test', intervalMinutes: 5, monthlyBudgetUsd: 7 });
    assert.deepEqual(change({ alias: 'renamed' }), { baseUrl: 'https://new.test', intervalMinutes: 5, monthlyBudgetUsd: 7 });
    assert.deepEqual(change({ options: { intervalMinutes: null } }), { baseUrl: 'https://new.test', monthlyBudgetUsd: 7 });
    assert.equal(state(engine).alias, 'renamed');
    engine.dispose();
    assert.deepEqual(state(await rig().start(dir(), [provider])).options, { baseUrl: 'https://new.test', monthlyBudgetUsd: 7 });
  });

  it('R38: asks through the proxy that is set now, not the one of its start', async () => {
    const proxies: (string | null)[] = [];
    const engine = await rig().start(null, [provider], [], {}, { http: { ...noHttp, configure: ({ proxy }) => void proxies.push(proxy) } });
    for (const proxy of ['http://proxy.example:3128', null]) engine.configure({ ...defaultEngineSettings, proxy });
    assert.deepEqual(proxies, ['http://proxy.example:3128', null]);
  });

  it('R38: tries what failed as soon as the proxy is another one, at the floor, but nothing that a vendor wants to rest', async () => {
    const cases: readonly (readonly ['unreachable' | 'rate-limited', Partial<EngineSettings>, number])[] = [
      ['unreachable', { proxy: 'http://proxy.example:3128' }, 4], ['unreachable', { noProxy: ['api.acme.test'] }, 4], ['unreachable', { warningRatio: 0.5 }, 3], ['rate-limited', { proxyStrictSsl: false }, 3],
    ];
    for (const [kind, more, reads] of cases) {
      provider = fakeProvider();
      provider.answer = () => Promise.reject(new ProviderError(kind, 'no'));
      rig().secrets.set('b', 'sk-b');
      const engine = await rig().start(null, [provider], [account('b')]);
      await rig().clock.advance(32 * MINUTE_MS);
      assert.equal(provider.reads.length, 3);
      engine.configure({ ...defaultEngineSettings, ...more });
      await rig().clock.advance(SECOND_MS);
      assert.equal(provider.reads.length, reads, JSON.stringify([kind, more]));
      engine.dispose();
    }
  });

  it('a reading of wrong form is a fault of ours, and no number of it is shown', async () => {
    provider.answer = ({ now }) => Promise.resolve(reading(now, { meters: [meter(now, { used: NaN })] }));
    const engine = await started();
    assert.deepEqual([state(engine).failure?.kind, state(engine).meters], ['internal', []]);
  });

  it('R7: a meter keeps where its number comes from on the whole way', async () => {
    provider.answer = ({ now }) => Promise.resolve(reading(now, { meters: [meter(now, { provenance: 'estimated', standing: 'vendor-file' })] }));
    const [shown] = state(await started()).meters;
    assert.deepEqual([shown?.provenance, shown?.standing], ['estimated', 'vendor-file']);
  });

  it('sums today and the month from the history, in the vendor\'s days', async () => {
    const today = Date.UTC(2026, 9, 31);
    provider.answer = ({ now }) => Promise.resolve(reading(now, { usage: [report(
      [bucket(today, { spanMs: DAY_MS, cost: usd(2) }), bucket(today - 10 * DAY_MS, { spanMs: DAY_MS, cost: usd(3) }), bucket(today - 40 * DAY_MS, { spanMs: DAY_MS, cost: usd(9) })],
      { source: 'costs', costKind: 'spent', costProvenance: 'billed', dayZone: 'UTC' },
    )] }));
    const engine = await started({ zone: 'America/Los_Angeles' });
    const { today: day, month } = state(engine);
    assert.deepEqual([day?.costs, month?.costs, month?.dayZone, month?.costProvenance], [[usd(2)], [usd(5)], 'UTC', 'billed']);
    assert.deepEqual(engine.usage({ days: 30 }).rows.map(row => [row.day, row.providerId, row.cost]), [['2026-10-21', 'acme', usd(3)], ['2026-10-31', 'acme', usd(2)]]);
  });

  it('drops figures of yesterday when the day changes, though nothing new was read', async () => {
    provider.answer = ({ now }) => Promise.resolve(reading(now, { usage: [report([bucket(Date.UTC(2026, 9, 31, 11))])] }));
    const engine = await started();
    provider.answer = () => Promise.reject(new ProviderError('unreachable', 'no'));
    assert.equal(state(engine).today?.tokens, 110);
    await rig().clock.advance(13 * HOUR_MS);
    assert.equal(state(engine).today, null);
  });

  it('warns once at 80 % and once at 95 %, in used percent, also over restarts', async () => {
    used(82);
    const first = await started();
    await rig().clock.advance(20 * MINUTE_MS);
    assert.deepEqual(rig().events.alert.map(({ message, level }) => [message, level]), [['Acme (work): 5-hour window 82% used.', 'warning']]);
    first.alertShown(rig().events.alert[0]!.id);
    first.dispose();
    const second = await rig().start(dir(), [provider]);
    await rig().clock.advance(10 * MINUTE_MS);
    assert.equal(rig().events.alert.length, 1);
    used(96);
    await rig().clock.advance(10 * MINUTE_MS);
    assert.deepEqual(rig().events.alert.map(({ level }) => level), ['warning', 'critical']);
    second.dispose();
  });

  it('R47: warns at the thresholds that the user chose, in two levels, and at no others', async () => {
    const alerts = (): unknown => rig().events.alert.map(({ message, level }) => [message, level]);
    const [half, most] = [['Acme (work): 5-hour window 55% used.', 'warning'], ['Acme (work): 5-hour window 91% used.', 'critical']];
    used(55);
    const engine = await started({ notifyRatios: [0.5, 0.9] });
    assert.deepEqual(alerts(), [half]);
    engine.alertShown(rig().events.alert[0]!.id);
    used(85);
    await rig().clock.advance(6 * MINUTE_MS);
    assert.deepEqual(alerts(), [half]);
    used(91);
    await rig().clock.advance(6 * MINUTE_MS);
    assert.deepEqual(alerts(), [half, most]);
    engine.dispose();
    used(99);
    const quiet = await rig().start(null, [provider], [account('b')], { notifyRatios: [] });
    rig().secrets.set('b', 'sk-b');
    await rig().clock.advance(6 * MINUTE_MS);
    assert.deepEqual([alerts(), quiet.snapshot().accounts[0]?.meters[0]?.used], [[half, most], 99]);
  });

  it('offers an alert again, when a window comes or gets the focus, until one has shown it', async () => {
    used(82);
    const engine = await started();
    const offers = () => rig().events.alert.length;
    const { id } = rig().events.alert[0]!;
    const before = offers();
    engine.greet(() => undefined);
    assert.equal(offers(), before + 1);
    engine.setFocused(true);
    assert.equal(offers(), before + 2);
    assert.deepEqual([engine.alertShown(id), engine.alertShown(id)], [true, false]);
    engine.greet(() => undefined);
    engine.setFocused(true);
    assert.equal(offers(), before + 2);
  });

  it('a failure warns of nothing', async () => {
    used(50);
    await started();
    provider.answer = () => Promise.reject(new ProviderError('changed', 'x'));
    await rig().clock.advance(2 * HOUR_MS);
    assert.deepEqual(rig().events.alert, []);
  });

  it('keeps the history of a removed account, unless told to forget it', async () => {
    const engine = await started();
    await engine.remove({ accountId: 'a', forget: false });
    assert.deepEqual(engine.snapshot().accounts, []);
    engine.add({ accountId: 'a', draft });
    engine.dispose();
    const again = await rig().start(dir(), [provider]);
    assert.notEqual(state(again).takenAt, null);
    await again.remove({ accountId: 'a', forget: true });
    again.add({ accountId: 'a', draft });
    again.dispose();
    assert.equal(state(await rig().start(dir(), [provider])).takenAt, null);
  });

  it('is asked twice where an engine ended before it said that it had done it: adds once, and takes away whole what is half gone', async () => {
    const first = await started();
    first.dispose();
    const second = await rig().start(dir(), [provider]);
    assert.equal(second.add({ accountId: 'a', draft }).id, 'a');
    await rig().clock.advance(2 * SECOND_MS);
    assert.deepEqual([second.snapshot().accounts.length, second.tools.auditLog().entries.length, provider.reads.length], [1, 1, 1]);
    second.dispose();
    new Accounts(dir()).remove('a'); // killed right after
    const third = await rig().start(dir(), [provider]);
    await third.remove({ accountId: 'a', forget: true });
    third.add({ accountId: 'a', draft });
    assert.equal(state(third).takenAt, null);
  });

  it('tests a key without keeping anything', async () => {
    rig().secrets.set('t', 'sk-t');
    const engine = await rig().start(dir(), [provider]);
    provider.answer = ({ now }) => Promise.resolve(reading(now, { identity: 'Org', notes: ['No credits with this key.'] }));
    assert.deepEqual(await engine.test({ accountId: 't', draft }), { ok: true, identity: 'Org', notes: ['No credits with this key.'] });
    provider.answer = () => Promise.reject(new ProviderError('wrong-key', 'This is a project key; an admin key is needed.'));
    assert.deepEqual(await engine.test({ accountId: 't', draft }), { ok: false, kind: 'wrong-key', message: 'This is a project key; an admin key is needed.' });
    assert.deepEqual(engine.snapshot().accounts, []);
  });

  it('refuses unknown providers, unknown accounts and taken ids with a sentence', async () => {
    const engine = await started();
    assert.throws(() => engine.add({ accountId: 'b', draft: { ...draft, providerId: 'nobody' } }), /no provider called "nobody"/);
    assert.throws(() => engine.add({ accountId: 'a', draft: { ...draft, alias: 'other' } }), /already/);
    assert.throws(() => engine.update({ accountId: 'x', changes: { alias: 'x' }, credentialChanged: false }), /no such account/);
  });

  it('a damaged list of accounts is kept aside and said; a newer one is left alone', async () => {
    mkdirSync(dir(), { recursive: true });
    writeFileSync(path.join(dir(), 'accounts.json'), '{"version":1,"accounts":[{');
    const engine = await rig().start(dir(), [provider]);
    assert.match(engine.snapshot().storeWarning ?? '', /damaged/);
    assert.equal(readFileSync(path.join(dir(), 'accounts.json.damaged'), 'utf8'), '{"version":1,"accounts":[{');
    engine.dispose();
    const newer = '{"version":2,"accounts":[],"more":1}';
    writeFileSync(path.join(dir(), 'accounts.json'), newer);
    const second = await rig().start(dir(), [provider]);
    assert.throws(() => second.add({ accountId: 'a', draft }), /newer version/);
    assert.equal(readFileSync(path.join(dir(), 'accounts.json'), 'utf8'), newer);
  });

  it('takes 50 accounts and no more, and leaves no half-written list', async () => {
    const engine = await rig().start(dir(), [provider]);
    for (let index = 0; index < 50; index++) engine.add({ accountId: `a${index}`, draft });
    assert.throws(() => engine.add({ accountId: 'b', draft }), /50 accounts at most/);
    assert.ok(!readdirSync(dir()).some(name => name.endsWith('.tmp')));
  });

  it('R32: no byte of a key is on the disk, in a log, an event or a snapshot, whatever happens', async () => {
    const canary = 'sk-canary-0123456789abcdef';
    rig().secrets.set('a', canary);
    const engine = await rig().start(dir(), [provider]);
    engine.add({ accountId: 'a', draft });
    const ways: (() => Promise<never>)[] = [
      () => Promise.reject(new ProviderError('auth', `Bearer ${canary} was refused`)),
      () => Promise.reject(new Error(`fetch with ${canary} failed`)),
      () => Promise.reject(new ProviderError('rate-limited', `wait, ${canary}`, { retryAfterMs: 0 })),
    ];
    provider.answer = ({ now }) => Promise.resolve(reading(now, { identity: canary, meters: [meter(now)] }));
    await rig().clock.advance(7 * HOUR_MS);
    for (const way of ways) {
      provider.answer = way;
      engine.update({ accountId: 'a', changes: {}, credentialChanged: true });
      await rig().clock.advance(2 * HOUR_MS);
    }
    provider.answer = ({ now }) => Promise.resolve(reading(now, { meters: [meter(now)] }));
    engine.update({ accountId: 'a', changes: {}, credentialChanged: true });
    await rig().clock.advance(7 * HOUR_MS);
    assert.equal(state(engine).state, 'ok');
    engine.dispose();
    assert.ok(rig().events.log.length > 3);
    assert.ok(!JSON.stringify(rig().events).includes(canary));
    for (const file of readdirSync(dir(), { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())) {
      assert.ok(!readFileSync(path.join(file.parentPath, file.name)).includes(canary), file.name);
    }
  });
});
