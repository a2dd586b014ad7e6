import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { UsageBucket, UsageReport } from '../../../src/core/reading';
import { DAY_MS, HOUR_MS } from '../../../src/core/time';
import { UsageDays } from '../../../src/engine/history/dailyUsage';
import { eachUsage, hasPacked, packUsage, unpackUsage } from '../../../src/engine/history/packedUsage';
import { sumsOf, usageSparkline } from '../../../src/engine/history/queries';
import { FakeClock } from '../../support/fakeClock';
import { useHistory } from '../../support/history';
import { bucket, reading, report } from '../../support/readings';
import { useTempDir } from '../../support/tempDir';

const ZONE = 'America/St_Johns';

describe('usage of days long past', () => {
  const open = useHistory();
  const dir = useTempDir();
  const clock = new FakeClock();
  const today = Math.floor(clock.now() / DAY_MS) * DAY_MS;
  let history: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => (history = await open(null, clock, null)));

  const record = (buckets: readonly UsageBucket[], more: Partial<UsageReport> = {}) => history.record('a', reading(clock.now(), { usage: [report(buckets, more)] }));
  const rows = () => {
    const found: unknown[] = [];
    eachUsage(history.sql, 1, [0, 1e12], row => found.push([...row]));
    return found;
  };
  const unpacked = () => Number(history.sql.one('SELECT count(*) FROM usage')?.[0]);
  const days = () => new UsageDays(history.sql).of(100, ZONE, clock.now());
  const hours = (daysAgo: number, count = 24) => Array.from({ length: count }, (_, hour) => bucket(today - daysAgo * DAY_MS + hour * HOUR_MS, { model: `m${hour % 3}`, branch: hour % 2 === 0 ? null : 'main' }));

  it('is the same packed, whatever it is', () => {
    const value = fc.oneof(fc.constant(null), fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.constantFrom(2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_VALUE));
    const count = fc.option(fc.oneof(fc.nat(), fc.constant(2 ** 40)));
    const some = fc.array(fc.record({
      startAt: fc.integer({ min: 0, max: 90 * 96 }).map(quarter => today - quarter * HOUR_MS / 4), spanMs: fc.constantFrom(HOUR_MS / 4, HOUR_MS, DAY_MS),
      model: fc.option(fc.string({ maxLength: 5 })), project: fc.option(fc.constantFrom('/a', '/b', 'ü')), branch: fc.option(fc.constantFrom('main', 'x')), requests: count, unpriced: fc.boolean(),
      tokens: fc.option(fc.record({ input: count, cacheRead: count, cacheWrite: count, output: count, reasoning: count })),
      cost: fc.option(fc.record({ micros: value.map(each => each ?? 0), currency: fc.constantFrom('USD', 'EUR') })),
    }), { maxLength: 40 });
    fc.assert(fc.property(some, buckets => {
      history.sql.script('DELETE FROM usage; DELETE FROM packed');
      record(buckets);
      const before = [rows(), history.sql.all('SELECT * FROM usage'), days()] as const;
      packUsage(history.sql, clock.now());
      assert.deepEqual([rows(), days()], [before[0], before[2]]);
      assert.equal(Number(history.sql.one('SELECT count(*) FROM usage WHERE start_s < ?', today / 1000 - 40 * 86_400)?.[0]), 0);
      unpackUsage(history.sql, 1, 0, 1e12);
      assert.deepEqual(history.sql.all('SELECT * FROM usage'), before[1]);
    }), { numRuns: 60 });
  });

  it('of times that there is no room for is left out, and becomes no usage of another source', () => {
    history.record('a', reading(clock.now(), { usage: [report(hours(50)), report([bucket(-DAY_MS), bucket(1_000_000 * DAY_MS), bucket(today)], { source: 'other' })] }));
    const before = rows();
    packUsage(history.sql, clock.now());
    assert.deepEqual([rows(), history.sql.all('SELECT source, start_s FROM usage')], [before, [[2, today / 1000]]]);
  });

  it('is packed after forty days, by the way, and is less than half as large', () => {
    record([...hours(39), ...hours(41), ...hours(60)]);
    const size = history.sql.image().length;
    record(Array.from({ length: 100 }, (_, day) => hours(day + 62)).flat());
    const large = history.sql.image().length - size;
    history.maintain();
    clock.jump(HOUR_MS);
    history.maintain();
    clock.jump(-HOUR_MS);
    assert.equal(unpacked(), 24);
    history.sql.script('VACUUM');
    assert.ok(history.sql.image().length - size < large / 2, `${history.sql.image().length - size} of ${large} bytes`);
  });

  it('that a clock which was ahead for weeks made of this month becomes rows again, and counts, once the clock is right', () => {
    record([...hours(3), ...hours(60)]);
    const before = rows();
    for (const byMs of [100 * DAY_MS, 2 * HOUR_MS]) {
      clock.jump(byMs);
      history.maintain();
    }
    assert.equal(unpacked(), 0);
    clock.jump(-100 * DAY_MS - 2 * HOUR_MS);
    history.maintain();
    assert.deepEqual([unpacked(), rows()], [24, before]);
    const [sum] = sumsOf(history.sql, 'a', { fromAt: today - 10 * DAY_MS, toAt: today }, null);
    assert.equal(sum?.requests, 24);
  });

  it('that such a clock made of it, and that went to the file so, counts after the next start', async () => {
    const kept = await open(dir(), clock, null);
    kept.record('a', reading(clock.now(), { usage: [report(hours(3))] }));
    for (const byMs of [100 * DAY_MS, 2 * HOUR_MS]) {
      clock.jump(byMs);
      kept.maintain();
    }
    kept.checkpoint();
    clock.jump(-100 * DAY_MS - 2 * HOUR_MS);
    kept.record('a', reading(clock.now()));
    kept.close();
    const again = await open(dir(), clock, null);
    assert.equal(sumsOf(again.sql, 'a', { fromAt: today - 10 * DAY_MS, toAt: today }, null)[0]?.requests, 24);
  });

  it('can be told anew hour by hour, and its day is whole before and after', () => {
    const old = hours(50);
    record(old);
    packUsage(history.sql, clock.now());
    const [one] = old;
    record([{ ...one!, requests: 9 }]);
    assert.deepEqual([unpacked(), rows().length], [24, 24]);
    assert.equal(days().rows.reduce((sum, row) => sum + (row.requests ?? 0), 0), 23 + 9);
    record([one!]);
    packUsage(history.sql, clock.now());
    assert.equal(days().rows.reduce((sum, row) => sum + (row.requests ?? 0), 0), 24);
  });

  it('that is told again as it was changes nothing, and unpacks nothing', () => {
    record(hours(50));
    packUsage(history.sql, clock.now());
    record(hours(50));
    assert.equal(unpacked(), 0);
  });

  it('R48: comes to the same when hours of a packed day are found later', () => {
    const old = hours(50);
    record(old.slice(0, 5));
    packUsage(history.sql, clock.now());
    record(old.slice(5));
    packUsage(history.sql, clock.now());
    assert.equal(rows().length, 24);
    record([], { covers: { fromAt: today - 50 * DAY_MS, toAt: today - 50 * DAY_MS + 4 * HOUR_MS } });
    assert.equal(rows().length, 20);
  });

  it('is in order, also where a day between was unpacked', () => {
    record([...hours(60), ...hours(50), ...hours(45), ...hours(3)]);
    packUsage(history.sql, clock.now());
    const [from] = hours(50);
    unpackUsage(history.sql, 1, from!.startAt / 1000, from!.startAt / 1000 + 1);
    assert.equal(unpacked(), 48);
    const starts = rows().map(row => (row as number[])[0]!);
    assert.deepEqual([starts.length, starts], [96, [...starts].sort((a, b) => a - b)]);
  });

  it('still tells that idle hours of today are idle', () => {
    record([...hours(50), bucket(Math.floor(clock.now() / HOUR_MS) * HOUR_MS - 2 * HOUR_MS)]);
    const line = usageSparkline(history.sql, 'a', clock.now());
    packUsage(history.sql, clock.now());
    assert.deepEqual(usageSparkline(history.sql, 'a', clock.now()), line);
    assert.equal(line?.values[3], 0);
  });

  it('goes when its time is over, and with its account', async () => {
    history = await open(null, clock, 60);
    record([...hours(55), ...hours(45)]);
    packUsage(history.sql, clock.now());
    history.retentionDays = 50;
    clock.jump(HOUR_MS);
    history.maintain();
    clock.jump(-HOUR_MS);
    assert.equal(rows().length, 24);
    history.forget('a');
    assert.equal(hasPacked(history.sql, 1), false);
  });

  it('is in the file, and in what is replayed over it', async () => {
    history = await open(dir(), clock, null);
    record(hours(50));
    history.maintain();
    clock.jump(HOUR_MS);
    history.maintain();
    clock.jump(-HOUR_MS);
    history.checkpoint();
    record([{ ...hours(50)[0]!, requests: 5 }]);
    history.flush();
    history = await open(dir(), clock, null);
    assert.equal(rows().length, 24);
    assert.equal(days().rows.reduce((sum, row) => sum + (row.requests ?? 0), 0), 23 + 5);
  });
});
