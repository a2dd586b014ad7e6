import assert from 'node:assert/strict';
import { Coalescer } from '../../src/engine/snapshots';
import { FakeClock } from '../support/fakeClock';

describe('coalescer', () => {
  it('runs at once, then a quarter of a second after a wish, and always after the last one', async () => {
    const clock = new FakeClock();
    const runs: number[] = [];
    const start = clock.now();
    const coalescer = new Coalescer(clock, () => runs.push(clock.now() - start));
    for (let at = 0; at < 1_000; at += 10) {
      coalescer.wish();
      await clock.advance(10);
    }
    await clock.advance(1_000);
    assert.deepEqual(runs, [0, 260, 510, 760, 1_010]);
  });

  it('runs once for a poll that begins and ends soon after', async () => {
    const clock = new FakeClock();
    let runs = 0;
    const coalescer = new Coalescer(clock, () => runs++);
    coalescer.wish();
    await clock.advance(60_000);
    coalescer.wish();
    await clock.advance(200);
    coalescer.wish();
    await clock.advance(60_000);
    assert.equal(runs, 2);
  });

  it('runs no more after its end', async () => {
    const clock = new FakeClock();
    const coalescer = new Coalescer(clock, () => assert.fail('ran'));
    coalescer.wish();
    coalescer.dispose();
    await clock.advance(1_000);
  });
});
