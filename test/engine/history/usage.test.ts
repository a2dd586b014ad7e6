import assert from 'node:assert/strict';
import { addDays, daySpan, monthSpan, startOfDay } from '../../../src/core/days';
import { figureOf } from '../../../src/core/figure';
import { dayOf } from '../../../src/core/format';
import type { UsageBucket, UsageReport } from '../../../src/core/reading';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/time';
import { usd } from '../../../src/core/money';
import { UsageDays } from '../../../src/engine/history/dailyUsage';
import { ratioSparkline, sumsOf, usageSparkline } from '../../../src/engine/history/queries';
import { NAMES_SQL } from '../../../src/engine/history/usageRows';
import { FakeClock } from '../../support/fakeClock';
import { useHistory } from '../../support/history';
import { bucket, meter, reading, report } from '../../support/readings';
import { seeded } from '../../support/seeded';

describe('usage in the history', () => {
  const open = useHistory();
  let clock: FakeClock;
  let history: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => {
    clock = new FakeClock();
    history = await open(null, clock, null);
  });

  const record = (buckets: readonly UsageBucket[], more: Partial<UsageReport> = {}) =>
    history.record('a', reading(clock.now(), { usage: [report(buckets, more)] }));
  const all = { fromAt: 0, toAt: 1e13 };
  const tokens = (span = all) => sumsOf(history.sql, 'a', span, null)[0]?.tokens ?? null;
  const hours = (count: number, last = clock.now()) =>
    Array.from({ length: count }, (_, hour) => bucket(Math.floor(last / HOUR_MS) * HOUR_MS - hour * HOUR_MS));

  it('replaces a bucket that is told again, and never adds to it', () => {
    record(hours(3));
    record(hours(3));
    record([bucket(hours(1)[0]!.startAt, { tokens: { input: 500, cacheRead: 1, cacheWrite: 2, output: 3, reasoning: 3 } })]);
    assert.equal(tokens(), 2 * 110 + 506);
  });

  it('drops what a report covers and no longer lists, and nothing outside', () => {
    record(hours(4), { covers: null });
    const { startAt } = hours(1)[0]!;
    record([], { covers: { fromAt: startAt - HOUR_MS, toAt: startAt + HOUR_MS } });
    assert.equal(tokens(), 2 * 110);
  });

  it('R48: keeps what a report without a span no longer lists: usage of deleted logs stays', () => {
    record(hours(4));
    record(hours(1));
    assert.equal(tokens(), 4 * 110);
  });

  it('a price that becomes known replaces the unpriced bucket', () => {
    const [unpriced] = hours(1);
    record([{ ...unpriced!, unpriced: true }]);
    record([{ ...unpriced!, cost: usd(1) }]);
    assert.equal(tokens(), 110);
    assert.deepEqual(sumsOf(history.sql, 'a', all, null)[0]?.unpriced, []);
  });

  it('half hours replace the hours that they lie in', () => {
    const { startAt } = hours(1)[0]!;
    record(hours(2));
    record([bucket(startAt, { spanMs: 30 * MINUTE_MS }), bucket(startAt + 30 * MINUTE_MS, { spanMs: 30 * MINUTE_MS })]);
    assert.equal(tokens(), 110 + 2 * 110);
  });

  it('adds up parts that one report lists under one key', () => {
    record([bucket(0, { cost: usd(1) }), bucket(0, { cost: usd(2) })]);
    assert.deepEqual([tokens(), sumsOf(history.sql, 'a', all, null)[0]?.costs], [220, [usd(3)]]);
  });

  it('keeps accounts, sources, models, projects and currencies apart', () => {
    const eur = { micros: 7, currency: 'EUR' };
    record([bucket(0, { cost: usd(1) }), bucket(0, { model: 'model-b', cost: usd(2) }), bucket(0, { project: 'p', cost: usd(4) }), bucket(0, { tokens: null, cost: eur })]);
    record([bucket(0)], { source: 'other' });
    history.record('b', reading(clock.now(), { usage: [report([bucket(0)])] }));
    const sums = sumsOf(history.sql, 'a', all, null);
    assert.deepEqual(sums.map(each => [each.tokens, each.costs]), [[330, [eur, usd(7)]], [110, []]]);
  });

  it('R50: keeps the branches of a project apart, and restates them together', () => {
    const branches = () => history.sql.all(`SELECT p.text, b.text, input FROM usage ${NAMES_SQL} ORDER BY 1, 2`);
    record([bucket(0, { project: 'p' }), bucket(0, { project: 'q', branch: 'main' })]);
    record([bucket(0, { project: 'p', branch: 'main' }), bucket(0, { project: 'p', branch: 'fix' })]);
    assert.deepEqual(branches(), [['p', 'fix', 100], ['p', 'main', 100], ['q', 'main', 100]]);
    record([bucket(0, { project: 'p', branch: 'main', requests: 2 })]);
    record([bucket(0, { project: 'p', branch: 'main', requests: 2 })]);
    assert.deepEqual([branches(), tokens()], [[['p', 'main', 100], ['q', 'main', 100]], 220]);
  });

  it('takes a branch with an empty name for another than none, and counts what is told of one and then of the other once', () => {
    const startAt = hours(1)[0]!.startAt;
    record([bucket(startAt, { branch: null })]);
    record([bucket(startAt, { branch: '', requests: 2 })]);
    assert.equal(tokens(), 110);
    record([bucket(startAt, { branch: '' }), bucket(startAt, { branch: null })]);
    assert.equal(tokens(), 220);
  });

  it('knows a name again that was cut within a character', () => {
    const cut = [bucket(hours(1)[0]!.startAt, { model: 'm\ud83d', project: '/\udc00x', branch: 'whole \u{1f600}' })];
    record(cut);
    assert.equal(record(cut).usageChanged, false);
    assert.deepEqual(history.sql.all(`SELECT m.text, p.text, b.text FROM usage ${NAMES_SQL}`), [['m\ufffd', '/\ufffdx', 'whole \u{1f600}']]);
  });

  it('R14: tells the days whose counted tokens become fewer, and of none that moved within a day or that a vendor bills', () => {
    const hour = (n: number, input: number, more: Partial<UsageBucket> = {}) => bucket(DAY_MS * 20_000 + n * HOUR_MS, { tokens: { input, cacheRead: null, cacheWrite: null, output: null, reasoning: null }, ...more });
    assert.deepEqual(record([hour(0, 100), hour(1, 50), hour(30, 70)]).fallen, []);
    assert.deepEqual(record([hour(0, 90), hour(1, 60)]).fallen, []);
    assert.deepEqual(record([hour(0, 20, { branch: 'main' }), hour(0, 30, { branch: 'fix' })]).fallen, [{ day: '2024-10-04', tokens: 40 }]);
    assert.deepEqual(record([hour(0, 60), hour(30, 1)]).fallen, [{ day: '2024-10-05', tokens: 69 }]);
    assert.deepEqual(record([hour(0, 61), hour(1, 10), hour(30, 0)]).fallen, [{ day: '2024-10-05', tokens: 1 }, { day: '2024-10-04', tokens: 49 }]);
    record([hour(0, 9)], { source: 'usage', tokenProvenance: 'billed' });
    assert.deepEqual(record([hour(0, 1)], { source: 'usage', tokenProvenance: 'billed' }).fallen, []);
  });

  it('null stays null: no tokens is not zero tokens', () => {
    record([bucket(0, { tokens: null, requests: null, cost: usd(1) })]);
    const [sum] = sumsOf(history.sql, 'a', all, null);
    assert.deepEqual([sum?.tokens, sum?.requests], [null, null]);
  });

  it('keeps fractions of micros exactly', () => {
    record([bucket(0, { cost: { micros: 0.1, currency: 'USD' } }), bucket(HOUR_MS, { cost: { micros: 0.2, currency: 'USD' } })]);
    assert.equal(sumsOf(history.sql, 'a', all, null)[0]?.costs[0]?.micros, 0.1 + 0.2);
  });

  for (const zone of ['UTC', 'America/Los_Angeles', 'Pacific/Auckland', 'Asia/Kolkata', 'America/Havana']) {
    it(`R15: in ${zone} the days add up to the range and to the month, also when clocks change`, () => {
      clock = new FakeClock(Date.UTC(2026, 10, 12, 3));
      record(hours(24 * 40).map((each, index) => ({ ...each, tokens: { ...each.tokens!, input: index } })));
      const { fromDay, toDay, rows } = history.days.of(30, zone, clock.now());
      assert.equal(toDay, dayOf(clock.now(), zone));
      assert.equal(addDays(fromDay, 29), toDay);
      assert.equal(rows.length, 30);
      const range = { fromAt: startOfDay(fromDay, zone), toAt: startOfDay(addDays(toDay, 1), zone) };
      assert.equal(rows.reduce((sum, row) => sum + (row.tokens ?? 0), 0), tokens(range));
      for (const row of rows) assert.equal(row.tokens, tokens(daySpan(row.day, zone)), row.day);
      const october = history.days.of(60, zone, clock.now()).rows.filter(({ day }) => day.startsWith('2026-10'));
      assert.equal(october.reduce((sum, row) => sum + (row.tokens ?? 0), 0), tokens(monthSpan('2026-10-15', zone)));
    });
  }

  for (const zone of ['America/Los_Angeles', 'Pacific/Auckland']) {
    it(`R16: a vendor's UTC day stays that day for a user in ${zone}, and says so`, () => {
      clock = new FakeClock(Date.UTC(2026, 9, 31, 3)); // 30 October in Los Angeles
      const day = Date.UTC(2026, 9, 31);
      record([bucket(day, { spanMs: DAY_MS, cost: usd(2) }), bucket(day - DAY_MS, { spanMs: DAY_MS, cost: usd(1) })], { costKind: 'spent', dayZone: 'UTC' });
      const { rows, toDay } = history.days.of(7, zone, clock.now());
      assert.deepEqual(rows.map(row => [row.day, row.cost, row.dayZone]), [['2026-10-30', usd(1), 'UTC'], ['2026-10-31', usd(2), 'UTC']]);
      assert.equal(toDay, '2026-10-31');
    });
  }

  it('gives the same days from what is kept as from all buckets, whatever changes between two questions', () => {
    const random = seeded(3);
    const pick = (count: number): number => Math.floor(random() * count);
    for (let round = 0; round < 300; round++) {
      const account = `account-${pick(3)}`;
      const startAt = Math.floor(clock.now() / HOUR_MS - pick(24 * 6)) * HOUR_MS;
      const vendor = pick(2) === 0;
      const at = vendor ? Math.floor(startAt / DAY_MS) * DAY_MS : startAt;
      const buckets = [bucket(at, { spanMs: vendor ? DAY_MS : HOUR_MS, model: `model-${pick(3)}`, cost: pick(2) === 0 ? null : usd(pick(9)), requests: pick(5) })];
      const more = { source: vendor ? 'costs' : 'logs', dayZone: vendor ? 'UTC' : null, costKind: pick(10) === 0 ? 'spent' as const : 'equivalent' as const };
      if (pick(25) === 0) history.forget(account);
      else history.record(account, reading(clock.now(), { usage: [report(pick(3) === 0 ? [] : buckets, { ...more, covers: vendor ? { fromAt: at, toAt: at + DAY_MS } : null })] }));
      clock.jump(pick(6) * HOUR_MS);
      if (pick(40) === 0) history.retentionDays = 30 + pick(20);
      history.maintain();
      const [days, zone] = [1 + pick(45), ['UTC', 'Asia/Kolkata', 'America/Los_Angeles'][pick(10)] ?? 'UTC'];
      assert.deepEqual(history.days.of(days, zone, clock.now()), new UsageDays(history.sql).of(days, zone, clock.now()), `round ${round}`);
    }
  });

  for (const zone of ['Pacific/Auckland', 'America/Los_Angeles']) {
    it(`keeps this month whole to the end of its last day in ${zone}, though the history is kept for 30 days`, async () => {
      const month = monthSpan('2026-10-31', zone);
      clock = new FakeClock(month.fromAt);
      history = await open(null, clock, 30);
      const buckets = [bucket(month.fromAt), bucket(month.fromAt + 20 * HOUR_MS)];
      record(buckets);
      const goTo = (at: number) => { for (; clock.now() < at; clock.jump(HOUR_MS)) history.maintain(); };
      goTo(month.toAt - HOUR_MS);
      record(buckets);
      assert.equal(tokens(month), 220);
      goTo(month.toAt + 2 * DAY_MS);
      assert.equal(tokens(month), null);
    });
  }

  it('gives all days again when the clock was behind for a while', () => {
    const now = clock.now();
    const ask = () => history.days.of(7, 'UTC', clock.now()).rows.map(({ day }) => day);
    const days = ['2026-10-29', '2026-10-30', '2026-10-31'];
    record([bucket(now), bucket(now - DAY_MS), bucket(now - 2 * DAY_MS)]);
    assert.deepEqual(ask(), days);
    clock.jump(-3 * DAY_MS);
    record([bucket(clock.now())]);
    assert.deepEqual(ask(), ['2026-10-28']);
    clock.jump(3 * DAY_MS);
    assert.deepEqual(ask(), ['2026-10-28', ...days]);
  });

  it('shows a figure of zero for a day on which the logs were counted and empty, and none before', () => {
    record(hours(1, clock.now() - 2 * DAY_MS));
    const figure = (takenAt: number | null) => figureOf(sumsOf(history.sql, 'a', daySpan('2026-10-31', 'UTC'), takenAt), null, 'UTC');
    assert.equal(figure(clock.now())?.tokens, 0);
    assert.equal(figure(clock.now() - DAY_MS), null);
  });

  it('draws 24 hours of a meter with gaps where nobody looked', () => {
    for (const [hoursAgo, used] of [[30, 10], [5, 20], [4, 30], [1, 50]] as const) {
      const at = clock.now() - hoursAgo * HOUR_MS;
      history.record('a', reading(at, { meters: [meter(at, { used })] }));
    }
    const line = ratioSparkline(history.sql, 'a', { id: 'five-hour', label: '5-hour window' }, clock.now());
    assert.equal(line?.label, '5-hour window, used %');
    assert.deepEqual(line?.values, [...Array<null>(18).fill(null), 0.2, 0.3, null, null, 0.5, null]);
    assert.equal(line.startAt + 23 * HOUR_MS, Math.floor(clock.now() / HOUR_MS) * HOUR_MS);
    assert.equal(ratioSparkline(history.sql, 'a', { id: 'gone', label: '' }, clock.now()), null);
  });

  it('keeps every change of a meter, also after a clock that was ahead', () => {
    const told = (used: number): void => void history.record('a', reading(clock.now(), { meters: [meter(clock.now(), { used })] }));
    const start = clock.now() / 1000;
    told(10);
    clock.jump(10 * DAY_MS);
    told(20);
    clock.jump(-10 * DAY_MS);
    for (const used of [20, 30, 20, 20]) {
      clock.jump(MINUTE_MS);
      told(used);
    }
    assert.deepEqual(history.sql.all('SELECT at_s - ?, ratio FROM raw ORDER BY at_s', start), [[0, 1000], [60, 2000], [120, 3000], [180, 2000], [864000, 2000]]);
  });

  it('draws a value at the time when it was true, not when it was read', () => {
    const trueAt = clock.now() - 3 * HOUR_MS;
    history.record('a', reading(clock.now(), { meters: [meter(trueAt)] }));
    assert.equal(ratioSparkline(history.sql, 'a', { id: 'five-hour', label: '' }, clock.now())?.values[20], 0.42);
  });

  it('draws an hour without use between two with use as zero, and nothing before the first and after the last', () => {
    const hour = Math.floor(clock.now() / HOUR_MS) * HOUR_MS;
    record([bucket(hour - 4 * HOUR_MS), bucket(hour - HOUR_MS)], { covers: null });
    assert.deepEqual(usageSparkline(history.sql, 'a', clock.now())?.values.slice(-6), [null, 110, 0, 0, 110, null]);
    record([bucket(hour - 2 * DAY_MS)], { covers: null });
    assert.deepEqual(usageSparkline(history.sql, 'a', clock.now())?.values.slice(-6), [0, 110, 0, 0, 110, null]);
  });

  it('draws tokens of each hour, or money where there are no tokens, and no days', () => {
    record(hours(2));
    assert.deepEqual(usageSparkline(history.sql, 'a', clock.now())?.values.slice(-3), [null, 110, 110]);
    history.record('b', reading(clock.now(), { usage: [report(hours(1).map(each => ({ ...each, tokens: null, cost: usd(2) })))] }));
    assert.deepEqual([usageSparkline(history.sql, 'b', clock.now())?.unit, usageSparkline(history.sql, 'b', clock.now())?.values.at(-1)], ['micros', 2_000_000]);
    history.record('c', reading(clock.now(), { usage: [report([bucket(clock.now(), { spanMs: DAY_MS })])] }));
    assert.equal(usageSparkline(history.sql, 'c', clock.now()), null);
    const euros = { micros: 3_000_000, currency: 'EUR' };
    history.record('d', reading(clock.now(), { usage: [report(hours(2).map((each, hour) => ({ ...each, tokens: null, cost: hour === 0 ? euros : usd(2) })))] }));
    assert.equal(usageSparkline(history.sql, 'd', clock.now()), null, 'money of two currencies is no line');
  });
});
