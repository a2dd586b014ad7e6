import assert from 'node:assert/strict';
import { HOUR_MS } from '../../src/core/time';
import { FigureCache } from '../../src/engine/figures';
import { FakeClock } from '../support/fakeClock';
import { useHistory } from '../support/history';
import { account, bucket, meter, reading, report } from '../support/readings';

describe('the line of the last 24 hours', () => {
  const open = useHistory();

  /** The label of the line when the share of a window is known for some hours, and usage for others. */
  async function lineOf(shareHours: number, usageHours: number): Promise<string | null> {
    const clock = new FakeClock();
    const history = await open(null, clock, null);
    for (let hour = shareHours - 1; hour >= 0; hour--) {
      const at = clock.now() - hour * HOUR_MS;
      history.record('a', reading(at, { meters: [meter(at)] }));
    }
    const hours = Array.from({ length: usageHours }, (_, hour) => bucket((Math.floor(clock.now() / HOUR_MS) - hour) * HOUR_MS));
    history.record('a', reading(clock.now(), { usage: [report(hours)] }));
    const last = reading(clock.now(), { meters: shareHours === 0 ? [] : [meter(clock.now())] });
    return new FigureCache(history.sql).of(account('a'), last, 'UTC', clock.now()).sparkline?.label ?? null;
  }

  it('tells the share used once six hours of it are known, and the usage until then', async () => {
    assert.equal(await lineOf(6, 10), '5-hour window, used %');
    assert.equal(await lineOf(5, 10), 'tokens per hour');
  });

  it('tells the share from the second hour on where the usage tells no hours', async () => {
    assert.equal(await lineOf(2, 0), '5-hour window, used %');
  });

  it('is not drawn of one hour alone', async () => {
    assert.equal(await lineOf(1, 1), null);
    assert.equal(await lineOf(0, 0), null);
  });
});
