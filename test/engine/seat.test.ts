import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { engineEvents, engineRequests, hostRequests, PROTOCOL_VERSION, type EngineEvent, type EngineEventName } from '../../src/core/protocol';
import { defaultEngineSettings } from '../../src/core/settings';
import { MINUTE_MS, systemClock } from '../../src/core/time';
import { Accounts } from '../../src/engine/accounts';
import { Peer } from '../../src/engine/peer';
import { Seat } from '../../src/engine/seat';
import { useRig } from '../support/engineRig';
import { fakeProvider, type FakeProvider } from '../support/readings';
import { channelPair } from '../support/pair';
import { useTempDir } from '../support/tempDir';
import { until as waitUntil } from '../support/until';

const until = (what: string, condition: () => boolean): Promise<void> => waitUntil(what, condition, 500);

interface Window {
  readonly peer: Peer<typeof engineRequests, typeof hostRequests, typeof engineEvents>;
  readonly events: { [K in EngineEventName]: EngineEvent<K>[] };
  readonly close: () => void;
  readonly state: () => string | undefined;
}

describe('seat', () => {
  const dir = useTempDir();
  const rig = useRig();
  let provider: FakeProvider;
  let windows: Window[];
  let built: number;
  let loosened: string[];
  beforeEach(() => {
    provider = fakeProvider();
    windows = [];
    built = 0;
    loosened = [];
  });
  afterEach(async () => { for (const window of windows) await window.peer.request('stop', {}).catch(() => undefined); });

  /** A window with its worker. */
  function open(depose: number | null = null): Window {
    const [near, far] = channelPair();
    const events = Object.fromEntries(Object.keys(engineEvents).map(name => [name, []])) as unknown as Window['events'];
    new Seat({
      channel: far, storageDir: path.join(dir(), 'storage'), depose, clock: systemClock, afterDeposing: folder => loosened.push(folder),
      makeEngine: async (settings, others, guard) => {
        built++;
        return rig().start(path.join(dir(), 'storage'), [provider], [], settings, {
          secret: id => others.secret(id), tell: (name, data) => others.tell(name, data), guard,
          accounts: new Accounts(path.join(dir(), 'storage'), [], guard),
        });
      },
    });
    const peer = new Peer(near, {
      ask: engineRequests, answer: hostRequests, hear: engineEvents,
      handlers: { secret: async () => ({ secret: 'sk' }) },
      onEvent: (name, data) => { (events[name] as unknown[]).push(data); },
      onRefused: why => assert.fail(why),
    });
    const window = { peer, events, close: near.close, state: () => events.engineState.at(-1)?.state };
    windows.push(window);
    return window;
  }
  async function configured() {
    const window = open();
    await window.peer.request('hello', { version: PROTOCOL_VERSION, focused: true, token: null });
    await window.peer.request('configure', defaultEngineSettings);
    return window;
  }
  const draft = { providerId: 'acme', alias: 'work', options: {} };

  it('R29: does and reads nothing before the settings came', async () => {
    const window = open();
    assert.equal((await window.peer.request('hello', { version: PROTOCOL_VERSION, focused: true, token: null })).version, PROTOCOL_VERSION);
    await assert.rejects(window.peer.request('snapshot', {}), /waits for its settings/);
    await new Promise(resolve => setTimeout(resolve, 50));
    assert.equal(built, 0);
    assert.equal(existsSync(path.join(dir(), 'storage')), false);
  });

  it('runs the engine for its window', async () => {
    const window = await configured();
    assert.equal(window.state(), 'running');
    await window.peer.request('addAccount', { accountId: 'a', draft });
    await until('the key came and the reading is shown', () => {
      void rig().clock.advance(300);
      return window.events.snapshot.at(-1)?.accounts[0]?.meters.length === 1;
    });
    await assert.rejects(window.peer.request('usage', { days: 0 }), /wrong value in: days/);
  });

  it('says elsewhere to its window, and ends, when another process has the engine', async () => {
    await configured();
    const second = open();
    void second.peer.request('hello', { version: PROTOCOL_VERSION, focused: false, token: null }).catch(() => undefined);
    await second.peer.request('configure', defaultEngineSettings);
    assert.equal(second.state(), 'elsewhere');
    assert.equal(built, 1);
    await assert.rejects(second.peer.request('snapshot', {}), /stopped/);
  });

  it('replaces an owner that hangs, which writes nothing more and goes to the new one', async () => {
    const first = await configured();
    await first.peer.request('addAccount', { accountId: 'a', draft });
    const second = open(1);
    await second.peer.request('configure', defaultEngineSettings);
    assert.equal(second.state(), 'running');
    assert.deepEqual(loosened, [path.join(dir(), 'storage')]);
    await assert.rejects(first.peer.request('addAccount', { accountId: 'b', draft }), /taken over/);
    await until('it is told', () => first.state() === 'elsewhere');
    assert.deepEqual((await second.peer.request('snapshot', {})).accounts.map(({ id }) => id), ['a']);
  });

  it('does not replace an owner of a later generation than the one that hung', async () => {
    await configured();
    const second = open(7);
    await second.peer.request('configure', defaultEngineSettings);
    assert.equal(second.state(), 'elsewhere');
  });

  it('ends with its window, and leaves the folder to the next', async () => {
    const first = await configured();
    first.close();
    await until('its socket is gone', () => !readdirSync(path.join(dir(), 'storage', 'engine')).some(name => name.startsWith('s-')));
    const next = await configured();
    assert.equal(next.state(), 'running');
    assert.equal(built, 2);
  });

  it('says so, does not crash, and tries again, when the engine cannot start', async () => {
    const [near, far] = channelPair();
    const states: EngineEvent<'engineState'>[] = [];
    let hasRoom = false;
    const { clock, start } = rig();
    const seat = new Seat({
      channel: far, storageDir: path.join(dir(), 'other'), depose: null, clock, afterDeposing: () => undefined,
      makeEngine: settings => (hasRoom ? start(null, [provider], [], settings) : Promise.reject(new Error('no room'))),
    });
    const peer = new Peer(near, {
      ask: engineRequests, answer: hostRequests, hear: engineEvents, handlers: { secret: async () => ({ secret: null }) },
      onEvent: (name, data) => { if (name === 'engineState') states.push(data as EngineEvent<'engineState'>); }, onRefused: () => undefined,
    });
    await peer.request('configure', defaultEngineSettings);
    await assert.rejects(peer.request('snapshot', {}), /no room/);
    assert.deepEqual(states.at(-1), { state: 'failed', message: 'The engine could not start: no room' });
    hasRoom = true;
    await clock.advance(5 * MINUTE_MS);
    await until('it was tried again', () => states.at(-1)?.state === 'running');
    seat.dispose();
  });
});
