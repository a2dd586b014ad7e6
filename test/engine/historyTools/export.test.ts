import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import type { ExportChoice } from '../../../src/core/historyTools';
import { HOUR_MS } from '../../../src/core/time';
import { exportHistory } from '../../../src/engine/historyTools/export';
import { ExportHeader, ExportRow } from '../../../src/engine/historyTools/exportForm';
import { removeUnfinished } from '../../../src/engine/historyTools/outFile';
import { Tasks } from '../../../src/engine/historyTools/tasks';
import { packUsage } from '../../../src/engine/history/packedUsage';
import type { History } from '../../../src/engine/history/history';
import { useBrokenDisk } from '../../support/brokenDisk';
import { fillHistory } from '../../support/exportedHistory';
import { FakeClock } from '../../support/fakeClock';
import { useHistory } from '../../support/history';
import { account, bucket, reading, report } from '../../support/readings';
import { useTempDir } from '../../support/tempDir';

const all: ExportChoice = { format: 'csv', levels: ['raw', 'hourly', 'daily', 'usage'], accountIds: null, fromAt: null, toAt: null };

describe('export', () => {
  const dir = useTempDir();
  const open = useHistory();
  const disk = useBrokenDisk();
  let clock: FakeClock;
  let history: History;
  beforeEach(async () => {
    clock = new FakeClock();
    history = await open(null, clock);
    fillHistory(history, clock);
  });
  const file = (): string => path.join(dir(), 'out');
  const write = (choice: Partial<ExportChoice> = {}, tasks = new Tasks(clock, () => undefined)) => tasks.run('t', task =>
    exportHistory(file(), { sql: history.sql, accounts: [account('a', { alias: '@work' })], choice: { ...all, ...choice }, zone: 'Asia/Tokyo', clients: [{ name: '+Acme', projects: ['-rm*'] }], now: clock.now(), storageDir: null }, task));
  const csv = async (choice: Partial<ExportChoice> = {}): Promise<Record<string, string>[]> => {
    await write(choice);
    return parse(readFileSync(file(), 'utf8'), { columns: true, bom: true });
  };
  const json = async (choice: Partial<ExportChoice> = {}): Promise<{ rows: Record<string, unknown>[] } & Record<string, unknown>> => {
    await write({ format: 'json', ...choice });
    return JSON.parse(readFileSync(file(), 'utf8'));
  };

  it('gives usage with its provenance, its zone and its day, and nothing for what was not told', async () => {
    const [, second, , dollars] = await csv({ levels: ['usage'] });
    assert.deepEqual(second, {
      ...Object.fromEntries(Object.keys(second!).map(column => [column, ''])),
      level: 'usage', account: 'a', accountName: "'@work", provider: 'acme', start: '2026-10-31T11:00:00.000Z', end: '2026-10-31T12:00:00.000Z',
      zone: 'Asia/Tokyo', day: '2026-10-31', source: 'logs', model: 'model-a', project: '\'-rm "x", y', branch: "'=fix", client: "'+Acme", inputTokens: '100', outputTokens: '10',
      tokenProvenance: 'measured', requests: '1', cost: '0.0000015', currency: 'USD', costKind: 'equivalent', costProvenance: 'estimated', unpriced: 'false',
    });
    assert.deepEqual([dollars?.['zone'], dollars?.['day'], dollars?.['cost'], dollars?.['costKind'], dollars?.['model']], ['UTC', '2026-10-01', '7', 'spent', '']);
  });

  it('gives meters as percents and amounts, money as decimal strings with their currency', async () => {
    const rows = await csv({ levels: ['hourly'] });
    const text = readFileSync(file(), 'utf8');
    assert.ok(text.startsWith('\ufefflevel,') && text.split('\r\n').length === 4, 'as spreadsheets want it');
    const shown = rows.map(({ meter, unit, currency, lastPercent, used, left, provenance, end }) => [meter, unit, currency, lastPercent, used, left, provenance, end]);
    assert.deepEqual(shown, [
      ['credits', 'money', 'USD', '', '', '4.5600005', 'billed', '2026-10-31T13:00:00.000Z'],
      ['five-hour', 'percent', '', '12.34', '12.34', '', 'reported', '2026-10-31T13:00:00.000Z'],
    ]);
  });

  it('puts an apostrophe before words that a spreadsheet would run, and leaves negative numbers alone', async () => {
    const rows = await csv();
    assert.ok(rows.some(({ meterName }) => meterName === "'=SUM(A1)"));
    assert.ok(rows.some(({ cost }) => cost === '-1.5'));
    assert.ok(rows.some(({ project }) => project === 'plain\nline \\" }]{'));
    for (const row of rows) for (const text of Object.values(row)) assert.ok(!/^[=+@]/.test(text), text);
  });

  it('puts one where a spreadsheet of another language would begin a cell, too', async () => {
    const names = ['a;=1', 'a\t@b', 'a|-b', 'a; +b', ' =1', 'a\n=1', 'a;b', 'a-b=c', 'x;\u00a0=1'];
    history.record('d', reading(clock.now(), { usage: [report(names.map((project, n) => bucket(clock.now(), { project, model: `m${n}` })))] }));
    const rows = await csv({ levels: ['usage'], accountIds: ['d'] });
    const shown = new Map(rows.map(({ model, project }) => [model, project]));
    assert.deepEqual(names.map((_, n) => shown.get(`m${n}`)), ["a;'=1", "a\t'@b", "a|'-b", "a;' +b", "' =1", "a\n'=1", 'a;b', 'a-b=c', "x;'\u00a0=1"]);
  });

  it('is one valid JSON object with a header and rows of the form that it says', async () => {
    const { rows, ...header } = await json();
    const parsed = ExportHeader.parse(header);
    assert.deepEqual([parsed.madeAt, parsed.zone, parsed.levels, parsed.range], ['2026-10-31T12:10:00.000Z', 'Asia/Tokyo', all.levels, { from: null, to: null }]);
    assert.deepEqual(parsed.accounts, [{ id: 'a', alias: '@work', provider: 'acme' }, { id: 'b', alias: null, provider: null }]);
    assert.deepEqual(rows.map(row => ExportRow.parse(row)), rows);
    assert.equal(rows.length, 10);
    assert.equal(rows.filter(row => row['level'] === 'usage').length, 4);
  });

  it('keeps to the accounts, the levels and the time that were chosen', async () => {
    const choice = { levels: ['usage'], accountIds: ['a'], fromAt: clock.now() - 90 * 60_000, toAt: clock.now() } as const;
    const { rows, accounts, sources, meters } = await json({ ...choice, levels: [...choice.levels], accountIds: [...choice.accountIds] });
    assert.deepEqual(rows.map(({ account: id, start }) => [id, start]), [['a', '2026-10-31T11:00:00.000Z']]);
    assert.deepEqual([accounts, sources, meters].map(list => (list as unknown[]).length), [1, 1, 0]);
    const hours = async (toAt: number) => (await json({ levels: ['hourly', 'usage'], accountIds: ['a'], toAt })).rows.map(({ level, start }) => `${String(level)} ${String(start).slice(11, 13)}`);
    assert.deepEqual(await hours(Date.UTC(2026, 9, 31, 12)), ['usage 10', 'usage 11'], 'the end is excluded');
    assert.deepEqual(await hours(Date.UTC(2026, 9, 31, 12, 0, 1)), ['hourly 12', 'hourly 12', 'usage 10', 'usage 11']);
    assert.equal((await json({ fromAt: clock.now() + HOUR_MS })).rows.length, 0);
  });

  it('reads every row once over many pages, also while the history is written to', async () => {
    const buckets = Array.from({ length: 2500 }, (_, index) => bucket(clock.now() - (index >> 3) * HOUR_MS, { model: `m${index & 7}` }));
    history.record('c', reading(clock.now(), { usage: [report(buckets)] }));
    for (let hour = 0; hour < 2500; hour++) history.sql.run('INSERT OR REPLACE INTO hourly SELECT id, ?, 1, 2, 3, 4 FROM meter WHERE meter = ?', hour, 'five-hour');
    const hours = (await json({ levels: ['hourly'], toAt: 2500 * HOUR_MS })).rows.map(({ start }) => Date.parse(String(start)) / HOUR_MS);
    assert.deepEqual(hours, Array.from({ length: 2500 }, (_, hour) => hour));
    const tasks = new Tasks(clock, () => undefined);
    const writing = write({ format: 'json', levels: ['usage'], accountIds: ['c'] }, tasks);
    history.record('c', reading(clock.now() + 1, { usage: [report([bucket(clock.now() + HOUR_MS, { model: 'new' })])] }));
    history.sql.image(); // a checkpoint ends all that was being read
    assert.ok((await writing).rows >= 2500);
    const { rows } = JSON.parse(readFileSync(file(), 'utf8')) as { rows: { start: string; model: string }[] };
    const keys = rows.map(({ start, model }) => `${start} ${model}`);
    assert.equal(new Set(keys).size, keys.length);
    for (const { startAt, model } of buckets) assert.ok(keys.includes(`${new Date(startAt).toISOString()} ${model}`));
  });

  it('gives days that are packed as it gives others, from any instant to any other, and leaves them packed', async () => {
    const today = Date.UTC(2026, 9, 31);
    const buckets = Array.from({ length: 60 * 24 }, (_, hour) => bucket(today - hour * HOUR_MS, { model: `m${hour % 3}`, project: hour % 2 === 0 ? null : 'p', branch: hour % 5 === 0 ? 'main' : null }));
    history.record('c', reading(clock.now(), { usage: [report(buckets)] }));
    const ranges = [[null, null], [today - 50 * 24 * HOUR_MS - 90 * 60_000, today - 41 * 24 * HOUR_MS + 1], [today - 45 * 24 * HOUR_MS, today - 5 * 24 * HOUR_MS]] as const;
    const read = async () => {
      const parts: unknown[] = [];
      for (const [fromAt, toAt] of ranges) parts.push((await json({ levels: ['usage'], accountIds: ['c'], fromAt, toAt })).rows);
      return parts;
    };
    const before = await read();
    assert.deepEqual(before.map(rows => (rows as unknown[]).length), [1440, 9 * 24 + 2, 960]);
    packUsage(history.sql, clock.now());
    const packed = () => Number(history.sql.one('SELECT count(*) FROM packed')?.[0]);
    const days = packed();
    assert.ok(days >= 20);
    assert.deepEqual(await read(), before);
    assert.equal(packed(), days);
  });

  it('is only for this user, replaces a file as a whole, and leaves none when it is cancelled', async () => {
    await write();
    assert.equal(statSync(file()).mode & 0o777, 0o600);
    writeFileSync(file(), 'former');
    const tasks = new Tasks(clock, () => undefined);
    const writing = write({}, tasks);
    tasks.cancel('t');
    await assert.rejects(writing, /Cancelled/);
    assert.equal(readFileSync(file(), 'utf8'), 'former');
    assert.deepEqual(readdirSync(dir()), ['out']);
  });

  it('is written also where the folder itself cannot be asked to last, as on some shares', async () => {
    disk.breakAfter(0, 'EROFS');
    const { rows } = await write();
    disk.repair();
    assert.equal(readFileSync(file(), 'utf8').trim().split('\r\n').length, rows + 1);
  });

  it('says in a sentence why a file cannot be written', async () => {
    await assert.rejects(
      new Tasks(clock, () => undefined).run('t', task => exportHistory(path.join(dir(), 'no', 'such'), { sql: history.sql, accounts: [], choice: all, zone: 'UTC', clients: [], now: 0, storageDir: null }, task)),
      /such cannot be written \(ENOENT\)\./,
    );
  });

  it('what one that was killed had begun is removed, but no link, no folder and no file of another name, whatever the note says', async () => {
    const [storage, user] = [path.join(dir(), 'storage'), path.join(dir(), 'user')];
    const at = (name: string): string => path.join(user, name);
    for (const folder of [storage, user, at('folder.00000003.tmp')]) mkdirSync(folder);
    for (const name of ['begun.00000001.tmp', 'other.tmp', 'target']) writeFileSync(at(name), 'x');
    symlinkSync('target', at('link.00000002.tmp'));
    const notes: [string, string][] = [
      ['00000001', at('begun.00000001.tmp')], ['00000002', at('link.00000002.tmp')], ['00000003', at('folder.00000003.tmp')],
      ['00000004', at('other.tmp')], ['00000005', at('gone.00000005.tmp')], ['00000006', ''], ['00000007', `\0.00000007.tmp`],
    ];
    for (const [id, text] of notes) writeFileSync(path.join(storage, `writing.${id}`), text);
    writeFileSync(path.join(storage, 'writing.else'), at('target'));
    await removeUnfinished(storage);
    assert.deepEqual(readdirSync(user).sort(), ['folder.00000003.tmp', 'link.00000002.tmp', 'other.tmp', 'target']);
    assert.deepEqual(readdirSync(storage), ['writing.else']);
  });

  it('tells how far it is, a few times a second, and refuses a second task', async () => {
    const told: unknown[] = [];
    const tasks = new Tasks(clock, progress => told.push(progress));
    const work = tasks.run('t', async task => {
      for (let done = 1; done <= 20; done++) {
        clock.jump(50);
        await task.rest(done, 20);
      }
    });
    await assert.rejects(tasks.run('u', async () => undefined), /running already/);
    await work;
    assert.deepEqual(told, [4, 8, 12, 16, 20].map(done => ({ task: 't', done, total: 20 })));
    await tasks.run('u', async () => undefined);
  });
});
