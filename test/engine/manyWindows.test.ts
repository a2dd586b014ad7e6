/** Windows of one profile over real sockets, on one fake clock. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import { PROTOCOL_VERSION } from '../../src/core/protocol';
import { defaultEngineSettings } from '../../src/core/settings';
import { MINUTE_MS, SECOND_MS } from '../../src/core/time';
import { Accounts } from '../../src/engine/accounts';
import { claim, type Owned } from '../../src/engine/ownership';
import { findOwner, tryConnect } from '../../src/engine/place';
import { socketChannel } from '../../src/engine/socketChannel';
import { useRig } from '../support/engineRig';
import { Profile, type ProfileWindow } from '../support/profile';
import { fakeProvider, meter, reading, type FakeProvider } from '../support/readings';
import { useTempDir } from '../support/tempDir';

describe('many windows', function () {
  this.timeout(30_000);
  const dir = useTempDir();
  const rig = useRig();
  let provider: FakeProvider;
  let profile: Profile;
  let storageDir: string;
  beforeEach(() => {
    provider = fakeProvider();
    storageDir = path.join(dir(), 'storage');
    profile = new Profile({
      storageDir, clock: rig().clock,
      startEngine: (settings, more) => rig().start(storageDir, [provider], [], settings, { ...more, accounts: new Accounts(storageDir, [], more.guard) }),
    });
  });
  afterEach(() => profile.close());

  const draft = { providerId: 'acme', alias: 'work', options: {} };
  const used = (percent: number) => { provider.answer = ({ now }) => Promise.resolve(reading(now, { meters: [meter(now, { used: percent })] })); };
  const usedIn = ({ events }: ProfileWindow) => events.snapshot.at(-1)?.accounts[0]?.meters[0]?.used;
  const pass = async (ms: number) => {
    const step = ms > 2 * MINUTE_MS ? 5 * SECOND_MS : SECOND_MS / 2;
    for (let left = ms; left > 0;) {
      const isStarting = profile.windows.some(({ state }) => state() === 'starting');
      const next = Math.min(left, isStarting ? 10 : step); // an engine takes real time to start, and a busy machine much of it
      await rig().clock.advance(next);
      left -= next;
      await new Promise(resolve => setTimeout(resolve, 2)); // sockets take real time
    }
  };
  async function withAccount(focused = false): Promise<ProfileWindow> {
    const window = await profile.served({ focused });
    await window.client.request('addAccount', { accountId: 'a', draft });
    await profile.until('it is read', () => usedIn(window) !== undefined);
    return window;
  }

  it('R24: all windows show the same within a second, through one engine', async () => {
    const first = await withAccount(true);
    const others = [await profile.served(), await profile.served()];
    assert.equal(profile.engines, 1);
    used(77);
    await profile.until('it is read', () => provider.reads.length === 2, 6 * MINUTE_MS, 500);
    assert.ok(await profile.until('all show it', () => [first, ...others].every(window => usedIn(window) === 77)) <= SECOND_MS);
    assert.equal(provider.reads.length, 2);
    await others[1]!.client.request('removeAccount', { accountId: 'a', forget: false });
    assert.ok(await profile.until('all know', () => [first, ...others].every(({ events }) => events.snapshot.at(-1)?.accounts.length === 0)) <= SECOND_MS);
  });

  it('a window without the engine has neither an engine nor a timer', async () => {
    const first = await withAccount();
    await profile.until('it is quiet', () => rig().clock.pending === 2); // the poller's, and one that would see that it hangs
    await profile.served();
    await pass(3 * SECOND_MS);
    assert.deepEqual([profile.engines, rig().clock.pending], [1, 2]);
    assert.equal(first.state(), 'running');
  });

  for (const [how, end] of [['closes', ({ client }: ProfileWindow) => client.stop()], ['is cut off', async ({ client }: ProfileWindow) => client.dispose()]] as const) {
    it(`R26: within two seconds the others have an engine again when the window that has it ${how}`, async () => {
      used(7);
      const first = await withAccount();
      const others = [await profile.served(), await profile.served()];
      await end(first);
      const took = await profile.until('both are served anew', () => others.every(({ events, state }) => state() === 'running'
        && events.engineState.filter(({ state: each }) => each === 'running').length === 2), 10 * SECOND_MS, 5); // an engine takes some real time to start
      assert.ok(took <= 2 * SECOND_MS, `${took} ms`);
      assert.equal(profile.engines, 2);
      assert.deepEqual(others.map(usedIn), [7, 7]);
      assert.equal(provider.reads.length, 1);
    });
  }

  it('R25: windows that start in the same instant end with one engine', async () => {
    const windows = [1, 2, 3, 4, 5].map(() => profile.open());
    await profile.until('all are served', () => windows.every(({ state }) => state() === 'running'));
    assert.equal(profile.engines, 1);
  });

  it('R18, R25: floor and back-off hold over all windows and over takeovers, whoever refreshes', async () => {
    const first = await withAccount();
    const second = await profile.served();
    for (const { client } of [first, second]) await client.request('refresh', { accountId: null });
    assert.equal(provider.reads.length, 1);
    await first.client.stop();
    await profile.until('the second has it', () => profile.engines === 2 && second.state() === 'running');
    await second.client.request('refresh', { accountId: null });
    assert.equal(provider.reads.length, 1);
    await pass(MINUTE_MS);
    await second.client.request('refresh', { accountId: 'a' });
    assert.equal(provider.reads.length, 2);
  });

  it('rounds of opening, closing and cutting off lose no poll and double none', async () => {
    await withAccount(true);
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 25; round++) {
      await pass(random(100) * SECOND_MS);
      const open = profile.windows;
      const action = random(3);
      if (action === 0 || open.length < 2) await profile.served({ focused: true });
      else {
        const [gone] = open.splice(random(open.length), 1);
        if (action === 1) await gone!.client.stop();
        else gone!.client.dispose();
      }
    }
    await pass(5 * MINUTE_MS);
    const gaps = provider.reads.slice(1).map(({ at }, i) => at - provider.reads[i]!.at);
    assert.ok(gaps.length >= 3 && profile.engines > 3, `${gaps.length} polls, ${profile.engines} engines`);
    assert.ok(gaps.every(gap => gap >= 5 * MINUTE_MS - 1 && gap <= 5 * MINUTE_MS + 5 * SECOND_MS), gaps.join());
  });

  describe('keys', () => {
    it('come from the window that has the engine, and from another when that one does not answer', async () => {
      let answers = true;
      const first = await profile.served({ focused: true, secret: () => (answers ? Promise.resolve('sk') : new Promise(() => undefined)) });
      const second = await profile.served();
      await first.client.request('addAccount', { accountId: 'a', draft });
      await profile.until('it is read', () => provider.reads.length === 1);
      assert.deepEqual([first.asked, second.asked], [['a'], []]);
      answers = false;
      await pass(5 * MINUTE_MS + 3 * SECOND_MS);
      await profile.until('it is read again', () => provider.reads.length === 2, 10 * SECOND_MS);
      assert.deepEqual([first.asked, second.asked], [['a', 'a'], ['a']]);
    });
  });

  describe('alerts', () => {
    const toasts = (...windows: ProfileWindow[]) => windows.map(window => window.toasts.length);

    it('are shown once, in the window that has the focus, and not again after a takeover', async () => {
      const first = await withAccount();
      const [second, third] = [await profile.served({ focused: true }), await profile.served()];
      used(82);
      await pass(5 * MINUTE_MS);
      await profile.until('it is shown', () => second.toasts.length === 1, 10 * SECOND_MS);
      await pass(20 * SECOND_MS);
      assert.deepEqual(toasts(first, second, third), [0, 1, 0]);
      await first.client.stop();
      await profile.until('another has the engine', () => profile.engines === 2 && second.state() === 'running');
      await pass(6 * MINUTE_MS);
      assert.deepEqual(toasts(first, second, third), [0, 1, 0]);
    });

    it('are shown by another window when the one with the focus does not say that it shows them', async () => {
      const first = await withAccount();
      const second = await profile.served({ focused: true, toast: false });
      used(82);
      await pass(5 * MINUTE_MS);
      await profile.until('it is shown', () => first.toasts.length === 1, 20 * SECOND_MS);
      assert.ok(second.events.alert.length === 1);
    });

    it('that nobody could show are shown once after a takeover', async () => {
      const first = await profile.served({ focused: true, toast: false });
      await first.client.request('addAccount', { accountId: 'a', draft });
      used(82);
      await profile.until('it is told', () => first.events.alert.length === 1);
      const [second, third] = [await profile.served(), await profile.served()];
      first.client.dispose();
      second.client.setFocused(true);
      await profile.until('it is shown', () => second.toasts.length + third.toasts.length > 0, 10 * SECOND_MS);
      await pass(20 * SECOND_MS);
      assert.deepEqual(toasts(first, second, third), [0, 1, 0]);
    });
  });

  describe('the focus', () => {
    it('while no window has it polls come three times less often; the window that gets it is up to date at once', async () => {
      const first = await withAccount();
      const second = await profile.served({ focused: true });
      await pass(5 * MINUTE_MS + SECOND_MS);
      assert.equal(provider.reads.length, 2);
      second.client.setFocused(false);
      await pass(12 * MINUTE_MS);
      assert.equal(provider.reads.length, 2);
      first.client.setFocused(true);
      await profile.until('it is read', () => provider.reads.length === 3, SECOND_MS);
      first.client.setFocused(false);
      await pass(14 * MINUTE_MS);
      assert.equal(provider.reads.length, 3);
      await pass(MINUTE_MS + SECOND_MS);
      assert.equal(provider.reads.length, 4);
    });

    it('a refresh by hand needs none, and an account that was just added is read at once', async () => {
      const window = await withAccount();
      await pass(2 * MINUTE_MS);
      await window.client.request('refresh', { accountId: null });
      assert.equal(provider.reads.length, 2);
    });
  });

  describe('an engine that is not as it should be', () => {
    let owner: Owned | null = null;
    afterEach(() => owner?.release());
    /** Owns the folder, and treats whoever connects as the test says. */
    async function own(onHello: (frame: { id: number; method: string; params: { token: string } }, answer: (result: unknown) => void, close: () => void, tell: (name: string, data: unknown) => void) => void): Promise<Owned> {
      const claimed = await claim(storageDir, {
        onWindow: socket => {
          const channel = socketChannel(socket);
          channel.onFrame(frame => onHello(frame as never, result => channel.send({ type: 'reply', id: (frame as { id: number }).id, ok: true, result }), channel.close, (name, data) => channel.send({ type: 'event', name, data })));
        },
      });
      assert.equal(claimed.kind, 'owner');
      return owner = claimed;
    }

    it('R25: of another version: says so, does nothing, and takes over when it ends', async () => {
      let end: () => void = () => undefined;
      const other = await own(({ method }, answer, close) => {
        if (method === 'hello') answer({ version: PROTOCOL_VERSION + 1 }); // and hears nothing more
        end = close;
      });
      const window = profile.open();
      await profile.until('it says so', () => window.state() === 'elsewhere');
      assert.match(window.events.engineState.at(-1)?.message ?? '', /another version .* reload all windows/);
      await assert.rejects(window.client.request('snapshot', {}), /another version/);
      const configured = window.client.request('configure', { ...defaultEngineSettings, intervalMinutes: 7 });
      await pass(MINUTE_MS);
      await configured;
      assert.equal(profile.engines, 0);
      assert.equal(other.owns(), true, 'it is well, and what it does not understand is no silence');
      other.release();
      end();
      await profile.until('it runs its own', () => window.state() === 'running', 3 * SECOND_MS, 5);
    });

    it('ends before it answers: the next one is asked what may be asked twice, and what may not fails with a sentence', async () => {
      const asked: string[] = [];
      let end: () => void = () => undefined;
      const other = await own(({ method }, answer, close, tell) => {
        asked.push(method);
        if (method === 'hello') answer({ version: PROTOCOL_VERSION });
        if (method === 'hello') tell('engineState', { state: 'running', message: null });
        end = close;
      });
      const window = profile.open();
      await profile.until('it is served', () => window.state() === 'running');
      const added = window.client.request('addAccount', { accountId: 'a', draft });
      const refreshed = window.client.request('refresh', { accountId: null });
      const purged = assert.rejects(window.client.request('purge', { task: 't', backups: false }), /was closed; another one goes on/);
      await profile.until('it was asked', () => asked.includes('purge'));
      other.release();
      end();
      await purged;
      await profile.until('it runs its own', () => profile.engines === 1 && window.state() === 'running', 3 * SECOND_MS, 5);
      assert.equal((await added).id, 'a');
      await refreshed;
    });

    it('does not let it in: tries again, slower and slower, and says so', async () => {
      let hellos = 0;
      await own((_hello, _answer, close) => {
        hellos++;
        close();
      });
      const window = profile.open();
      await profile.until('it says so', () => window.state() === 'elsewhere');
      assert.match(window.events.engineState.at(-1)?.message ?? '', /does not let this one in/);
      await pass(5 * MINUTE_MS);
      assert.ok(hellos > 5 && hellos < 15, String(hellos));
      assert.equal(profile.engines, 0);
    });

    it('hangs: is replaced after ten seconds without an answer, and may write no more', async () => {
      const hung = await own(() => undefined);
      assert.equal(hung.owns(), true);
      const windows = [profile.open(), profile.open()];
      await pass(8 * SECOND_MS);
      assert.equal(profile.engines, 0);
      await profile.until('all are served', () => windows.every(({ state }) => state() === 'running'), 6 * SECOND_MS);
      assert.equal(profile.engines, 1);
      assert.equal(hung.owns(), false);
      assert.ok(windows.some(({ events }) => events.log.some(({ message }) => /does not answer/.test(message))));
    });

    it('is stopped, with its queue full: is replaced after ten seconds as one that hangs', async function () {
      if (process.platform !== 'linux') return this.skip(); // others refuse, or wait
      const folder = path.join(storageDir, 'engine');
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const stopped = spawn(process.execPath, ['-e', "require('net').createServer().listen({ path: 's-000000000001', backlog: 1 }, () => console.log('listens'))"], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        await once(stopped.stdout, 'data');
        symlinkSync('s-000000000001', path.join(folder, 'engine.1'));
        stopped.kill('SIGSTOP');
        const waiting: Socket[] = [];
        for (let found = await tryConnect(path.join(folder, 'engine.1')); found !== 'silent'; found = await tryConnect(path.join(folder, 'engine.1'))) waiting.push(found as Socket);
        const window = profile.open();
        await pass(8 * SECOND_MS);
        assert.equal(profile.engines, 0);
        await profile.until('it is served', () => window.state() === 'running', 20 * SECOND_MS); // each look takes real time
        assert.ok(window.events.log.some(({ message }) => /does not answer/.test(message)));
        for (const socket of waiting) socket.destroy();
      } finally {
        stopped.kill('SIGKILL');
      }
    });

    it('is shown the token of the folder', async () => {
      const tokens: string[] = [];
      const { token } = await own(({ params }, answer) => {
        tokens.push(params.token);
        answer({ version: PROTOCOL_VERSION });
      });
      profile.open();
      await profile.until('it came', () => tokens.length === 1);
      assert.deepEqual(tokens, [token]);
      assert.match(token, /^[0-9a-f]{32}$/);
    });
  });

  for (const [what, change] of [['gone', (file: string) => rmSync(file)], ['another', (file: string) => writeFileSync(file, 'f'.repeat(32))]] as const) {
    it(`a window is let in soon though the token was ${what} when it came, as after files of /tmp were cleaned away`, async () => {
      await profile.served();
      change(path.join(storageDir, 'engine', 'token'));
      const window = profile.open();
      await profile.until('it is served', () => window.state() === 'running', 5 * SECOND_MS);
      assert.equal(profile.engines, 1);
    });
  }

  it('a connection that shows no token is ended and logged, and changes nothing', async () => {
    const window = await withAccount();
    const owner = await findOwner(storageDir);
    let closed = false;
    const channel = socketChannel(owner!.socket!);
    channel.onClose(() => { closed = true; });
    channel.send({ type: 'request', id: 1, method: 'removeAccount', params: { accountId: 'a', forget: true } });
    await profile.until('it is ended', () => closed);
    await profile.until('it is logged', () => window.events.log.some(({ message }) => /refused: it did not begin with a hello/.test(message)));
    assert.equal((await window.client.request('snapshot', {})).accounts.length, 1);
  });
});
