import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { MINUTE_MS } from '../../src/core/time';
import { guardOfBursts } from '../../src/engine/guard';
import { noHttp, useRig } from '../support/engineRig';
import { account, fakeProvider, reading } from '../support/readings';

describe('the guard of bursts', () => {
  it('asks once for what comes together, and again for what comes later', async () => {
    let asked = 0;
    const guard = guardOfBursts(() => { asked++; });
    for (let n = 0; n < 50; n++) guard();
    assert.equal(asked, 1);
    await wait(30);
    guard();
    assert.equal(asked, 2);
  });

  it('never remembers a no', () => {
    let asked = 0;
    const guard = guardOfBursts(() => {
      asked++;
      throw new Error('Another window has taken over.');
    });
    for (let n = 0; n < 3; n++) assert.throws(guard, /taken over/);
    assert.equal(asked, 3);
  });
});

describe('an engine that lost its folder', () => {
  let isOwner = true;
  let asked = 0;
  const rig = useRig({ ...noHttp, getJson: () => {
    asked++;
    return Promise.resolve({});
  } });

  it('while it waited for a key asks no vendor: the engine that took over does', async () => {
    const provider = fakeProvider();
    provider.answer = async ({ now, getJson }) => {
      await getJson('/credits');
      return reading(now);
    };
    const engine = await rig().start(null, [provider], [account('a')], {}, {
      guard: () => { if (!isOwner) throw new Error('Another window has taken over.'); },
      secret: async () => {
        await wait(30);
        return 'sk';
      },
    });
    await engine.refresh('a');
    assert.equal(asked, 1);
    await rig().clock.advance(2 * MINUTE_MS);
    const refreshed = engine.refresh('a');
    isOwner = false;
    await refreshed;
    assert.deepEqual([provider.reads.length, asked], [2, 1]);
  });
});
