import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { migrations } from '../../../src/engine/history/migrations';
import { loadImage, saveImage } from '../../../src/engine/history/image';
import { NAMES_SQL } from '../../../src/engine/history/usageRows';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/time';
import { FakeClock } from '../../support/fakeClock';
import { useHistory } from '../../support/history';
import { bucket, meter, reading, report } from '../../support/readings';
import { openSql } from '../../support/sql';
import { useTempDir } from '../../support/tempDir';

describe('history on the disk', () => {
  const dir = useTempDir();
  const open = useHistory();
  const file = (name: string) => path.join(dir(), name);
  const count = (history: Awaited<ReturnType<typeof open>>) => Number(history.sql.one('SELECT count(*) FROM usage')?.[0]);

  /** Records `hours` buckets, one reading each, from the clock's time on. */
  async function fill(clock: FakeClock, hours: number, checkpointAfter?: number): Promise<void> {
    const history = await open(dir(), clock);
    for (let hour = 0; hour < hours; hour++) {
      history.record('a', reading(clock.now(), { meters: [meter(clock.now(), { used: hour })], usage: [report([bucket(clock.now())])] }));
      clock.jump(HOUR_MS);
      if (hour + 1 === checkpointAfter) history.checkpoint();
    }
    history.close();
  }

  it('drops what is past its time, though no session lasts an hour', async () => {
    const clock = new FakeClock();
    for (let session = 0; session < 8; session++, clock.jump(10 * HOUR_MS)) {
      const history = await open(dir(), clock);
      for (let minute = 0; minute < 40; minute += 5, clock.jump(5 * MINUTE_MS)) {
        history.record('a', reading(clock.now(), { meters: [meter(clock.now(), { used: session + minute })] }));
        history.maintain();
      }
      history.close();
    }
    const last = await open(dir(), clock);
    last.maintain();
    const first = Number(last.sql.one('SELECT min(at_s) FROM raw')?.[0]) * 1000;
    assert.ok(clock.now() - first < 60 * HOUR_MS && clock.now() - first > 40 * HOUR_MS, `${(clock.now() - first) / HOUR_MS} hours`);
  });

  it('opens with what was recorded, whether it is in the image, in the journal or in both', async () => {
    for (const checkpointAfter of [undefined, 3, 6]) {
      rmSync(dir(), { recursive: true });
      const clock = new FakeClock();
      await fill(clock, 6, checkpointAfter);
      const history = await open(dir(), clock);
      assert.deepEqual([count(history), history.lastReading('a')?.meters[0]?.used, history.warning], [6, 5, null]);
    }
  });

  it('keeps the last good reading with its time, order of meters, notes and totals', async () => {
    const clock = new FakeClock();
    const history = await open(dir(), clock);
    const given = reading(clock.now(), {
      meters: [meter(clock.now(), { id: 'z' }), meter(clock.now(), { id: 'a' })], identity: 'Org', plan: 'Max', notes: ['note'],
      totals: [{ period: 'day', startAt: 0, cost: { micros: 1.5, currency: 'USD' }, dayZone: 'UTC', provenance: 'billed' }],
    });
    history.record('a', given);
    history.close();
    const { usage: _usage, gaps: _gaps, ...expected } = given;
    assert.deepEqual((await open(dir(), clock)).lastReading('a'), expected);
  });

  it('replays a journal over an image that holds it already and changes nothing', async () => {
    const clock = new FakeClock();
    await fill(clock, 4);
    const journal = readFileSync(file('history.journal'));
    const history = await open(dir(), clock);
    history.checkpoint();
    const before = history.sql.all('SELECT * FROM usage');
    history.close();
    writeFileSync(file('history.journal'), journal); // as a crash between the two renames leaves it
    const again = await open(dir(), clock);
    assert.deepEqual([again.sql.all('SELECT * FROM usage'), again.warning], [before, null]);
  });

  it('does not bring back what was dropped, when a crash left an old journal beside a new image', async () => {
    const clock = new FakeClock();
    await fill(clock, 4);
    const journal = readFileSync(file('history.journal'));
    const history = await open(dir(), clock);
    clock.jump(200 * DAY_MS);
    history.maintain();
    clock.jump(2 * HOUR_MS);
    history.maintain();
    history.checkpoint();
    history.close();
    writeFileSync(file('history.journal'), journal);
    assert.equal(count(await open(dir(), clock)), 0);
  });

  it('says that readings are missing when a whole line is gone from the journal', async () => {
    const clock = new FakeClock();
    await fill(clock, 3);
    const lines = readFileSync(file('history.journal'), 'latin1').split('\n');
    writeFileSync(file('history.journal'), [lines[0], lines[2], ''].join('\n'), 'latin1');
    const history = await open(dir(), clock);
    assert.deepEqual([count(history), history.warning], [2, 'A part of the history journal was damaged: some readings are missing.']);
  });

  for (const [how, damage] of [
    ['a flipped bit', (name: string) => { const bytes = readFileSync(name); bytes[bytes.length >> 1]! ^= 4; writeFileSync(name, bytes); }],
    ['half of it missing', (name: string) => truncateSync(name, statSync(name).size >> 1)],
    ['no bytes at all', (name: string) => truncateSync(name, 0)],
    ['other content', (name: string) => writeFileSync(name, 'x'.repeat(10_000))],
  ] as const) {
    it(`falls back to the kept image, loses nothing and says so when the image has ${how}`, async () => {
      const clock = new FakeClock();
      await fill(clock, 4, 2);
      await fill(clock, 4, 2);
      damage(file('history.sqlite'));
      const history = await open(dir(), clock);
      assert.equal(count(history), 8);
      assert.match(history.warning ?? '', /damaged.*last good copy/);
      history.close();
      assert.ok(existsSync(file('history.sqlite.damaged')));
      damage(file('history.sqlite')); // the copy that was kept is good again, too
      assert.equal(count(await open(dir(), clock)), 8);
    });
  }

  it('shows what the journals still have when both images are damaged, and says so', async () => {
    const clock = new FakeClock();
    await fill(clock, 4, 2);
    truncateSync(file('history.sqlite'), 100);
    const history = await open(dir(), clock);
    assert.equal(count(history), 4);
    assert.match(history.warning ?? '', /damaged.*journal/);
  });

  it('says that readings are missing when a line within the journal is damaged', async () => {
    const clock = new FakeClock();
    await fill(clock, 3);
    const bytes = readFileSync(file('history.journal'));
    bytes[bytes.indexOf(10) + 40]! ^= 1;
    writeFileSync(file('history.journal'), bytes);
    const history = await open(dir(), clock);
    assert.deepEqual([count(history), history.warning], [2, 'A part of the history journal was damaged: some readings are missing.']);
  });

  it('leaves a newer version\'s image and journal as they are, and says so', async () => {
    const clock = new FakeClock();
    await fill(clock, 2, 1);
    const sql = (await openSql())((loadImage(file('history.sqlite')) as { bytes: Uint8Array }).bytes);
    sql.script(`PRAGMA user_version = ${migrations.length + 1}`);
    saveImage(file('history.sqlite'), file('history.sqlite.kept'), sql.image());
    const before = readdirSync(dir()).map(name => [name, readFileSync(file(name)).toString('latin1')]);
    const history = await open(dir(), clock);
    assert.match(history.warning ?? '', /newer version/);
    history.record('a', reading(clock.now(), { meters: [meter(clock.now())] }));
    history.checkpoint();
    history.close();
    assert.deepEqual(readdirSync(dir()).map(name => [name, readFileSync(file(name)).toString('latin1')]), before);
  });

  it('R50: takes over usage from before branches were told, and replaces it when they are', async () => {
    const clock = new FakeClock();
    const old = (await openSql())(null);
    old.script(`${migrations[0]}; PRAGMA user_version = 1;
      INSERT INTO account (id, account) VALUES (1, 'a'); INSERT INTO source VALUES (1, 1, 'logs', 'equivalent', 'estimated', 'measured', NULL);
      INSERT INTO name VALUES (1, 'model-a'), (2, '/p');
      INSERT INTO usage VALUES (1, 3600, 3600, 1, 2, '', 7, NULL, NULL, 5, NULL, 1, NULL, 0), (1, 7200, 3600, 1, 2, '', 7, NULL, NULL, 5, NULL, 1, NULL, 0)`);
    saveImage(file('history.sqlite'), file('history.sqlite.kept'), old.image());
    const history = await open(dir(), clock, null);
    const rows = () => history.sql.all(`SELECT start_s, m.text, p.text, b.text, input FROM usage ${NAMES_SQL} ORDER BY 1, 4`);
    assert.deepEqual(rows(), [[3600, 'model-a', '/p', null, 7], [7200, 'model-a', '/p', null, 7]]);
    history.record('a', reading(clock.now(), { usage: [report(['main', 'fix'].map(branch => bucket(HOUR_MS, { project: '/p', branch })))] }));
    assert.deepEqual(rows(), [[3600, 'model-a', '/p', 'fix', 100], [3600, 'model-a', '/p', 'main', 100], [7200, 'model-a', '/p', null, 7]]);
  });

  it('works in memory where it cannot write, and says so', async () => {
    const clock = new FakeClock();
    mkdirSync(file('history.journal')); // stands for any refusal, also for a user whom permissions do not hold
    const history = await open(dir(), clock);
    history.record('a', reading(clock.now(), { usage: [report([bucket(clock.now())])] }));
    assert.equal(count(history), 1);
    assert.match(history.warning ?? '', /cannot be opened.*Nothing new is kept/);
  });

  it('says in SQLite\'s words why it cannot open a file that is as it was written', async () => {
    saveImage(file('history.sqlite'), file('history.sqlite.kept'), new Uint8Array(4096).fill(7));
    assert.match((await open(dir(), new FakeClock())).warning ?? '', /cannot be opened \(file is not a database\)/);
  });

  it('writes nothing for a reading that says the same within the hour', async () => {
    const clock = new FakeClock();
    const history = await open(dir(), clock);
    const say = () => {
      history.record('a', reading(clock.now(), { meters: [meter(clock.now())], usage: [report([bucket(0)])] }));
      history.flush();
    };
    say();
    const size = statSync(file('history.journal')).size;
    for (let minute = 0; minute < 50; minute++) {
      clock.jump(MINUTE_MS);
      say();
    }
    assert.equal(statSync(file('history.journal')).size, size);
    clock.jump(HOUR_MS);
    say();
    assert.ok(statSync(file('history.journal')).size > size);
  });

  it('writes the image after twelve hours or four megabytes of journal, and not before', async () => {
    const clock = new FakeClock();
    const history = await open(dir(), clock, null);
    history.record('a', reading(clock.now(), { meters: [meter(clock.now())] }));
    clock.jump(11 * HOUR_MS);
    history.maintain();
    assert.equal(existsSync(file('history.sqlite')), false);
    clock.jump(HOUR_MS);
    history.maintain();
    assert.ok(existsSync(file('history.sqlite')));
    assert.equal(existsSync(file('history.journal')), false);
    history.record('a', reading(clock.now(), { usage: [report(Array.from({ length: 25_000 }, (_, hour) => bucket(clock.now() - hour * HOUR_MS)), { source: 'more' })] }));
    history.flush();
    clock.jump(9 * MINUTE_MS);
    history.maintain();
    assert.ok(statSync(file('history.journal')).size > 4 * 1024 * 1024);
    clock.jump(MINUTE_MS);
    history.maintain();
    assert.equal(existsSync(file('history.journal')), false);
  });

  it('writes the image once there are four megabytes of journal also when no session lasts, as on the command line', async () => {
    const clock = new FakeClock();
    const large = Array.from({ length: 500 }, (_, n) => bucket(clock.now(), { project: `/${'long/'.repeat(200)}${n}` }));
    for (let session = 1; session <= 10; session++) {
      const history = await open(dir(), clock);
      history.record('a', reading(clock.now(), { usage: [report(large.map(each => ({ ...each, requests: session })))] }));
      history.maintain();
      history.close();
      clock.jump(MINUTE_MS);
    }
    assert.ok(existsSync(file('history.sqlite')));
    assert.ok(statSync(file('history.journal')).size < 4e6, `${statSync(file('history.journal')).size} bytes`);
    assert.equal((await open(dir(), clock)).sql.one('SELECT sum(requests) FROM usage')?.[0], 10 * 500);
  });

  it('drops what is past its time, but not because the clock was wrong for a moment', async () => {
    const clock = new FakeClock();
    const history = await open(dir(), clock, 30);
    history.record('a', reading(clock.now(), { meters: [meter(clock.now())], usage: [report([bucket(clock.now())])] }));
    const rows = () => ['raw', 'hourly', 'daily', 'usage'].map(table => Number(history.sql.one(`SELECT count(*) FROM ${table}`)?.[0]));
    clock.jump(3_000 * DAY_MS);
    history.maintain();
    clock.jump(-3_000 * DAY_MS);
    history.maintain();
    assert.deepEqual(rows(), [1, 1, 1, 1]);
    const steps = [[49 * HOUR_MS, [0, 1, 1, 1]], [29 * DAY_MS, [0, 0, 0, 0]]] as const;
    for (const [byMs, expected] of steps) {
      clock.jump(byMs);
      history.maintain();
      clock.jump(2 * HOUR_MS);
      history.maintain();
      assert.deepEqual(rows(), expected);
    }
  });

  it('forgets an account wholly, and the others not at all', async () => {
    const clock = new FakeClock();
    const history = await open(dir(), clock);
    for (const id of ['a', 'b']) {
      history.record(id, reading(clock.now(), { meters: [meter(clock.now())], usage: [report([bucket(clock.now())])] }));
      history.recordAlert(id, 'five-hour', { fired: [0.8], resetsAt: null, pending: null });
    }
    history.forget('a');
    history.close();
    const again = await open(dir(), clock);
    assert.deepEqual([again.lastReading('a'), again.lastReading('b')?.meters.length, count(again), again.alertStates().length], [null, 1, 1, 1]);
  });
});
