import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { PROTOCOL_VERSION, type EngineEvent } from '../../src/core/protocol';
import { defaultEngineSettings } from '../../src/core/settings';
import { MINUTE_MS, SECOND_MS } from '../../src/core/time';
import { EngineClient } from '../../src/engine/client';
import { workerThread } from '../../src/engine/workerThread';
import { bundle } from '../support/bundle';
import { FakeClock } from '../support/fakeClock';
import { sampleSnapshot } from '../support/sampleSnapshot';
import { WASM } from '../support/sql';
import { useTempDir } from '../support/tempDir';
import { until } from '../support/until';

describe('engine client', function () {
  this.timeout(30_000);
  const dir = useTempDir();
  let clients: EngineClient[] = [];
  afterEach(async () => {
    await Promise.all(clients.map(client => client.stop()));
    clients = [];
  });

  function client(workerPath: string, clock?: FakeClock) {
    const made = new EngineClient({
      engine: workerThread(workerPath), storageDir: path.join(dir(), 'storage'), settings: defaultEngineSettings, secret: async () => null, ...(clock !== undefined && { clock }),
    });
    clients.push(made);
    const states: EngineEvent<'engineState'>[] = [];
    const logs: string[] = [];
    made.onEvent('engineState', state => states.push(state));
    made.onEvent('log', ({ message }) => logs.push(message));
    return { made, states, logs };
  }

  describe('with the real worker', () => {
    let worker: string;
    before(async () => {
      worker = await bundle('src/engine/worker.ts');
      copyFileSync(WASM, path.join(path.dirname(worker), 'sql-wasm.wasm'));
    });

    it('starts it, asks it, hears it and stops it; what was changed is there the next time', async () => {
      const { made, states } = client(worker);
      made.start();
      const { providers } = await made.request('snapshot', {});
      assert.ok(providers.some(({ id }) => id === 'claude'));
      assert.deepEqual(states.map(({ state }) => state).filter((state, index, all) => state !== all[index - 1]), ['starting', 'running']);
      await made.request('addAccount', { accountId: 'a', draft: { providerId: 'openrouter', alias: 'mine', options: {} } });
      await made.stop();
      await assert.rejects(made.request('snapshot', {}), /not running/);

      const again = client(worker).made;
      const pushed: number[] = [];
      again.onEvent('snapshot', ({ accounts }) => pushed.push(accounts.length));
      again.start();
      assert.equal((await again.request('snapshot', {})).accounts[0]?.alias, 'mine');
      await until('a snapshot is pushed', () => pushed.at(-1) === 1);
    });

    it('reads nothing and writes nothing before it is started', async () => {
      client(worker);
      await new Promise(resolve => setTimeout(resolve, 100));
      assert.equal(existsSync(path.join(dir(), 'storage')), false);
    });

    it('two windows share one engine, and the second goes on when the first is cut off', async () => {
      const [first, second] = [client(worker), client(worker)];
      first.made.start();
      await first.made.request('snapshot', {});
      second.made.start();
      await second.made.request('addAccount', { accountId: 'a', draft: { providerId: 'openrouter', alias: 'mine', options: {} } });
      assert.equal((await first.made.request('snapshot', {})).accounts.length, 1);
      first.made.dispose(); // as when the extension host dies
      await until('the second has taken over', () => second.states.filter(({ state }) => state === 'running').length === 2);
      assert.equal((await second.made.request('snapshot', {})).accounts.length, 1);
    });
  });

  it('a worker that dies is started again after 1, 2, 4, 8 and 16 s, and then left alone; what waited fails', async () => {
    const worker = path.join(dir(), 'dies.js');
    const births = path.join(dir(), 'births');
    writeFileSync(births, '');
    writeFileSync(worker, `require('fs').appendFileSync(${JSON.stringify(births)}, 'x'); require('worker_threads').parentPort.once('message', () => { throw new Error('boom'); });`);
    const count = () => readFileSync(births).length;
    const clock = new FakeClock();
    const { made, states, logs } = client(worker, clock);
    made.start();
    await assert.rejects(made.request('snapshot', {}), /stopped and starts again in 1 s/);
    for (const [times, seconds] of [[1, 1], [2, 2], [3, 4], [4, 8], [5, 16]] as const) {
      await until('it died', () => logs.length === times && states.at(-1)?.state === 'failed');
      assert.match(states.at(-1)?.message ?? '', new RegExp(`again in ${seconds} s`));
      await clock.advance(seconds * SECOND_MS - 1);
      assert.equal(count(), times);
      await clock.advance(1);
      await until('it lives', () => count() === times + 1);
    }
    await until('it is given up', () => /left alone/.test(states.at(-1)?.message ?? ''));
    assert.match(logs[0] ?? '', /boom/);
    await clock.advance(3600 * SECOND_MS);
    assert.equal(count(), 6);
  });

  it('a worker that cannot be made is tried again as one that died', async () => {
    const clock = new FakeClock();
    const { made, states, logs } = client('not-a-path', clock); // refused at once, as is a thread where the user may have no more
    made.start();
    await assert.rejects(made.request('snapshot', {}), /stopped and starts again in 1 s/);
    await clock.advance(SECOND_MS);
    await until('it failed again', () => /again in 2 s/.test(states.at(-1)?.message ?? ''));
    assert.match(logs[0] ?? '', /no thread could be made/);
  });

  it('a worker that answers nonsense harms nothing', async () => {
    const worker = path.join(dir(), 'nonsense.js');
    writeFileSync(worker, `const { parentPort } = require('worker_threads');
      for (const frame of [1, null, { type: 'event', name: 'snapshot', data: { accounts: 7 } }, { type: 'event', name: 'nothing', data: {} }]) parentPort.postMessage(frame);
      parentPort.on('message', ({ id }) => parentPort.postMessage({ type: 'reply', id, ok: true, result: { version: 99 } }));`);
    const { made, states, logs } = client(worker);
    made.start();
    await until('all was refused', () => logs.length >= 4);
    await until('the version is told', () => states.at(-1)?.state === 'failed');
    assert.match(states.at(-1)?.message ?? '', /another version/);
    await assert.rejects(made.request('usage', { days: 1 }), /another version/);
  });

  it('a worker that hangs is ended and started again when a poll that it had planned is overdue, and is not asked before', async () => {
    const clock = new FakeClock();
    const worker = path.join(dir(), 'hangs.js');
    const births = path.join(dir(), 'births');
    const shared = path.join(dir(), 'pings');
    for (const file of [births, shared]) writeFileSync(file, '');
    const snapshot = { ...sampleSnapshot(), accounts: sampleSnapshot().accounts.slice(0, 1).map(account => ({ ...account, nextPollAt: clock.now() + 5 * MINUTE_MS })) };
    writeFileSync(worker, `const { parentPort } = require('worker_threads'), fs = require('fs');
      fs.appendFileSync(${JSON.stringify(births)}, 'x');
      parentPort.on('message', ({ id, method }) => {
        if (method === 'ping') fs.appendFileSync(${JSON.stringify(shared)}, 'x');
        while (method === 'ping' && fs.readFileSync(${JSON.stringify(shared)}).length > 1);
        parentPort.postMessage({ type: 'reply', id, ok: true, result: method === 'hello' ? { version: ${PROTOCOL_VERSION} } : {} });
        if (method !== 'configure') return;
        parentPort.postMessage({ type: 'event', name: 'engineState', data: { state: 'running', message: null } });
        parentPort.postMessage({ type: 'event', name: 'snapshot', data: ${JSON.stringify(snapshot)} });
      });`);
    const count = (file: string) => readFileSync(file).length;
    const { made, states, logs } = client(worker, clock);
    let snapshots = 0;
    made.onEvent('snapshot', () => snapshots++);
    made.start();
    await until('it has told what is planned', () => snapshots === 1 && states.at(-1)?.state === 'running');
    await clock.advance(SECOND_MS);
    assert.equal(clock.pending, 1);
    await clock.advance(6 * MINUTE_MS - SECOND_MS - 1);
    assert.equal(count(shared), 0);
    await clock.advance(1);
    await until('it is asked, and well', () => count(shared) === 1);
    await until('it has answered', () => {
      void clock.advance(SECOND_MS / 2);
      return clock.pending === 1;
    });
    await clock.advance(MINUTE_MS);
    await until('it is asked again, and hangs', () => count(shared) === 2);
    await clock.advance(32 * SECOND_MS);
    await until('it is ended', () => /did not answer any more/.test(logs.at(-1) ?? ''));
    writeFileSync(shared, '');
    await clock.advance(SECOND_MS);
    await until('another one runs', () => count(births) === 2 && states.at(-1)?.state === 'running');
  });

  it('R30: neither the window, nor the engine, nor a thread that reads logs can start a program', async () => {
    for (const entry of ['extension.ts', 'engine/worker.ts', 'engine/logs/scanThread.ts']) {
      const { metafile, outputFiles } = await esbuild.build({
        entryPoints: [path.join(__dirname, '../../src', entry)], bundle: true, platform: 'node', external: ['vscode'], mainFields: ['module', 'main'],
        write: false, metafile: true, logLevel: 'error',
      });
      const used = Object.entries(metafile.inputs).flatMap(([file, { imports }]) => imports.filter(each => /^(node:)?(child_process|cluster)$/.test(each.path)).map(() => file));
      assert.deepEqual(used, []);
      assert.doesNotMatch(outputFiles[0]?.text ?? '', /child_process|createTerminal|executeTask/, 'by another way');
    }
  });

  it('R31: nothing that ships knows where browsers keep cookies, or asks the system for keys of others', async () => {
    for (const entry of ['extension.ts', 'engine/worker.ts', 'cli.ts']) {
      const { outputFiles } = await esbuild.build({
        entryPoints: [path.join(__dirname, '../../src', entry)], bundle: true, platform: 'node', external: ['vscode'], mainFields: ['module', 'main'], write: false, logLevel: 'error',
      });
      assert.doesNotMatch(outputFiles[0]?.text ?? '', /cookies?\.sqlite|Login Data|Cookies\b|Local State|find-generic-password|libsecret|keytar|CryptUnprotectData/);
    }
  });

  it('is light: core, zod/mini and worker threads', async () => {
    const { metafile } = await esbuild.build({
      entryPoints: [path.join(__dirname, '../../src/engine/client.ts')], bundle: true, platform: 'node', write: false, metafile: true, minify: true, logLevel: 'error',
    });
    const inputs = Object.keys(metafile.inputs);
    assert.deepEqual(inputs.filter(file => !/^src\/(core|engine)\/|^node_modules\/zod\//.test(file) || file.includes('zod/v4/classic')), []);
    assert.deepEqual(inputs.filter(file => /src\/engine\//.test(file)).map(file => path.basename(file)).sort(), ['checkup.ts', 'client.ts', 'link.ts', 'listeners.ts', 'peer.ts', 'place.ts', 'socketChannel.ts', 'turn.ts', 'vigil.ts']);
    assert.ok(Object.values(metafile.outputs)[0]!.bytes < 60_000);
  });
});
