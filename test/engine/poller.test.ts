import assert from 'node:assert/strict';
import { ProviderError } from '../../src/core/errors';
import { defaultEngineSettings, type EngineSettings } from '../../src/core/settings';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/time';
import { Poller } from '../../src/engine/poller';
import type { Outcome, Target } from '../../src/engine/polling';
import { keyTag, PollMarks } from '../../src/engine/pollMarks';
import { HttpError } from '../../src/providers/httpError';
import type { ReadContext } from '../../src/providers/provider';
import { FakeClock, settle } from '../support/fakeClock';
import { account, fakeProvider, reading, type FakeProvider } from '../support/readings';
import { useTempDir } from '../support/tempDir';

describe('poller', () => {
  let clock: FakeClock;
  let start: number;
  let provider: FakeProvider;
  let poller: Poller;
  let settings: EngineSettings;
  let marks: PollMarks;
  let secrets: Record<string, string>;
  let outcomes: { id: string; outcome: Outcome; nextPollAt: number | null }[];
  let logs: string[];
  let changes: number;
  let looks: number;

  const makePoller = (random = () => 0.5) => new Poller({
    clock, random, marks, settings: () => settings,
    prepare: async ({ account: { id }, provider: adapter }: Target) => ({
      credentialKey: `acme:${secrets[id] ?? id}`,
      run: signal => adapter.read({ now: clock.now(), account: { id, options: {} }, signal } as unknown as ReadContext),
    }),
    onOutcome: (target, outcome, nextPollAt) => outcomes.push({ id: target.account.id, outcome, nextPollAt }),
    onChange: () => { changes++; }, onLook: () => { looks++; },
    log: (_level, message) => logs.push(message),
  });

  beforeEach(() => {
    clock = new FakeClock();
    start = clock.now();
    provider = fakeProvider();
    settings = defaultEngineSettings;
    secrets = {};
    outcomes = [];
    logs = [];
    marks = new PollMarks(null, clock);
    changes = looks = 0;
    poller = makePoller();
  });
  afterEach(() => poller.dispose());

  const add = (id: string, options = {}, adapter = provider) =>
    poller.add({ account: account(id, { options }), provider: adapter }, { askedAt: null, notBefore: null });
  /** Minutes since the start of every read. */
  const minutes = (adapter = provider) => adapter.reads.map(({ at }) => Math.round((at - start) / SECOND_MS) / 60);
  const fail = (error: Error) => { provider.answer = () => Promise.reject(error); };

  it('plans the next poll when the last one has ended', async () => {
    let end: () => void = () => undefined;
    provider.answer = ({ now }) => new Promise(resolve => { end = () => resolve(reading(now)); });
    add('a');
    await clock.advance(40 * SECOND_MS);
    assert.equal(poller.nextPollAt('a'), start + SECOND_MS); // as it was, while the read runs
    end();
    await clock.advance(0);
    assert.equal(poller.nextPollAt('a'), start + 40 * SECOND_MS + 5 * MINUTE_MS);
    await clock.advance(5 * MINUTE_MS);
    assert.equal(provider.reads.length, 2);
  });

  it('one slow account delays no other', async () => {
    const slow = fakeProvider();
    slow.answer = () => new Promise(() => undefined);
    add('slow', {}, slow);
    add('quick');
    await clock.advance(11 * MINUTE_MS);
    assert.equal(provider.reads.length, 3);
  });

  it('asks accounts together that are due at about the same time, none of them late by more than a thirtieth of its interval', async () => {
    add('a');
    await clock.advance(3 * SECOND_MS);
    add('b');
    await clock.advance(9 * SECOND_MS);
    add('c');
    await clock.advance(5 * MINUTE_MS + 5 * SECOND_MS);
    assert.deepEqual(provider.reads.map(({ accountId, at }) => [accountId, (at - start) / SECOND_MS]), [['a', 1], ['b', 4], ['c', 13], ['a', 304], ['b', 304], ['c', 313]]);
  });

  it('asks them together, too, when its look at the clock falls between them', async () => {
    settings = { ...settings, intervalMinutes: 1 };
    const spread = [0.5, 0.5, 0.5, 0.51]; // due after 60 and 60.1 seconds: one look at the clock comes between
    poller.dispose();
    poller = makePoller(() => spread.shift() ?? 0.5);
    add('a');
    add('b');
    await clock.advance(3 * SECOND_MS + MINUTE_MS);
    const at = provider.reads.map(read => (read.at - start) / SECOND_MS);
    assert.deepEqual(at, [1, 1, 61.12, 61.12]);
  });

  it('a look at the clock is no change', async () => {
    add('a', { intervalMinutes: 60 });
    await clock.advance(2 * SECOND_MS);
    const [before, lookedBefore] = [changes, looks];
    await clock.advance(10 * MINUTE_MS);
    assert.equal(changes, before);
    assert.equal(looks - lookedBefore, 10);
  });

  it('makes no account wait for others that is due when somebody comes, or after a start', async () => {
    for (const [id, askedAt] of [['a', start - 5 * MINUTE_MS], ['b', start - 5 * MINUTE_MS + 8 * SECOND_MS]] as const) poller.add({ account: account(id), provider }, { askedAt, notBefore: null });
    await clock.advance(7 * SECOND_MS);
    assert.deepEqual(provider.reads.map(({ accountId }) => accountId), ['a'], 'after a start');
    await clock.advance(2 * SECOND_MS);
    assert.equal(provider.reads.length, 2);
    poller.setFocused(false);
    await clock.advance(5 * MINUTE_MS - 7 * SECOND_MS);
    poller.setFocused(true);
    await clock.advance(0);
    assert.deepEqual(provider.reads.map(({ accountId }) => accountId), ['a', 'b', 'a'], 'when somebody comes');
  });

  it('an account that is due alone waits for nobody', async () => {
    add('a');
    await clock.advance(10 * MINUTE_MS + 2 * SECOND_MS);
    assert.deepEqual(minutes(), [1 / 60, 5 + 1 / 60, 10 + 1 / 60]);
  });

  it('gives up a read after a minute, aborts it, and goes on', async () => {
    provider.answer = () => new Promise(() => undefined);
    add('a');
    await clock.advance(62 * SECOND_MS);
    assert.equal(outcomes[0]?.outcome.ok === false && outcomes[0].outcome.error.message, 'Acme gave no answer within 60 s.');
    assert.ok(provider.reads[0]?.signal.aborted);
    assert.notEqual(poller.nextPollAt('a'), null);
  });

  it('R18: backs off from an endpoint that says 429, up to six hours between reads', async () => {
    fail(new ProviderError('rate-limited', 'slow down'));
    add('a');
    await clock.advance(24 * HOUR_MS);
    assert.deepEqual(minutes().map(Math.round), [0, 10, 30, 70, 150, 310, 630, 990, 1350]);
  });

  it('R19: retry-after: 0 never makes it ask within a minute, not even by hand', async () => {
    provider = fakeProvider({ defaultIntervalMs: MINUTE_MS });
    fail(new ProviderError('rate-limited', 'slow down', { retryAfterMs: 0 }));
    add('a');
    await clock.advance(2 * SECOND_MS);
    for (let second = 0; second < 55; second++) {
      await poller.refresh('a');
      await clock.advance(SECOND_MS);
    }
    assert.equal(provider.reads.length, 1);
    assert.equal(logs.length, 55);
    await clock.advance(5 * MINUTE_MS);
    assert.ok(provider.reads.length > 1);
  });

  it('obeys a Retry-After of half an hour, also against a refresh by hand', async () => {
    fail(new ProviderError('rate-limited', 'slow down', { retryAfterMs: 30 * MINUTE_MS }));
    add('a');
    await clock.advance(29 * MINUTE_MS);
    await poller.refresh(null);
    assert.equal(provider.reads.length, 1);
    await clock.advance(5 * MINUTE_MS);
    assert.equal(provider.reads.length, 2);
  });

  for (const kind of ['auth', 'wrong-key'] as const) {
    it(`stops after ${kind} until the user acts`, async () => {
      fail(new ProviderError(kind, 'no'));
      add('a');
      await clock.advance(24 * HOUR_MS);
      assert.equal(provider.reads.length, 1);
      assert.equal(poller.nextPollAt('a'), null);
      poller.update({ account: account('a'), provider }, true);
      await clock.advance(SECOND_MS);
      assert.equal(provider.reads.length, 2);
      await clock.advance(HOUR_MS);
      await poller.refresh('a');
      assert.equal(provider.reads.length, 3);
    });
  }

  it('a refresh polls at once what may be polled, and ends when the poll has ended', async () => {
    add('a');
    await clock.advance(2 * MINUTE_MS);
    await poller.refresh('a');
    assert.equal(outcomes.length, 2);
    assert.equal(poller.nextPollAt('a'), clock.now() + 5 * MINUTE_MS);
  });

  it('a refresh within the floor changes no plan, and tells the log', async () => {
    add('a');
    await clock.advance(30 * SECOND_MS);
    const planned = poller.nextPollAt('a');
    await poller.refresh('a');
    assert.deepEqual([provider.reads.length, poller.nextPollAt('a')], [1, planned]);
    assert.match(logs[0] ?? '', /not asked for another \d+ s/);
  });

  it('a refresh joins a poll that runs', async () => {
    let end: () => void = () => undefined;
    provider.answer = ({ now }) => new Promise(resolve => { end = () => resolve(reading(now)); });
    add('a');
    await clock.advance(2 * SECOND_MS);
    const refreshed = poller.refresh('a');
    end();
    await refreshed;
    assert.equal(provider.reads.length, 1);
  });

  it('accounts with one key share its floor', async () => {
    provider = fakeProvider({ defaultIntervalMs: MINUTE_MS });
    secrets = { a: 'same', b: 'same', c: 'other' };
    for (const id of ['a', 'b', 'c']) add(id);
    await clock.advance(30 * MINUTE_MS);
    const at = (ids: string[]) => provider.reads.filter(({ accountId }) => ids.includes(accountId)).map(read => read.at).sort((x, y) => x - y);
    const shared = at(['a', 'b']);
    assert.ok(shared.every((each, index) => index === 0 || each - shared[index - 1]! >= MINUTE_MS));
    assert.ok(at(['a']).length > 5 && at(['b']).length > 5, 'both come to their turn');
    assert.ok(at(['c']).length >= 29);
  });

  it('keys whose marks begin alike have nothing to do with each other', async () => {
    const seen = new Map<string, string>();
    for (let n = 0; secrets['b'] === undefined; n++) {
      const begin = keyTag(`acme:${n}`).slice(0, 4);
      const other = seen.get(begin);
      if (other !== undefined) secrets = { a: other, b: String(n) };
      seen.set(begin, String(n));
    }
    for (const id of ['a', 'b']) add(id);
    await clock.advance(10 * SECOND_MS);
    assert.equal(provider.reads.length, 2);
  });

  it('accounts with one key share its back-off, and others do not', async () => {
    secrets = { a: 'same', b: 'same', c: 'other' };
    provider.answer = ({ now, account: { id } }) => id === 'c' ? Promise.resolve(reading(now)) : Promise.reject(new ProviderError('rate-limited', 'slow down', { retryAfterMs: 2 * HOUR_MS }));
    for (const id of ['a', 'b', 'c']) add(id);
    await clock.advance(2 * HOUR_MS - MINUTE_MS);
    assert.equal(provider.reads.filter(({ accountId }) => accountId !== 'c').length, 1);
    assert.ok(provider.reads.filter(({ accountId }) => accountId === 'c').length > 20);
  });

  it('drops what arrives after its account went away, or after the end', async () => {
    const ends: (() => void)[] = [];
    provider.answer = ({ now }) => new Promise(resolve => { ends.push(() => resolve(reading(now))); });
    add('a');
    add('b');
    await clock.advance(2 * SECOND_MS);
    poller.remove('a');
    poller.dispose();
    for (const end of ends) end();
    await clock.advance(HOUR_MS);
    assert.deepEqual(outcomes, []);
    assert.equal(provider.reads.length, 2);
    assert.ok(provider.reads.every(({ signal }) => signal.aborted));
    assert.equal(clock.pending, 0);
  });

  it('what a change dropped in mid-read is no failure: back-off does not begin with it, and new logs are read at once', async () => {
    const tool = fakeProvider({ credential: { kind: 'local', reads: '' }, baseUrl: null });
    const givenUp = ({ signal }: ReadContext) => new Promise<never>((_, reject) => { signal.addEventListener('abort', () => reject(new ProviderError('unreachable', 'given up'))); });
    for (const [id, adapter] of [['logs', tool], ['key', provider]] as const) {
      adapter.answer = givenUp;
      add(id, {}, adapter);
    }
    await clock.advance(2 * SECOND_MS);
    tool.answer = ({ now }) => Promise.resolve(reading(now));
    fail(new HttpError('unreachable', 'trouble', { status: 500 }));
    for (const [id, adapter] of [['logs', tool], ['key', provider]] as const) poller.update({ account: account(id, { options: { intervalMinutes: 6 } }), provider: adapter }, false);
    await clock.advance(2 * SECOND_MS);
    const before = tool.reads.length;
    poller.hurry('logs');
    await clock.advance(0);
    assert.equal(tool.reads.length, before + 1);
    await clock.advance(2 * MINUTE_MS);
    assert.equal(provider.reads.length, 2);
    assert.equal(poller.nextPollAt('key')! - provider.reads[1]!.at, 12 * MINUTE_MS);
  });

  it('R22: after a night\'s sleep polls each account once, not once for each missed time, and not before the network may be back', async () => {
    for (const focused of [true, false]) {
      add('a');
      await clock.advance(2 * SECOND_MS);
      poller.setFocused(focused);
      const before = provider.reads.length;
      clock.jump(8 * HOUR_MS);
      poller.setFocused(true); // whoever opens the lid looks at once
      const wokeAt = clock.now();
      await clock.advance(2 * MINUTE_MS);
      assert.equal(provider.reads.length, before + 1);
      assert.ok(provider.reads.at(-1)!.at >= wokeAt + 15 * SECOND_MS, 'the network was not back yet');
      poller.remove('a');
    }
  });

  it('R22: what failed before the machine slept is tried soon after, but not what a vendor asked to wait for', async () => {
    provider.answer = ({ account: { id } }) => Promise.reject(id === 'told' ? new ProviderError('rate-limited', 'slow down', { retryAfterMs: 6 * HOUR_MS }) : new HttpError('unreachable', 'trouble', { status: 502 }));
    add('off');
    add('told');
    await clock.advance(320 * MINUTE_MS); // the next tries would be in five hours, and in forty minutes
    const asked = (id: string) => provider.reads.filter(({ accountId }) => accountId === id).length;
    const before = asked('off');
    assert.ok(poller.nextPollAt('off')! - clock.now() > 15 * MINUTE_MS, 'it waits');
    clock.jump(12 * MINUTE_MS);
    await clock.advance(90 * SECOND_MS);
    assert.deepEqual([asked('off'), asked('told')], [before + 1, 1]);
  });

  for (const [what, error] of [['no network', new ProviderError('unreachable', 'no network')], ['no window that gives keys', new ProviderError('unreadable', 'no key')]] as const) {
    it(`R22: where there was ${what} for an evening accounts are read soon after there is one, however seldom they are polled`, async () => {
      add('often');
      add('seldom', { intervalMinutes: 120 });
      await clock.advance(2 * SECOND_MS);
      fail(error);
      await clock.advance(8 * HOUR_MS);
      provider.answer = ({ now }) => Promise.resolve(reading(now));
      const [back, before] = [clock.now(), provider.reads.length];
      assert.ok(before < 2 * 8 * 60 / 10, 'nor are they tried all the time');
      await clock.advance(16 * MINUTE_MS);
      for (const id of ['often', 'seldom']) assert.ok(provider.reads.some(({ accountId, at }) => accountId === id && at >= back), id);
    });
  }

  it('R18: who answers that it has trouble is asked less and less, and so are logs that take too long', async () => {
    const tool = fakeProvider({ credential: { kind: 'local', reads: '' }, baseUrl: null });
    for (const adapter of [provider, tool]) adapter.answer = () => Promise.reject(adapter === tool ? new ProviderError('unreachable', 'took too long') : new HttpError('unreachable', 'trouble', { status: 503 }));
    add('a');
    add('b', {}, tool);
    await clock.advance(12 * HOUR_MS);
    for (const adapter of [provider, tool]) assert.deepEqual(minutes(adapter).map(Math.round), [0, 10, 30, 70, 150, 310, 630]);
  });

  it('R22: a refresh by hand asks again who could not be reached, at the floor, however long the back-off is', async () => {
    fail(new ProviderError('unreachable', 'no network'));
    add('a');
    await clock.advance(HOUR_MS);
    const [before, planned] = [provider.reads.length, poller.nextPollAt('a')!];
    assert.ok(planned - clock.now() > 5 * MINUTE_MS);
    provider.answer = ({ now }) => Promise.resolve(reading(now));
    await poller.refresh('a');
    assert.equal(provider.reads.length, before + 1);
    assert.equal(outcomes.at(-1)?.outcome.ok, true);
    await poller.refresh('a');
    assert.equal(provider.reads.length, before + 1, 'the floor holds');
  });

  it('takes no long time without accounts for sleep', async () => {
    await clock.advance(HOUR_MS);
    add('a');
    await clock.advance(2 * SECOND_MS);
    assert.deepEqual(minutes(), [60 + 1 / 60]);
  });

  it('plans anew when the clock is set back', async () => {
    add('a');
    await clock.advance(2 * SECOND_MS);
    clock.jump(-3 * HOUR_MS);
    await clock.advance(7 * MINUTE_MS);
    assert.equal(provider.reads.length, 2);
    assert.ok(poller.nextPollAt('a')! - clock.now() <= 5 * MINUTE_MS);
    clock.jump(HOUR_MS); // as after a sleep
    await clock.advance(MINUTE_MS);
    clock.jump(-HOUR_MS);
    await clock.advance(7 * MINUTE_MS);
    assert.equal(provider.reads.length, 4, 'nor does the quiet after a sleep last');
  });

  it('R34: reads nothing that the setting for sources leaves out, and begins when it is allowed', async () => {
    provider = fakeProvider({ standing: 'unofficial' });
    add('a');
    await clock.advance(HOUR_MS);
    await poller.refresh('a');
    assert.equal(provider.reads.length, 0);
    settings = { ...settings, standing: 'unofficial' };
    poller.replan();
    await clock.advance(SECOND_MS);
    assert.equal(provider.reads.length, 1);
    settings = { ...settings, standing: 'official' };
    poller.replan();
    await clock.advance(HOUR_MS);
    assert.equal(provider.reads.length, 1);
  });

  it('holds floor, interval and back-off of an earlier run', async () => {
    const target = (id: string) => ({ account: account(id), provider });
    poller.add(target('asked'), { askedAt: start - 2 * MINUTE_MS, notBefore: null });
    poller.add(target('failed'), { askedAt: start - 2 * MINUTE_MS, notBefore: start + 2 * HOUR_MS });
    poller.add(target('future'), { askedAt: start + 99 * HOUR_MS, notBefore: start + 9_999 * HOUR_MS });
    assert.equal(poller.nextPollAt('asked'), start + 3 * MINUTE_MS);
    assert.equal(poller.nextPollAt('failed'), start + 2 * HOUR_MS);
    assert.equal(poller.nextPollAt('future'), start + 6 * HOUR_MS);
    await poller.refresh('failed');
    assert.equal(provider.reads.length, 0);
    poller.add(target('off'), { askedAt: start - 2 * MINUTE_MS, notBefore: start + 2 * HOUR_MS, mayAsk: true });
    assert.equal(poller.nextPollAt('off'), start + 2 * HOUR_MS);
    await poller.refresh('off');
    assert.equal(provider.reads.length, 1, 'R22: nobody asked to wait for so long');
  });

  describe('and who looks', () => {
    const known = () => poller.add({ account: account('a'), provider }, { askedAt: start, notBefore: null });

    it('while nobody does an account waits three times as long, and says so; who comes finds it read', async () => {
      known();
      poller.setFocused(false);
      assert.equal(poller.nextPollAt('a'), start + 15 * MINUTE_MS);
      await clock.advance(14 * MINUTE_MS);
      assert.deepEqual(minutes(), []);
      poller.setFocused(true);
      await clock.advance(0);
      assert.deepEqual(minutes(), [14]);
      assert.equal(poller.nextPollAt('a'), start + 19 * MINUTE_MS);
    });

    it('polls by itself when the longer wait is over, and a factor of 1 changes nothing', async () => {
      known();
      poller.setFocused(false);
      await clock.advance(31 * MINUTE_MS);
      assert.deepEqual(minutes(), [15, 30]);
      settings = { ...settings, unfocusedPollFactor: 1 };
      poller.replan();
      await clock.advance(10 * MINUTE_MS);
      assert.deepEqual(minutes(), [15, 30, 35, 40]);
    });

    it('a new account and a refresh wait for nobody, and neither breaks the floor', async () => {
      poller.setFocused(false);
      add('a');
      await clock.advance(2 * SECOND_MS);
      assert.equal(provider.reads.length, 1);
      await poller.refresh('a');
      assert.equal(provider.reads.length, 1);
      await clock.advance(MINUTE_MS);
      await poller.refresh('a');
      assert.equal(provider.reads.length, 2);
    });

    it('looks at the clock no more than once in ten minutes while nobody does', async () => {
      known();
      poller.setFocused(false);
      await clock.advance(9 * MINUTE_MS);
      assert.equal(clock.pending, 1);
      assert.equal(changes, 2); // it was added, and nobody looks any more
    });
  });

  describe('after a crash', () => {
    /** As a new process finds it: with the marks, and without what was in memory. */
    const dir = useTempDir();
    const restart = () => {
      poller.dispose();
      marks.dispose();
      marks = new PollMarks(dir(), clock);
      poller = makePoller();
    };
    beforeEach(restart); // with marks that lie on the disk
    afterEach(() => marks.dispose());

    it('asks again at the floor, and no sooner, when nobody lived to see the answer', async () => {
      provider.answer = () => new Promise(() => undefined);
      add('a');
      await clock.advance(10 * SECOND_MS); // asked at 1 s
      restart();
      provider.answer = ({ now }) => Promise.resolve(reading(now));
      add('a');
      await poller.refresh('a');
      assert.equal(provider.reads.length, 1);
      await clock.advance(5 * MINUTE_MS);
      assert.deepEqual(provider.reads.map(({ at }) => (at - start) / SECOND_MS), [1, 63]); // the first one may have arrived late
    });

    it('R18: asks no sooner than the floor after a slow answer', async () => {
      provider.answer = async ({ now }) => {
        await new Promise<void>(resolve => clock.after(5 * SECOND_MS, resolve));
        return reading(now);
      };
      add('a');
      await clock.advance(7 * SECOND_MS); // asked at 1 s, answered at 6 s
      restart();
      add('a');
      await clock.advance(58 * SECOND_MS);
      await poller.refresh('a');
      assert.equal(provider.reads.length, 1);
      await clock.advance(2 * SECOND_MS);
      void poller.refresh('a');
      await clock.advance(0);
      assert.deepEqual(provider.reads.map(({ at }) => (at - start) / SECOND_MS), [1, 67]);
    });

    it('asks at the interval when the answer came, though it was no news and was not recorded', async () => {
      add('a');
      await clock.advance(10 * SECOND_MS);
      restart();
      add('a');
      await clock.advance(6 * MINUTE_MS);
      assert.deepEqual(provider.reads.map(({ at }) => (at - start) / SECOND_MS), [1, 301]);
    });

    it('holds the floor of a key that another account used before it', async () => {
      secrets = { a: 'k', b: 'k' };
      add('a');
      await clock.advance(10 * SECOND_MS);
      restart();
      add('b');
      await clock.advance(30 * SECOND_MS);
      assert.equal(provider.reads.length, 1);
      await clock.advance(30 * SECOND_MS);
      assert.deepEqual(provider.reads.map(({ accountId, at }) => [accountId, (at - start) / SECOND_MS]), [['a', 1], ['b', 61]]);
    });
  });

  it('R18: holds back-off and Retry-After of an earlier run for every account with that key, and for no other', async () => {
    secrets = { a: 'k', b: 'k', c: 'other' };
    fail(new ProviderError('rate-limited', 'slow down', { retryAfterMs: 2 * HOUR_MS }));
    add('a');
    await clock.advance(10 * SECOND_MS);
    const notBefore = outcomes[0]?.nextPollAt ?? assert.fail();
    poller.dispose();
    poller = makePoller();
    provider.answer = ({ now }) => Promise.resolve(reading(now));
    add('b');
    add('c');
    poller.add({ account: account('a'), provider }, { askedAt: clock.now(), notBefore });
    await clock.advance(MINUTE_MS);
    await poller.refresh(null);
    await clock.advance(notBefore - clock.now() - 1);
    assert.deepEqual([...new Set(provider.reads.slice(1).map(({ accountId }) => accountId))], ['c']);
    await clock.advance(10 * MINUTE_MS);
    assert.deepEqual([...new Set(provider.reads.slice(1).map(({ accountId }) => accountId))].sort(), ['a', 'b', 'c']);
  });

  it('a fault in an adapter is told whole to the log and in a sentence to people', async () => {
    fail(new TypeError('x is not a function'));
    add('a');
    await clock.advance(2 * SECOND_MS);
    const [{ outcome } = assert.fail()] = outcomes;
    assert.ok(!outcome.ok && outcome.error.kind === 'internal' && !outcome.error.message.includes('x is not'));
    assert.match(logs.join(), /x is not a function[^]*poller\.test/);
  });

  it('makes no timer faster than a second, and looks at the clock once a minute', async () => {
    add('a', { intervalMinutes: 1440 });
    await clock.advance(2 * SECOND_MS);
    await settle();
    let fired = 0;
    const { after } = clock;
    clock.after = (ms, task) => { fired++; return after.call(clock, ms, task); };
    await clock.advance(10 * MINUTE_MS);
    assert.equal(fired, 10);
  });
});
