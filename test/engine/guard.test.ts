import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { guardOfBursts } from '../../src/engine/guard';

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
