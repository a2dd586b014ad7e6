import assert from 'node:assert/strict';
import { SECOND_MS } from '../../../src/core/time';
import { Lanes } from '../../../src/engine/http/lanes';
import { FakeClock, settle } from '../../support/fakeClock';

describe('the lanes to an origin', () => {
  let clock: FakeClock;
  let lanes: Lanes;
  let entered: number[];
  let leaves: (() => void)[];
  let ends: (() => void)[];

  beforeEach(() => {
    clock = new FakeClock();
    lanes = new Lanes(clock, SECOND_MS);
    [entered, leaves, ends] = [[], [], []];
  });

  const enter = async (n: number, origin = 'https://a.example'): Promise<void> => {
    leaves[n] = await lanes.enter(origin, end => { ends[n] = end; });
    entered.push(n);
  };
  const enterAll = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) void enter(n);
    await settle();
  };

  it('are four, and those who wait come in the order in which they came', async () => {
    await enterAll(7);
    assert.deepEqual(entered, [0, 1, 2, 3]);
    leaves[2]?.();
    void enter(7); // in the same moment, after those who wait
    await settle();
    assert.deepEqual(entered, [0, 1, 2, 3, 4]);
    leaves[0]?.();
    leaves[1]?.();
    leaves[3]?.();
    await settle();
    assert.deepEqual(entered, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.equal(clock.pending, 0);
  });

  it('of another origin are others', async () => {
    await enterAll(4);
    await enter(4, 'https://b.example');
    assert.equal(entered.length, 5);
  });

  it('are left by nobody for a second: then all who waited go on beside, and none comes instead of them until four are left', async () => {
    await enterAll(6);
    await clock.advance(SECOND_MS);
    assert.equal(entered.length, 6);
    void enter(6);
    leaves[0]?.();
    leaves[1]?.();
    await settle();
    assert.equal(entered.length, 6);
    leaves[2]?.();
    await settle();
    assert.equal(entered.length, 7);
  });

  it('are not waited for by what is over, which counts once', async () => {
    await enterAll(6);
    ends[4]?.();
    ends[4]?.();
    await settle();
    assert.deepEqual(entered, [0, 1, 2, 3, 4]);
    await clock.advance(SECOND_MS);
    ends[4]?.();
    for (const leave of leaves) leave();
    await enterAll(4);
    assert.equal(entered.length, 10);
  });
});
