import assert from 'node:assert/strict';
import { SECOND_MS } from '../../src/core/time';
import { Vigil } from '../../src/engine/vigil';
import { FakeClock } from '../support/fakeClock';

describe('vigil', () => {
  let clock: FakeClock;
  let silences: number;
  let pings: number;
  let isWell: boolean;
  let vigil: Vigil;
  beforeEach(() => {
    clock = new FakeClock();
    silences = pings = 0;
    isWell = true;
    vigil = new Vigil(clock, () => {
      pings++;
      return isWell ? Promise.resolve() : new Promise(() => undefined);
    }, () => 4, () => { silences++; });
  });
  const never = () => new Promise<never>(() => undefined);

  it('makes no timer while nothing is awaited', async () => {
    assert.equal(clock.pending, 0);
    assert.equal(await vigil.over(Promise.resolve(7)), 7);
    await clock.advance(60 * SECOND_MS);
    assert.deepEqual([clock.pending, pings], [0, 0]);
  });

  it('takes a slow answer for what it is while pings are answered', async () => {
    void vigil.over(never());
    await clock.advance(600 * SECOND_MS);
    assert.equal(silences, 0);
    assert.ok(pings > 100);
  });

  it('tells once, after two seconds, that the other side is silent', async () => {
    isWell = false;
    void vigil.over(never());
    await clock.advance(2 * SECOND_MS - 1);
    assert.equal(silences, 0);
    await clock.advance(1);
    assert.equal(silences, 1);
    await clock.advance(600 * SECOND_MS);
    assert.deepEqual([silences, pings, clock.pending], [1, 1, 0]);
  });

  it('passes on the error of an answer', async () => {
    await assert.rejects(vigil.over(Promise.reject(new Error('no'))), /no/);
  });
});
