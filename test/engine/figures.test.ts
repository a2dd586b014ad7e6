import assert from 'node:assert/strict';
import { HOUR_MS, MINUTE_MS } from '../../src/core/time';
import { FigureCache } from '../../src/engine/figures';
import { startOfUtcDay } from '../../src/providers/utcDays';
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

describe('figures of an account', () => {
  const open = useHistory();

  it('are not asked of the history again before something is new or a quarter of an hour ends, for the clock or for the reading', async () => {
    const clock = new FakeClock();
    const history = await open(null, clock, null);
    let queries = 0;
    const sql = Object.assign(Object.create(history.sql) as typeof history.sql, { all: (...args: Parameters<typeof history.sql.all>) => (queries++, history.sql.all(...args)) });
    const cache = new FigureCache(sql);
    const asked = (): boolean => {
      const before = queries;
      cache.of(account('a'), last, 'UTC', clock.now());
      return queries > before;
    };
    let last = reading(clock.now());
    assert.equal(asked(), true);
    await clock.advance(MINUTE_MS);
    last = reading(clock.now());
    assert.equal(asked(), false, 'a reading that tells the same');
    await clock.advance(15 * MINUTE_MS);
    assert.equal(asked(), true, 'another quarter of an hour');
    last = reading(clock.now());
    assert.equal(asked(), true, 'a reading of this quarter: what it says of today is of today');
    cache.drop('a');
    assert.equal(asked(), true, 'something new');
  });

  it('follow a reading whose totals changed, without asking for usage that did not', async () => {
    const clock = new FakeClock();
    const history = await open(null, clock, null);
    const queries: string[] = [];
    const sql = Object.assign(Object.create(history.sql) as typeof history.sql, { all: (...args: Parameters<typeof history.sql.all>) => (queries.push(args[0]), history.sql.all(...args)) });
    const cache = new FigureCache(sql);
    const spent = (micros: number) => reading(clock.now(), { meters: [meter(clock.now())], totals: [{ period: 'day', startAt: startOfUtcDay(clock.now()), cost: { micros, currency: 'USD' }, dayZone: 'UTC', provenance: 'billed' }] });
    const costs = (micros: number) => cache.of(account('a'), spent(micros), 'UTC', clock.now()).today?.costs;
    assert.deepEqual(costs(5), [{ micros: 5, currency: 'USD' }]);
    cache.dropReading('a');
    queries.length = 0;
    assert.deepEqual(costs(7), [{ micros: 7, currency: 'USD' }]);
    assert.deepEqual(queries.filter(text => text.includes('usage')), []);
  });
});
