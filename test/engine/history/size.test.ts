import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import { DAY_MS, HOUR_MS } from '../../../src/core/time';
import { sumsOf } from '../../../src/engine/history/queries';
import { FakeClock } from '../../support/fakeClock';
import { useHistory } from '../../support/history';
import { bucket, meter, reading, report } from '../../support/readings';
import { useTempDir } from '../../support/tempDir';

const ACCOUNTS = 50;
const METERS = 4;

describe('history of 180 days', () => {
  const open = useHistory();
  const dir = useTempDir();

  it('P18: 50 accounts with 4 meters each need at most 8 MB', async function () {
    this.timeout(30_000);
    const clock = new FakeClock();
    const history = await open(null, clock);
    const hour = Math.floor(clock.now() / HOUR_MS);
    for (let index = 0; index < ACCOUNTS; index++) {
      history.record(`account-${index}`, reading(clock.now(), { meters: Array.from({ length: METERS }, (_, id) => meter(clock.now(), { id: `meter-${id}` })) }));
    }
    const value = '(series * 7 + n * 13) % 10000';
    const fill = (table: string, columns: string, from: number, count: number, step: string) => history.sql.script(
      `WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < ${count})
       INSERT INTO ${table} SELECT series, ${from} - n${step}, ${columns} FROM t, (SELECT id AS series FROM meter) ORDER BY 1, 2`);
    fill('raw', `${value}, ${value} / 100.0`, Math.floor(clock.now() / 1000), 122, ' * 1400');
    fill('hourly', `${value} / 2, ${value}, ${value}, ${value} / 100.0`, hour, 720, '');
    fill('daily', `${value} / 2, ${value}, ${value}, ${value} / 100.0`, Math.floor(clock.now() / DAY_MS), 180, '');
    const bytes = history.sql.image().length;
    assert.ok(bytes <= 8_000_000, `${bytes} bytes`);
  });

  it('days of a heavy user\'s half year, kept hour by hour, are summed from less than 3 MB', async function () {
    this.timeout(30_000);
    const clock = new FakeClock();
    const history = await open(null, clock, null);
    // Ten working hours a day, three models in two projects.
    const buckets = Array.from({ length: 180 * 10 * 6 }, (_, n) => bucket(clock.now() - Math.floor(n / 60) * DAY_MS - Math.floor((n % 60) / 6) * HOUR_MS, {
      model: `model-${n % 3}`, project: `/home/user/project-${n % 2}`, cost: { micros: n * 1.37, currency: 'USD' },
    }));
    history.record('a', reading(clock.now(), { usage: [report(buckets)] }));
    assert.ok(history.sql.image().length < 3_000_000, `${history.sql.image().length} bytes`);
    const { rows } = history.days.of(180, 'UTC', clock.now());
    assert.equal(rows.reduce((sum, row) => sum + (row.tokens ?? 0), 0), sumsOf(history.sql, 'a', { fromAt: 0, toAt: 1e13 }, null)[0]?.tokens);
  });

  it('gives back the room of what was dropped, a part with each image', async () => {
    const clock = new FakeClock(Date.UTC(2026, 9, 15, 12)); // amid a month, which stays whole
    const history = await open(dir(), clock, 180);
    history.record('a', reading(clock.now(), { usage: [report(Array.from({ length: 180 * 100 }, (_, n) => bucket(clock.now() - Math.floor(n / 100) * DAY_MS, { model: `model-${n % 100}` })))] }));
    history.checkpoint();
    const size = () => statSync(path.join(dir(), 'history.sqlite')).size;
    const before = size();
    history.retentionDays = 30;
    for (let hour = 0; hour < 3; hour++) {
      clock.jump(HOUR_MS);
      history.maintain();
    }
    for (let times = 0; times < 3; times++) history.checkpoint();
    assert.ok(size() < before / 3, `${before} bytes became ${size()}`);
    history.close();
    assert.equal(Number((await open(dir(), clock)).sql.one('SELECT count(*) FROM usage')?.[0]), 30 * 100);
  });
});
