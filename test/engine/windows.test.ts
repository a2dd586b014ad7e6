import assert from 'node:assert/strict';
import { ProviderError } from '../../src/core/errors';
import { engineEvents, engineRequests, hostRequests, type EngineEvent } from '../../src/core/protocol';
import { SECOND_MS } from '../../src/core/time';
import { Peer } from '../../src/engine/peer';
import { Windows, type EngineHandlers } from '../../src/engine/windows';
import { FakeClock, settle } from '../support/fakeClock';
import { channelPair } from '../support/pair';

describe('windows', () => {
  let clock: FakeClock;
  let windows: Windows;
  beforeEach(() => {
    clock = new FakeClock();
    windows = new Windows(clock);
  });

  /** @returns what it hears; closing takes the window away. */
  function open(secret: () => Promise<{ secret: string | null }>) {
    const [near, far] = channelPair();
    const heard: string[] = [];
    const readings: (number | null)[] = [];
    new Peer(near, {
      ask: engineRequests, answer: hostRequests, hear: engineEvents, handlers: { secret },
      onEvent: (name, data) => {
        heard.push(name);
        if (name === 'logReading') readings.push((data as EngineEvent<'logReading'>)?.read ?? null);
      },
      onRefused: why => assert.fail(why),
    });
    const peer = windows.add(far, () => ({}) as EngineHandlers);
    return { heard, readings, peer, close: near.close };
  }
  const never = () => new Promise<never>(() => undefined);

  it('asks the next window for a secret when the first one does not answer in two seconds, or cannot', async () => {
    open(never);
    open(() => Promise.reject(new Error('locked')));
    open(async () => ({ secret: 'sk' }));
    const asked = windows.secret('a');
    let got: string | null | undefined;
    void asked.then(secret => { got = secret; });
    await clock.advance(2 * SECOND_MS - 1);
    assert.equal(got, undefined);
    await clock.advance(1);
    assert.equal(await asked, 'sk');
    assert.equal(clock.pending, 0);
  });

  it('asks a window that gave no answer last from then on, and first again when it answers', async () => {
    const asked: string[] = [];
    let own: () => Promise<{ secret: string | null }> = never;
    let other: () => Promise<{ secret: string | null }> = async () => ({ secret: 'sk' });
    open(() => {
      asked.push('own');
      return own();
    });
    open(() => {
      asked.push('other');
      return other();
    });
    const ask = async () => {
      asked.splice(0);
      const answer = windows.secret('a').catch(() => 'none');
      await clock.advance(4 * SECOND_MS);
      await answer;
      return asked.join();
    };
    assert.equal(await ask(), 'own,other');
    assert.equal(await ask(), 'other');
    [own, other] = [other, never];
    assert.equal(await ask(), 'other,own');
    assert.equal(await ask(), 'own');
  });

  it('asks on when a window knows no secret: in a browser one may not know yet what another kept', async () => {
    open(async () => ({ secret: null }));
    open(async () => ({ secret: 'other' }));
    assert.equal(await windows.secret('a'), 'other');
  });

  it('takes null for an answer, no secret is kept, when no window says otherwise', async () => {
    for (const secret of [() => Promise.reject(new Error('locked')), async () => ({ secret: null })]) open(secret);
    assert.equal(await windows.secret('a'), null);
  });

  it('fails with a sentence, and for a time only, when no window answers', async () => {
    open(never);
    const asked = assert.rejects(windows.secret('a'), (error: unknown) =>
      error instanceof ProviderError && error.kind === 'unreadable' && /could not give the key/.test(error.message));
    await clock.advance(2 * SECOND_MS);
    await asked;
  });

  it('tells all windows, but not one that is gone', async () => {
    const [first, second, gone] = [open(never), open(never), open(never)];
    gone.close();
    windows.tell('log', { level: 'info', message: 'm' });
    await settle();
    assert.deepEqual([first.heard, second.heard, gone.heard], [['log'], ['log'], []]);
  });

  describe('alerts', () => {
    const alert = { id: 'x', accountId: 'a', level: 'warning', message: 'm', at: 0 } as const;
    const heard = (...all: { heard: string[] }[]): number[] => all.map(({ heard: names }) => names.filter(name => name === 'alert').length);

    it('go to the window that has the focus, at once', async () => {
      const [first, second] = [open(never), open(never)];
      windows.focus(second.peer, true);
      windows.tell('alert', alert);
      await clock.advance(0);
      assert.deepEqual(heard(first, second), [0, 1]);
    });

    it('go to the window that last had the focus when none has it, after a wait for one that comes back', async () => {
      const [first, second, third] = [open(never), open(never), open(never)];
      for (const { peer } of [first, second]) windows.focus(peer, true);
      windows.focus(first.peer, true);
      for (const { peer } of [first, second]) windows.focus(peer, false);
      windows.tell('alert', alert);
      await clock.advance(1.9 * SECOND_MS);
      assert.deepEqual(heard(first, second, third), [0, 0, 0]);
      await clock.advance(SECOND_MS);
      assert.deepEqual(heard(first, second, third), [1, 0, 0]);
    });

    it('go to the next window when one does not say that it shows them, and end with the last one', async () => {
      const [first, second] = [open(never), open(never)];
      windows.focus(first.peer, true);
      windows.tell('alert', alert);
      await clock.advance(5 * SECOND_MS);
      assert.deepEqual(heard(first, second), [1, 1]);
      await clock.advance(60 * SECOND_MS);
      assert.deepEqual(heard(first, second), [1, 1]);
      assert.equal(clock.pending, 0);
      windows.tell('alert', alert); // a window got the focus
      await clock.advance(0);
      assert.deepEqual(heard(first, second), [2, 1]);
    });

    it('go to no other window once one shows them', async () => {
      const [first, second] = [open(never), open(never)];
      windows.focus(first.peer, true);
      windows.tell('alert', alert);
      await clock.advance(0);
      windows.taken('x');
      await clock.advance(60 * SECOND_MS);
      assert.deepEqual(heard(first, second), [1, 0]);
    });
  });

  it('shows a long read of logs in the window that has, or last had, the focus, and takes it along', async () => {
    const [first, second] = [open(never), open(never)];
    const read = async (bytes: number | null) => {
      windows.tell('logReading', bytes === null ? null : { accountIds: ['a'], read: bytes, all: 9 });
      await settle();
    };
    await read(1);
    windows.focus(second.peer, true);
    await read(2);
    windows.focus(second.peer, false);
    await read(3);
    windows.focus(first.peer, true);
    await settle();
    first.close();
    await settle();
    await read(null);
    windows.focus(second.peer, true);
    await settle();
    assert.deepEqual([first.readings, second.readings], [[1, null, 3], [1, 2, 3, null, 3, null]]);
  });

  it('knows whether any window has the focus, and tells when that changes', () => {
    const told: boolean[] = [];
    windows = new Windows(clock, focused => told.push(focused));
    const [first, second] = [open(never), open(never)];
    windows.focus(first.peer, true);
    windows.focus(second.peer, true);
    windows.focus(first.peer, false);
    assert.deepEqual(told, [true]);
    second.close();
    assert.deepEqual(told, [true, false]);
  });
});
