import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/core/time';
import type { Engine } from '../../../src/engine/engine';
import { useRig } from '../../support/engineRig';
import { fakeProvider, type FakeProvider } from '../../support/readings';
import { useTempDir } from '../../support/tempDir';

const draft = { providerId: 'acme', alias: 'work', options: {} };

const bytesBelow = (folder: string): string => readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  .map(entry => readFileSync(path.join(entry.parentPath, entry.name), 'latin1')).join('\n');

describe('purge', () => {
  const dir = useTempDir();
  const rig = useRig();
  let provider: FakeProvider;
  let engine: Engine;
  const storage = (): string => path.join(dir(), 'storage');
  const file = (): string => path.join(dir(), 'my.backup');
  beforeEach(async () => {
    provider = fakeProvider();
    rig().secrets.set('a', 'sk-a');
    engine = await rig().start(storage(), [provider]);
    engine.add({ accountId: 'a', draft });
    engine.add({ accountId: 'gone', draft });
    await rig().clock.advance(2 * SECOND_MS);
    await engine.remove({ accountId: 'gone', forget: false });
    await engine.tools.backup({ task: 't', file: file() });
    mkdirSync(path.join(storage(), 'logs', 'a', 'x'), { recursive: true });
    writeFileSync(path.join(storage(), 'logs', 'a', 'x', 'logs.image'), '12345');
    mkdirSync(path.join(storage(), 'engine'), { recursive: true });
    writeFileSync(path.join(storage(), 'engine', 's-1'), '');
    const { sha256 } = await engine.tools.inspect({ task: 't', file: file() });
    await engine.tools.restore({ task: 't', file: file(), sha256 });
  });

  it('lists every file with its size, every account whose key goes, and the backups elsewhere, and deletes nothing yet', async () => {
    const { folder, files, accountIds, backups } = await engine.tools.purgeList();
    assert.equal(folder, storage());
    const expected = readdirSync(storage(), { recursive: true, withFileTypes: true }).filter(entry => entry.isFile() && path.basename(entry.parentPath) !== 'engine')
      .map(entry => path.join(entry.parentPath, entry.name));
    assert.deepEqual(files.map(each => each.file).sort(), expected.sort());
    assert.deepEqual(files.filter(each => each.file.endsWith('logs.image')).map(each => each.bytes), [5]);
    assert.ok(files.some(each => each.file.includes('before-restore')) && files.some(each => each.file.endsWith('audit.log')));
    assert.deepEqual(accountIds, ['a', 'gone']);
    assert.deepEqual(backups, [{ file: file(), bytes: statSync(file()).size }]);
    assert.equal(engine.snapshot().accounts.length, 1);
  });

  it('lists accounts that a restore took away, whose keys were kept for the way back', async () => {
    engine.add({ accountId: 'newer', draft });
    const { sha256 } = await engine.tools.inspect({ task: 't', file: file() });
    await engine.tools.restore({ task: 't', file: file(), sha256 });
    assert.deepEqual(engine.snapshot().accounts.map(({ id }) => id), ['a']);
    assert.deepEqual((await engine.tools.purgeList()).accountIds, ['a', 'gone', 'newer']);
  });

  it('deletes all of it but the socket, tells that nothing is left, and begins anew', async () => {
    assert.deepEqual(await engine.tools.purge({ task: 't', backups: false }), { left: [] });
    assert.ok(existsSync(file()) && existsSync(path.join(storage(), 'engine', 's-1')));
    assert.deepEqual([engine.snapshot().accounts, engine.usage({ days: 30 }).rows, engine.tools.auditLog().entries], [[], [], []]);
    await rig().clock.advance(HOUR_MS);
    const { length } = provider.reads;
    const again = await engine.tools.purgeList();
    assert.deepEqual([again.files.filter(({ bytes }) => bytes > 0).map(each => path.basename(each.file)), again.accountIds, again.backups], [['polls.marks'], [], []]);
    assert.equal(readFileSync(path.join(storage(), 'polls.marks'), 'utf8').trim().length, 64, 'a random number and no mark');
    assert.equal(provider.reads.length, length);
    engine.dispose();
    engine = await rig().start(storage(), [provider]);
    assert.deepEqual([engine.snapshot().accounts, engine.snapshot().storeWarning], [[], null]);
    engine.add({ accountId: 'a', draft });
    await rig().clock.advance(2 * MINUTE_MS);
    assert.equal(engine.snapshot().accounts[0]?.state, 'ok');
  });

  it('deletes backups elsewhere when asked to, but no other file that took their place', async () => {
    const second = path.join(dir(), 'second.backup');
    await engine.tools.backup({ task: 't', file: second });
    writeFileSync(second, 'something of the user');
    assert.deepEqual(await engine.tools.purge({ task: 't', backups: true }), { left: [] });
    assert.deepEqual([existsSync(file()), existsSync(second)], [false, true]);
  });

  it('tells what could not be deleted', async function () {
    if (process.getuid?.() === 0) this.skip(); // nothing is forbidden to root
    chmodSync(path.join(storage(), 'logs'), 0o500);
    try {
      assert.deepEqual(await engine.tools.purge({ task: 't', backups: false }), { left: [path.join(storage(), 'logs')] });
    } finally {
      chmodSync(path.join(storage(), 'logs'), 0o700);
    }
  });

  it('leaves no trace when the engine ends right after it', async () => {
    await rig().clock.advance(HOUR_MS + 7 * MINUTE_MS);
    assert.ok(bytesBelow(storage()).includes('work'), 'so the search can find something');
    await engine.tools.purge({ task: 't', backups: false });
    engine.dispose();
    const text = bytesBelow(storage());
    for (const trace of ['work', 'acme', 'gone', '5-hour']) assert.ok(!text.includes(trace), trace);
  });

  it('comes after a poll that runs, whose answer is dropped', async () => {
    let answer = (): void => undefined;
    const { answer: former } = provider;
    provider.answer = context => new Promise(resolve => { answer = () => resolve(former(context)); });
    const polling = engine.refresh('a');
    await rig().clock.advance(2 * MINUTE_MS);
    const running = engine.refresh('a');
    await engine.tools.purge({ task: 't', backups: false });
    answer();
    await rig().clock.advance(SECOND_MS);
    await Promise.all([polling, running]);
    engine.dispose();
    engine = await rig().start(storage(), [provider]);
    assert.deepEqual((await engine.tools.purgeList()).accountIds, []);
  });
});
