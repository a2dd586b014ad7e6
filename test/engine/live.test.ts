import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProviderError } from '../../src/core/errors';
import { noPrices } from '../../src/core/pricing';
import type { Reading } from '../../src/core/reading';
import { defaultEngineSettings } from '../../src/core/settings';
import { MINUTE_MS, SECOND_MS } from '../../src/core/time';
import type { Engine } from '../../src/engine/engine';
import { watchFolder, type WatchFolder } from '../../src/engine/logs/logWatch';
import { Poller } from '../../src/engine/poller';
import { PollMarks } from '../../src/engine/pollMarks';
import { Reader } from '../../src/engine/reader';
import { claude } from '../../src/providers/claude';
import { noHttp, readsEnded, useRig } from '../support/engineRig';
import { FakeClock } from '../support/fakeClock';
import { account, fakeProvider, reading, type FakeProvider } from '../support/readings';
import { claudeLine, TestHome } from './logs/rig';

describe('a poller that is hurried', () => {
  let clock: FakeClock;
  let provider: FakeProvider;
  let poller: Poller;
  let reads: { readonly live: boolean; readonly at: number }[];
  let start: number;
  let asked: number;

  beforeEach(async () => {
    clock = new FakeClock();
    start = clock.now();
    provider = fakeProvider();
    [reads, asked] = [[], 0];
    const marks = new PollMarks(null, clock);
    poller = new Poller({
      clock, random: () => 0.5, settings: () => defaultEngineSettings,
      marks: { get: id => marks.get(id), usedAt: key => marks.usedAt(key), answered: id => marks.answered(id), asked: (id, key) => { asked++; marks.asked(id, key); } },
      prepare: (target, live) => {
        reads.push({ live, at: clock.now() - start });
        return Promise.resolve({ credentialKey: 'account:a', run: signal => provider.read({ now: clock.now(), account: target.account, signal } as never) });
      },
      onOutcome: () => undefined, onChange: () => undefined, onLook: () => undefined, log: () => undefined,
    });
    poller.add({ account: account('a'), provider }, { askedAt: null, notBefore: null });
    await clock.advance(10 * SECOND_MS);
    assert.deepEqual(reads, [{ live: false, at: SECOND_MS }]);
    reads = [];
  });
  afterEach(() => poller.dispose());

  it('reads at once, within the floor, leaves no mark, and leaves the planned poll as it is', async () => {
    const planned = poller.nextPollAt('a');
    poller.hurry('a');
    await clock.advance(SECOND_MS);
    poller.hurry('a');
    await clock.advance(SECOND_MS);
    assert.deepEqual([reads, asked, poller.nextPollAt('a')], [[{ live: true, at: 10_000 }, { live: true, at: 11_000 }], 1, planned]);
    await clock.advance(5 * MINUTE_MS);
    assert.deepEqual([reads.at(-1), asked], [{ live: false, at: (planned ?? 0) - start }, 2]);
  });

  it('holds the floor of an account without a key when its options change', async () => {
    poller.update({ account: account('a', { options: { intervalMinutes: 2 } }), provider }, true);
    await clock.advance(45 * SECOND_MS);
    assert.equal(asked, 1);
    await clock.advance(15 * SECOND_MS);
    assert.equal(asked, 2);
  });

  it('reads once more when it was hurried while it read, however often', async () => {
    let end: () => void = () => undefined;
    provider.answer = ({ now }) => new Promise(resolve => { end = () => resolve(reading(now)); });
    for (let i = 0; i < 5; i++) poller.hurry('a');
    await clock.advance(SECOND_MS);
    end();
    await clock.advance(SECOND_MS);
    end();
    await clock.advance(SECOND_MS);
    assert.equal(reads.length, 2);
  });

  it('waits until somebody looks', async () => {
    poller.setFocused(false);
    poller.hurry('a');
    await clock.advance(30 * SECOND_MS);
    assert.equal(reads.length, 0);
    poller.setFocused(true);
    await clock.advance(0);
    assert.deepEqual(reads, [{ live: true, at: 40_000 }]);
  });

  it('leaves an account that fails to its back-off', async () => {
    provider.answer = () => Promise.reject(new ProviderError('unreadable', 'gone'));
    poller.hurry('a');
    await clock.advance(SECOND_MS);
    for (let i = 0; i < 5; i++) {
      poller.hurry('a');
      await clock.advance(SECOND_MS);
    }
    assert.equal(reads.length, 1);
  });

  it('reads an account of this machine at once after a restart, however short a time ago it was read, but not one that failed or asks a vendor', async () => {
    const now = clock.now();
    const local = { ...provider, info: { ...provider.info, credential: { kind: 'local', reads: 'logs' }, baseUrl: null } } as const;
    const earlier = { askedAt: now - 5 * SECOND_MS, notBefore: null };
    poller.add({ account: account('local'), provider: local }, earlier);
    poller.add({ account: account('failed'), provider: local }, { ...earlier, notBefore: now + MINUTE_MS });
    poller.add({ account: account('remote'), provider }, earlier);
    await clock.advance(0);
    assert.deepEqual(reads.map(({ live }) => live), [true]);
    assert.ok(poller.nextPollAt('local') !== null);
  });

  it('knows nothing of accounts that are gone', async () => {
    poller.remove('a');
    poller.hurry('a');
    await clock.advance(MINUTE_MS);
    assert.equal(reads.length, 0);
  });
});

describe('a reader of many gigabytes of logs', () => {
  it('gives what it has counted so far, asks to be read again, and ends with all of it', async () => {
    const home = new TestHome();
    for (let i = 0; i < 6; i++) home.lines(`.claude/projects/-home-dev-app/${i}.jsonl`, claudeLine({ id: `msg_${i}`, at: `2026-10-31T1${i}:00:00Z` }));
    let [now, wishes] = [0, 0];
    const clock = { now: () => (now += 2 * SECOND_MS), after: () => ({ dispose: () => undefined }) };
    const reader = new Reader({
      clock, http: noHttp, machine: home.machine, prices: () => noPrices, stateDir: null, salt: Buffer.alloc(32), threads: null,
      watch: () => ({ on: () => undefined, close: () => undefined }), changed: () => wishes++, reading: () => undefined, log: () => undefined, guard: () => undefined,
      zone: () => 'UTC', folders: () => [], earlier: () => [], secret: () => Promise.resolve(null),
    });
    try {
      const read = async (live: boolean): Promise<Reading> =>
        (await reader.prepare({ account: account('a', { providerId: 'claude' }), provider: claude }, live)).run(new AbortController().signal);
      const readings = [await read(false)];
      while (wishes === readings.length) readings.push(await read(true));
      assert.ok(readings.length > 2, `${readings.length} readings`);
      assert.deepEqual(readings.map(({ notes }) => notes.some(note => /still being read/.test(note))), readings.map((_, i) => i < readings.length - 1));
      const hours = readings.flatMap(({ usage }) => usage.flatMap(({ buckets }) => buckets.map(({ startAt }) => startAt)));
      assert.equal(new Set(hours).size, 6);
    } finally {
      reader.dispose();
      home.remove();
    }
  });
});

describe('live usage', () => {
  const rig = useRig();
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());
  const now = (): string => new Date(rig().clock.now()).toISOString();
  const session = (name: string): string => `.claude/projects/-home-dev-${name}/a.jsonl`;
  const tokens = (engine: Engine): number | null => engine.snapshot().accounts[0]?.today?.tokens ?? null;

  /** Lets far less time pass than there is between two polls. */
  async function until(engine: Engine, wanted: number): Promise<void> {
    const begun = rig().clock.now();
    for (let i = 0; i < 150 && tokens(engine) !== wanted; i++) {
      await sleep(10);
      await rig().clock.advance(100);
    }
    assert.equal(tokens(engine), wanted);
    assert.ok(rig().clock.now() - begun < 40 * SECOND_MS);
  }
  /** How many folders the work lists. */
  async function listings(work: () => Promise<void>): Promise<number> {
    const { readdirSync } = fs;
    let count = 0;
    Object.assign(fs, { readdirSync: (...args: Parameters<typeof readdirSync>) => { count++; return readdirSync(...args); } });
    try {
      await work();
    } finally {
      Object.assign(fs, { readdirSync });
    }
    return count;
  }
  const begin = async (watch: WatchFolder): Promise<Engine> => {
    const engine = await rig().start(null, [claude], [account('a', { providerId: 'claude' })], {}, { machine: { ...home.machine, platform: process.platform }, watch });
    await until(engine, 110);
    return engine;
  };

  it('R27: an appended line, a new log and a new folder show without waiting for a poll, the first without listing any folder', async () => {
    home.lines(session('app'), claudeLine({ at: now() }));
    const engine = await begin(watchFolder);
    const planned = engine.snapshot().accounts[0]?.nextPollAt;
    for (let i = 0; i < 10 || engine.snapshot().accounts[0]?.refreshing === true; i++) {
      await rig().clock.advance(100); // what was missed before it was watched is looked for
      await sleep(10);
    }
    const listed = await listings(async () => {
      home.append(session('app'), `${claudeLine({ id: 'msg_2', at: now(), input: 0, output: 1 })}\n`);
      await until(engine, 111);
    });
    assert.equal(listed, 0);
    home.lines('.claude/projects/-home-dev-app/b.jsonl', claudeLine({ id: 'msg_3', at: now(), input: 0, output: 2 }));
    await until(engine, 113);
    home.lines(session('new'), claudeLine({ id: 'msg_4', at: now(), input: 0, output: 4 }));
    await until(engine, 117);
    assert.equal(engine.snapshot().accounts[0]?.nextPollAt, planned);
  });

  it('R23: who is signed in, and the limits, are those of the file as it is at each poll', async () => {
    home.lines(session('app'), claudeLine({ id: 'msg_1', at: now() }));
    const signedIn = JSON.parse(fs.readFileSync(path.join(__dirname, '../fixtures/claude/claude.json'), 'utf8')) as { cachedUsageUtilization: { fetchedAtMs: number } };
    const engine = await rig().start(null, [claude], [account('a', { providerId: 'claude' })], {}, { machine: home.machine });
    const poll = async (file: object): Promise<unknown> => {
      home.write('.claude.json', JSON.stringify(file));
      await rig().clock.advance(MINUTE_MS);
      await engine.refresh('a');
      const [view] = engine.snapshot().accounts;
      return [view?.identity, view?.meters[0]?.used];
    };
    const used = (percent: number): object => ({ ...signedIn, cachedUsageUtilization: { ...signedIn.cachedUsageUtilization, fetchedAtMs: rig().clock.now(), utilization: { five_hour: { utilization: percent } } } });
    const { oauthAccount: _, ...signedOut } = signedIn as object as Record<string, unknown>;
    assert.deepEqual([await poll(used(12)), await poll(signedOut), await poll(used(34))], [['Example GmbH', 12], [null, undefined], ['Example GmbH', 34]]);
  });

  it('R40: is that of another folder as soon as the account has that one, whatever its floor', async () => {
    for (const folder of ['', 'work/']) home.lines(`${folder}${session('app')}`, claudeLine({ at: now() }));
    const file = JSON.parse(fs.readFileSync(path.join(__dirname, '../fixtures/claude/claude.json'), 'utf8')) as { cachedUsageUtilization: { fetchedAtMs: number } };
    file.cachedUsageUtilization.fetchedAtMs = rig().clock.now();
    home.write('.claude.json', JSON.stringify(file));
    const engine = await rig().start(null, [claude], [account('a', { providerId: 'claude' })], {}, { machine: home.machine });
    const shown = async (): Promise<unknown> => {
      await rig().clock.advance(2 * SECOND_MS);
      await readsEnded(engine);
      const [view] = engine.snapshot().accounts;
      return [view?.identity, view?.meters.length, view?.notes.some(note => note.includes('.claude.json was not found'))];
    };
    assert.deepEqual(await shown(), ['Example GmbH', 4, false]);
    engine.update({ accountId: 'a', changes: { options: { home: `${home.dir}/work/.claude` } }, credentialChanged: false });
    assert.deepEqual(await shown(), [null, 0, true]);
  });

  it('is left to the polls where nothing can be watched', async () => {
    home.lines(session('app'), claudeLine({ at: now() }));
    const engine = await begin(() => { throw Object.assign(new Error('no space left'), { code: 'ENOSPC' }); });
    assert.ok(rig().events.log.some(({ message }) => /ENOSPC/.test(message)));
    home.append(session('app'), `${claudeLine({ id: 'msg_2', at: now(), input: 0, output: 1 })}\n`);
    await rig().clock.advance(2 * MINUTE_MS);
    for (let i = 0; i < 50 && tokens(engine) !== 111; i++) await sleep(10);
    assert.equal(tokens(engine), 111);
  });

  it('watches nothing once the account is gone', async () => {
    home.lines(session('app'), claudeLine({ at: now() }));
    let open = 0;
    const engine = await begin((...args) => {
      const watcher = watchFolder(...args);
      open++;
      return { on: watcher.on.bind(watcher), close: () => { open--; watcher.close(); } };
    });
    assert.ok(open > 0);
    await engine.remove({ accountId: 'a', forget: true });
    assert.equal(open, 0);
  });
});
