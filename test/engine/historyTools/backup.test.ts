import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { EngineParams } from '../../../src/core/protocol';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/core/time';
import type { Engine } from '../../../src/engine/engine';
import { migrations } from '../../../src/engine/history/migrations';
import { stampImage } from '../../../src/engine/history/image';
import { finishRestore } from '../../../src/engine/historyTools/replaceFiles';
import { writeBackup } from '../../../src/engine/historyTools/backupFile';
import { Tasks } from '../../../src/engine/historyTools/tasks';
import { useBrokenDisk } from '../../support/brokenDisk';
import { useRig } from '../../support/engineRig';
import { bucket, fakeProvider, meter, reading, report, type FakeProvider } from '../../support/readings';
import { openSql } from '../../support/sql';
import { useTempDir } from '../../support/tempDir';

const CANARY = 'sk-canary-5f0b7d2e41';
const draft = { providerId: 'acme', alias: 'work', options: {} };

describe('backup and restore', () => {
  const dir = useTempDir();
  const rig = useRig();
  const disk = useBrokenDisk();
  let provider: FakeProvider;
  let engine: Engine;
  const storage = (): string => path.join(dir(), 'storage');
  const file = (): string => path.join(dir(), 'my.backup');
  const rows = (): unknown => engine.usage({ days: 30 }).rows.map(({ day, tokens }) => [day, tokens]);
  const names = (): unknown => engine.snapshot().accounts.map(({ alias, takenAt, meters }) => [alias, takenAt !== null, meters[0]?.ratio]);
  const restore = async (from = file()): Promise<void> => {
    const { sha256 } = await engine.tools.inspect({ task: 't', file: from });
    await engine.tools.restore({ task: 't', file: from, sha256 });
  };
  beforeEach(async () => {
    provider = fakeProvider();
    provider.answer = ({ now, account }) => Promise.resolve(reading(now, {
      meters: [meter(now)], identity: account.id, usage: [report([bucket(now - (now % HOUR_MS), { tokens: { input: 7, cacheRead: null, cacheWrite: null, output: null, reasoning: null } })])],
    }));
    rig().secrets.set('a', CANARY).set('b', CANARY);
    engine = await rig().start(storage(), [provider]);
    engine.add({ accountId: 'a', draft });
    await rig().clock.advance(2 * SECOND_MS);
  });

  it('bring back history, accounts and audit log as they were, in the engine that runs', async () => {
    const before = { rows: rows(), names: names() };
    await engine.tools.backup({ task: 't', file: file() });
    await engine.remove({ accountId: 'a', forget: true });
    engine.add({ accountId: 'b', draft: { ...draft, alias: 'later' } });
    await rig().clock.advance(2 * SECOND_MS);
    assert.notDeepEqual({ rows: rows(), names: names() }, before);
    await restore();
    assert.deepEqual({ rows: rows(), names: names() }, before);
    const told = engine.tools.auditLog().entries.map(({ what }) => what);
    assert.deepEqual(told, ['account-added', 'backed-up', 'account-removed', 'history-forgotten', 'account-added', 'restored']);
    engine.dispose();
    engine = await rig().start(storage(), [provider]);
    assert.deepEqual({ rows: rows(), names: names() }, before);
    assert.equal(engine.snapshot().storeWarning, null);
  });

  it('work from one machine to another, and go on from there', async () => {
    await engine.tools.backup({ task: 't', file: file() });
    const expected = names();
    engine.dispose();
    engine = await rig().start(path.join(dir(), 'elsewhere'), [provider]);
    await restore();
    assert.deepEqual(names(), expected);
    assert.deepEqual(engine.tools.auditLog().entries.map(({ what }) => what), ['account-added', 'restored']);
    await rig().clock.advance(2 * HOUR_MS);
    engine.dispose();
    engine = await rig().start(path.join(dir(), 'elsewhere'), [provider]);
    assert.equal((rows() as unknown[]).length, 1);
    assert.equal(engine.snapshot().accounts[0]?.state, 'ok');
  });

  it('keep what was there before, whole enough to be put back', async () => {
    await engine.tools.backup({ task: 't', file: file() });
    await engine.remove({ accountId: 'a', forget: true });
    engine.add({ accountId: 'b', draft: { ...draft, alias: 'former' } });
    await rig().clock.advance(2 * MINUTE_MS);
    engine.snapshot();
    await restore();
    engine.dispose();
    for (const name of readdirSync(path.join(storage(), 'before-restore'))) renameSync(path.join(storage(), 'before-restore', name), path.join(storage(), name));
    engine = await rig().start(storage(), [provider]);
    assert.deepEqual(names(), [['former', true, 0.42]]);
  });

  it('leave a kept copy that is the restored history too', async () => {
    await engine.tools.backup({ task: 't', file: file() });
    await engine.remove({ accountId: 'a', forget: true });
    await restore();
    const before = names();
    engine.dispose();
    truncateSync(path.join(storage(), 'history.sqlite'), 100);
    engine = await rig().start(storage(), [provider]);
    assert.deepEqual(names(), before);
  });

  it('show nothing that was read after the backup', async () => {
    engine.add({ accountId: 'b', draft: { ...draft, alias: 'new' } });
    await engine.tools.backup({ task: 't', file: file() });
    await rig().clock.advance(3 * MINUTE_MS);
    assert.deepEqual(names(), [['work', true, 0.42], ['new', true, 0.42]]);
    await restore();
    assert.deepEqual(names(), [['work', true, 0.42], ['new', false, undefined]]);
  });

  it('do not ask a provider again before its floor is over', async () => {
    await engine.tools.backup({ task: 't', file: file() });
    await rig().clock.advance(5 * MINUTE_MS);
    const { reads } = provider;
    assert.equal(reads.length, 2);
    await rig().clock.advance(10 * SECOND_MS);
    await restore();
    await rig().clock.advance(10 * MINUTE_MS);
    const times = provider.reads.map(({ at }) => at);
    for (const [index, at] of times.slice(1).entries()) assert.ok(at - times[index]! >= MINUTE_MS, `${at - times[index]!} ms`);
    assert.ok(times.length > 3);
  });

  it('R32: hold no key, and none is in the audit log', async () => {
    engine.update({ accountId: 'a', changes: { options: { baseUrl: `https://proxy.test/${CANARY}` } }, credentialChanged: true });
    engine.update({ accountId: 'a', changes: { options: { baseUrl: null } }, credentialChanged: true });
    await rig().clock.advance(2 * HOUR_MS);
    await engine.tools.backup({ task: 't', file: file() });
    const bytes = readFileSync(file());
    const plain = gunzipSync(bytes.subarray(bytes.indexOf('\n') + 1));
    assert.ok(plain.includes('work') && plain.includes('key-rotated') && plain.includes('https://proxy.test'));
    assert.ok(!plain.includes(CANARY) && !bytes.includes(CANARY));
    assert.equal(statSync(file()).mode & 0o777, 0o600);
  });

  it('tell whose key must not go where the backup would send it', async () => {
    const at = (baseUrl: string) => ({ ...draft, options: { baseUrl } });
    engine.add({ accountId: 'same', draft: at('https://proxy.test') });
    engine.add({ accountId: 'moved', draft: at('https://proxy.test') });
    engine.add({ accountId: 'gone', draft: at('https://proxy.test') });
    engine.add({ accountId: 'plain', draft });
    await engine.tools.backup({ task: 't', file: file() });
    engine.update({ accountId: 'moved', changes: { alias: 'work', options: { baseUrl: 'https://other.test' } }, credentialChanged: true });
    await engine.remove({ accountId: 'gone', forget: false });
    await engine.remove({ accountId: 'plain', forget: false });
    const { keysToDelete, accounts } = await engine.tools.inspect({ task: 't', file: file() });
    assert.deepEqual(keysToDelete, ['moved', 'gone']);
    assert.deepEqual(accounts.find(({ id }) => id === 'moved'), { id: 'moved', alias: 'work', providerId: 'acme', baseUrl: 'https://proxy.test', home: null });
  });

  const parts = async (more: Partial<Parameters<typeof writeBackup>[2]> = {}) => writeBackup(file(), null, {
    'about.json': Buffer.from('{"madeAt":1}'), 'accounts.json': Buffer.from('{"version":1,"accounts":[]}'), 'audit.log': Buffer.alloc(0),
    'history.sqlite': Buffer.alloc(0), ...more,
  }, await new Promise(resolve => void new Tasks(rig().clock, () => undefined).run('x', async task => resolve(task))));
  const image = async (change: (sql: { script(text: string): void }) => void): Promise<Uint8Array> => {
    const sql = (await openSql())(null);
    for (const step of migrations) sql.script(step);
    sql.script(`PRAGMA user_version = ${migrations.length}`);
    change(sql);
    const bytes = stampImage(sql.image());
    sql.close();
    return bytes;
  };

  for (const [what, damage, why] of [
    ['a flipped bit', async () => { const bytes = readFileSync(file()); bytes[bytes.length >> 1]! ^= 1; writeFileSync(file(), bytes); }, /check sum is wrong/],
    ['a missing end', async () => truncateSync(file(), statSync(file()).size - 20), /check sum is wrong/],
    ['another sum in its head', async () => { const bytes = readFileSync(file()); bytes.write('0'.repeat(10), bytes.indexOf('sha256') + 9); writeFileSync(file(), bytes); }, /check sum is wrong/],
    ['other content', async () => writeFileSync(file(), randomBytes(5000)), /not a backup/],
    ['a newer version', async () => writeFileSync(file(), readFileSync(file(), 'latin1').replace('"version":1', '"version":2'), 'latin1'), /newer version of Quota Monitor/],
    ['no file', async () => renameSync(file(), `${file()}.away`), /cannot be read \(ENOENT\)/],
    ['a damaged history', async () => { await parts(); }, /history in the backup is damaged/],
    ['a history without its own check sum', async () => { const bytes = Buffer.from(await image(() => undefined)); bytes.writeUInt32BE(0, 68); await parts({ 'history.sqlite': bytes }); }, /history in the backup is damaged/],
    ['a history of a newer version', async () => { await parts({ 'history.sqlite': await image(sql => sql.script('PRAGMA user_version = 1000')) }); }, /history in the backup was written by a newer version/],
    ...Object.entries({
      'without a table': 'DROP TABLE raw',
      'with a trigger': 'CREATE TRIGGER t AFTER INSERT ON account BEGIN DELETE FROM usage; END',
      'without its count of records': 'DELETE FROM applied',
      'with a count that leaves no room': 'UPDATE applied SET seq = 9007199254740993',
      'with words for numbers': "INSERT INTO hourly VALUES (1, 1, 1, 1, 'x', 1)",
      'with numbers that sums cannot hold': `INSERT INTO source VALUES (1, 1, 's', 'spent', 'billed', 'billed', NULL); INSERT INTO usage VALUES (1, 1793400000, 3600, 0, 0, 'USD', 1, 1, 1, 1, 1, 1, 1e308, 0)`,
      'with usage before all days': `INSERT INTO source VALUES (1, 1, 's', 'spent', 'billed', 'billed', NULL); INSERT INTO usage VALUES (1, -86400, 3600, 0, 0, 'USD', 1, 1, 1, 1, 1, 1, 1, 0)`,
      'with days of no zone': "INSERT INTO source VALUES (1, 1, 's', 'spent', 'billed', 'billed', 'Not/AZone')",
      'with an account that there cannot be': "INSERT INTO account (account) VALUES ('No Account')",
      'with costs of no kind': "INSERT INTO source VALUES (1, 1, 's', 'free', 'billed', 'billed', NULL)",
      'with costs that come from nowhere': "INSERT INTO source VALUES (1, 1, 's', 'spent', 'guessed', 'billed', NULL)",
      'with money of no currency': `INSERT INTO source VALUES (1, 1, 's', 'spent', 'billed', 'billed', NULL); INSERT INTO usage VALUES (1, 1793400000, 3600, 0, 0, 'gold', 1, 1, 1, 1, 1, 1, 1, 0)`,
      'with packed days that cannot be unpacked': "INSERT INTO source VALUES (1, 1, 's', 'spent', 'billed', 'billed', NULL); INSERT INTO packed VALUES (1020756, 'text')",
      'with a day of which a part is packed': "INSERT INTO source VALUES (1, 1, 's', 'spent', 'billed', 'billed', NULL); INSERT INTO packed VALUES (1020756, X'02'); INSERT INTO usage VALUES (1, 1793400000, 3600, 0, 0, 'USD', 1, 1, 1, 1, 1, 1, 1, 0)",
      'with packed numbers that are too large': "INSERT INTO source VALUES (1, 1, 's', 'spent', 'billed', 'billed', NULL); INSERT INTO packed VALUES (1020756, X'0202040201ffffffffffffef7f')",
      'with packed rows of another time': "INSERT INTO source VALUES (1, 1, 's', 'spent', 'billed', 'billed', NULL); INSERT INTO packed VALUES (1020756, X'0201ffffffffffffef7f')",
    }).map(([what, script]) => [`a history ${what}`, async () => { await parts({ 'history.sqlite': await image(sql => sql.script(script)) }); }, /history in the backup is damaged/] as const),
    ['a history whose newest part would lie in a file beside it', async () => { const bytes = Buffer.from(await image(() => undefined)).fill(2, 18, 20); await parts({ 'history.sqlite': stampImage(bytes) }); }, /history in the backup is damaged/],
    ['no database for a history', async () => { await parts({ 'history.sqlite': stampImage(Buffer.alloc(5000, 'x')) }); }, /history in the backup is damaged/],
    ['more in it than there is room for', async () => { await parts({ 'history.sqlite': Buffer.alloc(80 * 1024 * 1024) }); }, /larger than any/],
    ['a list of accounts that makes no sense', async () => { await parts({ 'history.sqlite': await image(() => undefined), 'accounts.json': Buffer.from('{"version":1,"accounts":[{"id":"../x"}]}') }); }, /no list of accounts/],
  ] as const) {
    it(`refuse a backup with ${what}, say so, and leave all as it is`, async () => {
      await engine.tools.backup({ task: 't', file: file() });
      const before = { rows: rows(), names: names(), files: readdirSync(storage()).sort() };
      await damage();
      await assert.rejects(engine.tools.inspect({ task: 't', file: file() }), why);
      await assert.rejects(engine.tools.restore({ task: 't', file: file(), sha256: 'x' }), why);
      assert.deepEqual({ rows: rows(), names: names(), files: readdirSync(storage()).sort() }, before);
    });
  }

  for (const [what, name, content] of [
    ['history', 'history.sqlite', () => image(sql => sql.script('PRAGMA user_version = 1000'))],
    ['list of accounts', 'accounts.json', async () => '{"version":1000}'],
  ] as const) {
    it(`are not made, and nothing is imported, where the ${what} cannot be read: the backup would lack it, and what came in would be lost`, async () => {
      const exported = path.join(dir(), 'out.json');
      await engine.tools.export({ task: 't', file: exported, choice: { format: 'json', levels: ['raw'], accountIds: null, fromAt: null, toAt: null } });
      engine.dispose();
      writeFileSync(path.join(storage(), name), await content());
      engine = await rig().start(storage(), [provider]);
      await assert.rejects(engine.tools.backup({ task: 't', file: file() }), /was written by a newer version/);
      await assert.rejects(engine.tools.import({ task: 't', file: exported }), /was written by a newer version/);
      assert.equal(existsSync(file()), false);
    });
  }

  it('end no import with a word of success while what it took is not on the disk', async () => {
    const out = path.join(dir(), 'out.json');
    await engine.tools.export({ task: 't', file: out, choice: { format: 'json', levels: ['usage', 'daily'], accountIds: null, fromAt: null, toAt: null } });
    await engine.remove({ accountId: 'a', forget: true });
    disk.breakAfter(0, 'ENOSPC');
    await assert.rejects(engine.tools.import({ task: 't', file: out }), /^Error: What was imported is not on the disk yet\. New readings cannot be kept \(ENOSPC\); it is tried again\.$/);
    disk.repair();
    assert.deepEqual(engine.tools.auditLog().entries.filter(({ what }) => what === 'imported'), []);
  });

  it('bring back an account whose last reading makes no sense, without that', async () => {
    const history = await image(sql => sql.script("INSERT INTO account (account, taken_at, head, failure) VALUES ('a', 5, '{', 'x'); INSERT INTO meter VALUES (1, 'm', ']', 1); INSERT INTO alert VALUES (1, 'm', '{')"));
    await parts({ 'history.sqlite': history, 'accounts.json': Buffer.from(JSON.stringify({ version: 1, accounts: [{ ...draft, id: 'a', createdAt: 1 }] })) });
    await restore();
    await rig().clock.advance(10 * MINUTE_MS);
    assert.deepEqual([names(), engine.snapshot().storeWarning], [[['work', true, 0.42]], null]);
    await engine.tools.export({ task: 't', file: path.join(dir(), 'out'), choice: { format: 'json', levels: ['raw'], accountIds: null, fromAt: null, toAt: null } });
  });

  it('refuse a file that is not the one that was shown', async () => {
    await engine.tools.backup({ task: 't', file: file() });
    const { sha256 } = await engine.tools.inspect({ task: 't', file: file() });
    await rig().clock.advance(2 * HOUR_MS);
    await engine.tools.backup({ task: 't', file: file() });
    await assert.rejects(engine.tools.restore({ task: 't', file: file(), sha256 }), /has changed/);
    assert.equal(existsSync(path.join(storage(), 'before-restore')), false);
  });

  it('change nothing, and fill nothing, on a disk that is full', async () => {
    await engine.tools.backup({ task: 't', file: file() });
    await engine.remove({ accountId: 'a', forget: true });
    const state = () => ({ rows: rows(), names: names(), files: readdirSync(storage()).filter(name => name !== 'snapshot.json').sort() });
    const before = state();
    const { sha256 } = await engine.tools.inspect({ task: 't', file: file() });
    for (let call = 0; call < 12; call++) {
      disk.breakAfter(call, 'ENOSPC');
      const restoring = engine.tools.restore({ task: 't', file: file(), sha256 });
      await assert.rejects(restoring, /cannot be put in place \(ENOSPC\): nothing was changed/, `call ${call}`);
      disk.repair();
      assert.deepEqual(state(), before, `call ${call}`);
    }
    await restore();
    assert.notDeepEqual(state(), before);
  });

  it('change nothing when one file cannot be moved, as one that another program looks at, whichever it is', async () => {
    await engine.tools.backup({ task: 't', file: file() });
    engine.update({ accountId: 'a', changes: { alias: 'renamed' }, credentialChanged: false });
    engine.add({ accountId: 'b', draft });
    await rig().clock.advance(2 * HOUR_MS);
    const { sha256 } = await engine.tools.inspect({ task: 't', file: file() });
    const state = () => ({ rows: rows(), names: names(), files: readdirSync(storage()).filter(name => name !== 'snapshot.json' && !name.startsWith('history.journal')).sort() });
    const before = state();
    let call = 0;
    for (; ; call++) {
      disk.breakAfter(call, 'EBUSY', 1);
      const problem = await engine.tools.restore({ task: 't', file: file(), sha256 }).then(() => null, (error: Error) => error.message);
      disk.repair();
      if (problem === null) break;
      assert.match(problem, /cannot be put in place \(EBUSY\): nothing was changed/, `call ${call}`);
      assert.deepEqual(state(), before, `call ${call}`);
    }
    assert.ok(call > 30, `${call}`);
    assert.notDeepEqual(state(), before);
  });

  it('are finished at the next start when the process ends in their midst', async () => {
    await engine.tools.backup({ task: 't', file: file() });
    const before = names();
    await engine.remove({ accountId: 'a', forget: true });
    await restore();
    engine.dispose();
    for (const moved of readdirSync(path.join(storage(), 'before-restore'))) {
      // as if it had been killed before `moved` was in its place
      const [here, kept, ready] = [storage(), path.join(storage(), 'before-restore'), path.join(storage(), 'restore.ready')];
      mkdirSync(ready);
      renameSync(path.join(here, moved), path.join(ready, moved));
      const half = readdirSync(kept).indexOf(moved) % 2 === 0;
      const former = readFileSync(path.join(kept, moved));
      if (half) renameSync(path.join(kept, moved), path.join(here, moved));
      finishRestore(here, () => undefined);
      assert.deepEqual([existsSync(ready), readFileSync(path.join(kept, moved))], [false, former], moved);
    }
    engine = await rig().start(storage(), [provider]);
    assert.deepEqual(names(), before);
  });

  it('are not made into the folder of the history itself', () => {
    const params: EngineParams<'backup'> = { task: 't', file: path.join(storage(), 'history.sqlite') };
    assert.throws(() => engine.tools.backup(params), /choose another one/);
    const choice = { format: 'csv', levels: ['usage'], accountIds: null, fromAt: null, toAt: null } as const;
    assert.throws(() => engine.tools.export({ ...params, choice: { ...choice, levels: ['usage'] } }), /choose another one/);
  });
});
