import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ExportChoice } from '../../../src/core/historyTools';
import { usd } from '../../../src/core/money';
import { DAY_MS, HOUR_MS } from '../../../src/core/time';
import { exportHistory } from '../../../src/engine/historyTools/export';
import { importHistory } from '../../../src/engine/historyTools/import';
import { Tasks } from '../../../src/engine/historyTools/tasks';
import type { History } from '../../../src/engine/history/history';
import { NAMES_SQL } from '../../../src/engine/history/usageRows';
import { contentOf, fillHistory } from '../../support/exportedHistory';
import { FakeClock } from '../../support/fakeClock';
import { useHistory } from '../../support/history';
import { account, bucket, meter, reading, report } from '../../support/readings';
import { useTempDir } from '../../support/tempDir';

const all: ExportChoice = { format: 'json', levels: ['raw', 'hourly', 'daily', 'usage'], accountIds: null, fromAt: null, toAt: null };
const names = ['a', 'b'].map(id => account(id));

describe('import', () => {
  const dir = useTempDir();
  const open = useHistory();
  let clock: FakeClock;
  let source: History;
  const file = (): string => path.join(dir(), 'out.json');
  const tasks = (): Tasks => new Tasks(clock, () => undefined);
  const write = (from: History, accounts = names) => tasks().run('t', task => exportHistory(file(), { sql: from.sql, accounts, choice: all, zone: 'UTC', clients: [], now: clock.now(), storageDir: null }, task));
  const take = (into: History, accounts = names) => tasks().run('t', task => importHistory(file(), { history: into, accounts, now: clock.now() }, task));
  beforeEach(async () => {
    clock = new FakeClock();
    source = await open(null, clock);
    fillHistory(source, clock);
  });

  it('gives an empty history all that was exported, to the last digit', async () => {
    const { rows } = await write(source);
    const target = await open(null, clock);
    assert.deepEqual(await take(target), { taken: rows, left: 0, unknownAccounts: [] });
    assert.deepEqual(contentOf(target), contentOf(source));
  });

  it('takes any path and any share of a cap that is in an export', async () => {
    const now = clock.now();
    const shares = [1e12, 1e18].map(used => meter(now, { id: `of-${used}`, unit: 'tokens', used, cap: { kind: 'limited', amount: 1 } }));
    source.record('a', reading(now, { meters: shares, usage: [report([bucket(now - HOUR_MS, { project: `/${'long/'.repeat(800)}` })], { source: 'paths' })] }));
    await write(source);
    const target = await open(null, clock);
    await take(target);
    assert.deepEqual(contentOf(target), contentOf(source));
  });

  it('twice, or into the history that it came from, changes nothing', async () => {
    const { rows } = await write(source);
    const before = contentOf(source);
    assert.deepEqual(await take(source), { taken: 0, left: rows, unknownAccounts: [] });
    const target = await open(null, clock);
    await take(target);
    assert.equal((await take(target)).taken, 0);
    assert.deepEqual([contentOf(source), contentOf(target)], [before, before]);
  });

  it('R50: takes all branches of a project together, however many there are and in whatever order they were stored', async () => {
    const start = Math.floor(clock.now() / HOUR_MS) * HOUR_MS;
    const branches = Array.from({ length: 600 }, (_, n) => bucket(start, { project: `p${n % 2}`, branch: n < 2 ? null : `b${n}` }));
    const nameless = Array.from({ length: 900 }, (_, n) => bucket(start, { model: 'x', project: n % 2 === 0 ? '' : null, branch: `b${n}` }));
    source.record('a', reading(clock.now(), { usage: [report([...branches, ...nameless], { source: 'branches' })] }));
    await write(source);
    const target = await open(null, clock);
    await take(target);
    assert.deepEqual(contentOf(target), contentOf(source));
    assert.equal(target.sql.one('SELECT count(*) FROM usage WHERE project < 0')?.[0], 599 + 900);
  });

  it('takes an export from before branches were told', async () => {
    await write(source);
    const old = readFileSync(file(), 'utf8').replaceAll(/"branch":(null|"[^"]*"),/g, '');
    assert.ok(!old.includes('branch'));
    writeFileSync(file(), old);
    const target = await open(null, clock);
    await take(target);
    assert.deepEqual(target.sql.all(`SELECT DISTINCT b.text FROM usage ${NAMES_SQL}`), [[null]]);
  });

  it('is there after a crash, though no image was written', async () => {
    await write(source);
    const target = await open(path.join(dir(), 'storage'), clock);
    await take(target);
    target.flush();
    const again = await open(path.join(dir(), 'storage'), clock);
    assert.deepEqual(contentOf(again), contentOf(source));
  });

  it('restates what an older reading left here, never adds to it, in whatever currency it was', async () => {
    const start = clock.now() - DAY_MS;
    const target = await open(null, clock);
    target.record('a', reading(start, { usage: [report([bucket(start, { cost: null, unpriced: true })])] }));
    source.record('a', reading(clock.now(), { usage: [report([bucket(start, { cost: usd(3), requests: 9 })])] }));
    await write(source);
    await take(target);
    assert.deepEqual(target.sql.all('SELECT currency, requests, micros, unpriced FROM usage WHERE start_s = ?', start / 1000), [['USD', 9, 3e6, 0]]);
    assert.deepEqual(contentOf(target), contentOf(source));
  });

  it('leaves what was read here after the export as it is, and fills the gaps', async () => {
    const start = clock.now() - DAY_MS;
    source.record('a', reading(clock.now(), { usage: [report([bucket(start, { requests: 1 }), bucket(start - DAY_MS, { requests: 2 })])] }));
    await write(source);
    const target = await open(null, clock);
    clock.jump(HOUR_MS);
    target.record('a', reading(clock.now(), { meters: [meter(clock.now() - HOUR_MS, { used: 77 })], usage: [report([bucket(start, { requests: 5 })])] }));
    await take(target);
    assert.deepEqual(target.sql.all('SELECT start_s, requests FROM usage WHERE start_s <= ? ORDER BY 1', start / 1000).slice(-2), [[(start - DAY_MS) / 1000, 2], [start / 1000, 5]]);
    const hours = 'SELECT last FROM hourly WHERE series = (SELECT id FROM meter WHERE meter = ?)';
    assert.deepEqual([target.sql.all(hours, 'five-hour'), target.sql.all('SELECT amount FROM hourly WHERE series = (SELECT id FROM meter WHERE meter = ?)', 'credits')], [[[7700]], [[4560000.5]]]);
  });

  it('does not count a span twice that is here in another length', async () => {
    const day = Date.UTC(2026, 9, 20);
    source.record('a', reading(clock.now(), { usage: [report([bucket(day + HOUR_MS), bucket(day + 2 * HOUR_MS)])] }));
    await write(source);
    const target = await open(null, clock);
    target.record('a', reading(0, { usage: [report([bucket(day, { spanMs: DAY_MS })])] }));
    assert.equal((await take(target)).left, 2);
    assert.deepEqual(target.sql.all('SELECT start_s, span_s FROM usage WHERE start_s >= ? AND start_s < ?', day / 1000, (day + DAY_MS) / 1000), [[day / 1000, 86400]]);
  });

  it('counts a row once that the file has twice, wherever it stands, and takes the last one', async () => {
    await write(source);
    const whole = JSON.parse(readFileSync(file(), 'utf8'));
    const [first] = whole.rows.filter(({ level }: { level: string }) => level === 'usage');
    whole.rows.unshift(...whole.rows, { ...first, requests: 900 });
    writeFileSync(file(), JSON.stringify(whole));
    const target = await open(null, clock);
    await take(target);
    assert.deepEqual(contentOf(target), contentOf(source));
  });

  it('finds accounts by their id, else by provider and name, and names those that are not here', async () => {
    await write(source);
    const target = await open(null, clock);
    const result = await take(target, [account('other', { alias: 'a' }), account('third', { alias: 'b', providerId: 'umbrella' })]);
    assert.deepEqual(result.unknownAccounts, ['b']);
    assert.deepEqual(target.sql.all('SELECT account FROM account ORDER BY 1'), [['b'], ['other']]);
  });

  it('leaves out what is past its retention', async () => {
    await write(source);
    clock.jump(40 * DAY_MS);
    const target = await open(null, clock, 35);
    const { taken } = await take(target);
    assert.deepEqual([taken, target.sql.one('SELECT count(*) FROM daily')?.[0]], [0, 0]);
    const longer = await open(null, clock, 45);
    assert.equal((await take(longer)).taken, 4);
  });

  it('takes nothing of a file that is cut off, changed, or of something else, and says what is wrong', async () => {
    await write(source);
    const text = readFileSync(file(), 'utf8');
    const target = await open(null, clock);
    for (const [bad, why] of [
      [text.slice(0, -5), /ends too early/],
      [text.slice(0, 300), /ends too early/],
      ['{"format":"quota-monitor-export"}', /no rows/],
      ['name,cost\n1,2\n', /not an export/],
      [`${text.trimEnd().slice(0, -1)},"more":1}`, /beside the rows/],
      [text.replace('"version":1', '"version":2'), /newer version/],
      [text.replace('quota-monitor-export', 'other'), /not an export/],
      [text.replace('"requests":1', '"requests":"sk-canary"'), /row \d+ has a wrong value in requests/],
      [text.replace('"requests":1', '"requests":1.7e308'), /row \d+ has a wrong value in requests/],
      [text.replace('"inputTokens":100', '"inputTokens":-1.7e308'), /row \d+ has a wrong value in inputTokens/],
      [text.replace('"lastPercent":12.34', '"lastPercent":1e17'), /row \d+ has a wrong value in lastPercent/],
      [text.replace('"dayZone":"UTC"', '"dayZone":"Not/AZone"'), /the header has a wrong value in sources/],
      [text.replace(/"trueAt":\d+/, '"trueAt":1e300'), /the header has a wrong value in meters/],
      [text.replaceAll(/"start":"(2[^"]*)","end":"2[^"]*"/g, '"start":"1960-01-01T00:00:00Z","end":"1960-01-01T01:00:00Z"'), /at 1960-01-01T00:00:00Z/],
      [text.replaceAll(/"start":"(2[^"]*)","end":"2[^"]*"/g, '"start":"9999-01-01T00:00:00Z","end":"9999-01-01T01:00:00Z"'), /at 9999-01-01T00:00:00Z/],
      [text.replace('"cost":"-1.5"', `"cost":"${'9'.repeat(30)}"`), /"9{30}" is not an amount/],
      [text.replace('"cost":"-1.5"', '"cost":"1,5"'), /"1,5" is not an amount/],
      [text.replace('"source":"costs","model"', '"source":"other","model"'), /says nothing of the source "other"/],
      [text.replaceAll('"meter":"credits","meterName"', '"meter":"other","meterName"'), /says nothing of the meter "other"/],
      [text.replace('"rows":[', `"rows":[{"level":"raw","x":"${'x'.repeat(400_000)}"},`), /too long|wrong value/],
    ] as const) {
      writeFileSync(file(), bad);
      await assert.rejects(take(target), (error: Error) => why.test(error.message) && !error.message.includes('canary'), String(why));
      assert.equal(target.sql.one('SELECT count(*) FROM usage')?.[0], 0, String(why));
    }
    await assert.rejects(tasks().run('t', task => importHistory(path.join(dir(), 'none'), { history: target, accounts: [], now: 0 }, task)), /none cannot be read \(ENOENT\)/);
  });

  it('takes a file that somebody formatted', async () => {
    const { rows } = await write(source);
    writeFileSync(file(), `\ufeff${JSON.stringify(JSON.parse(readFileSync(file(), 'utf8')), null, 4)}`);
    assert.equal((await take(await open(null, clock))).taken, rows);
  });

  it('goes through a large file in pieces, and stops when it is cancelled', async function () {
    this.timeout(20_000);
    const buckets = Array.from({ length: 3000 }, (_, index) => bucket(clock.now() - (index >> 2) * HOUR_MS, { model: `m${index & 3}`, cost: usd(index) }));
    source.record('c', reading(clock.now(), { usage: [report(buckets)] }));
    const { rows, bytes } = await write(source);
    assert.ok(bytes > 1024 * 1024);
    const target = await open(null, clock);
    assert.equal((await take(target)).taken, rows);
    assert.deepEqual(contentOf(target), contentOf(source));
    const all = tasks();
    const cancelled = all.run('t', task => importHistory(file(), { history: target, accounts: [], now: clock.now() }, task));
    all.cancel('t');
    await assert.rejects(cancelled, /Cancelled/);
  });
});
