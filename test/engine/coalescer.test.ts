import assert from 'node:assert/strict';
import { Coalescer } from '../../src/engine/pushes';
import { FakeClock } from '../support/fakeClock';

describe('coalescer', () => {
  it('runs at once, then a quarter of a second after a wish, then ever later up to a second while wishes keep coming, and always after the last one', async () => {
    const clock = new FakeClock();
    const runs: number[] = [];
    const start = clock.now();
    const coalescer = new Coalescer(clock, () => runs.push(clock.now() - start));
    const wishFor = async (ms: number): Promise<void> => {
      for (let at = 0; at < ms; at += 10) {
        coalescer.wish(true);
        await clock.advance(10);
      }
    };
    await wishFor(3_000);
    await clock.advance(10_000);
    assert.deepEqual(runs, [0, 260, 760, 1_760, 2_760, 3_760]);
    coalescer.wish(true);
    await clock.advance(250);
    assert.equal(runs.at(-1), 13_250, 'after some calm it is as quick as at first');
  });

  it('runs late for what nobody waits to see, and soon when somebody does', async () => {
    const clock = new FakeClock();
    let runs = 0;
    const coalescer = new Coalescer(clock, () => runs++);
    coalescer.wish(false);
    await clock.advance(0);
    assert.equal(runs, 1, 'the first is there at once');
    await clock.advance(60_000);
    for (let second = 0; second < 4; second++) {
      coalescer.wish(false);
      await clock.advance(1_000);
    }
    assert.equal(runs, 1);
    coalescer.wish(true);
    await clock.advance(250);
    assert.equal(runs, 2);
    await clock.advance(60_000);
    assert.equal(runs, 2, 'it told the earlier ones too');
  });

  it('runs once for a poll that begins and ends soon after', async () => {
    const clock = new FakeClock();
    let runs = 0;
    const coalescer = new Coalescer(clock, () => runs++);
    coalescer.wish(true);
    await clock.advance(60_000);
    coalescer.wish(true);
    await clock.advance(200);
    coalescer.wish(true);
    await clock.advance(60_000);
    assert.equal(runs, 2);
  });

  it('runs no more after its end', async () => {
    const clock = new FakeClock();
    const coalescer = new Coalescer(clock, () => assert.fail('ran'));
    coalescer.wish(true);
    coalescer.dispose();
    await clock.advance(1_000);
  });
});
