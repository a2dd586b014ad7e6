import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { BatchMemory, takeBatch } from '../../../src/engine/logs/batch';
import type { CountedResponse } from '../../../src/engine/logs/rowKey';
import type { LogScannerOptions } from '../../../src/engine/logs/scanOptions';
import { ScanThreads } from '../../../src/engine/logs/scanThreads';
import { claude } from '../../../src/providers/claude';
import type { LogResponse } from '../../../src/providers/logSource';
import type { LogScan } from '../../../src/providers/provider';
import { bundle } from '../../support/bundle';
import { claudeLine, TestHome, total } from './rig';

const MB = 1024 * 1024;
const session = (name: string | number): string => `.claude/projects/-home-dev-app/${name}.jsonl`;

describe('a scan by several threads', () => {
  let home: TestHome;
  let bundleFile: string;
  let started: ScanThreads[];
  let log: string[];
  before(async () => (bundleFile = await bundle('src/engine/logs/scanThread.ts', 'scanThread')));
  beforeEach(() => [home, started, log] = [new TestHome(), [], []]);
  afterEach(() => {
    started.forEach(threads => threads.dispose());
    home.remove();
  });

  const helped = ({ file = bundleFile, count = 3 } = {}): Partial<LogScannerOptions> => {
    const threads = new ScanThreads({ bundle: file, count, background: true, bytesPerThread: 1 });
    started.push(threads);
    return { help: { threads, providerId: 'claude' }, log: message => void log.push(message) };
  };
  /** A file that the calling thread is busy with while others read the rest. */
  const writeLogs = (files: number, padding = 200_000): void => {
    for (let i = 0; i < files; i++) {
      home.lines(session(i), claudeLine({ id: `msg_${i}`, output: 1 }), claudeLine({ id: 'msg_all', output: i }), 'x'.repeat(padding), claudeLine({ id: `msg_${i}_b`, model: `m${i % 5}`, cwd: `/p${i % 7}`, output: 2 }));
    }
  };
  const bucketsOf = ({ report }: LogScan): LogScan['report']['buckets'] => report.buckets;

  it('tells the same as a scan by one', async () => {
    writeLogs(60);
    const alone = await home.scan(claude);
    const together = await home.scan(claude, helped());
    assert.deepEqual(bucketsOf(together), bucketsOf(alone));
    assert.deepEqual([total(together.report).output, log], [60 * 3 + 59, []]);
  });

  it('gives files to the other threads', async () => {
    writeLogs(60);
    let here = 0;
    const { FileReads } = require('../../../src/engine/logs/fileRead') as typeof import('../../../src/engine/logs/fileRead');
    const { read } = FileReads.prototype;
    FileReads.prototype.read = function (...args) { here++; return read.apply(this, args); };
    try {
      await home.scan(claude, helped());
    } finally {
      FileReads.prototype.read = read;
    }
    assert.ok(here < 60, `${here} files were read by the calling thread`);
  });

  it('goes on in files that it knows, and knows files that other threads read', async () => {
    writeLogs(30);
    await home.scan(claude, { ...helped(), stateDir: home.stateDir });
    for (let i = 0; i < 30; i++) home.append(session(i), `${claudeLine({ id: `msg_${i}_c`, output: 100 })}\n`);
    const read: number[] = [];
    const { report } = await home.scan(claude, { ...helped(), stateDir: home.stateDir, onProgress: ({ bytesRead }) => read.push(bytesRead) });
    assert.equal(total(report).output, 30 * 3 + 29 + 3000);
    assert.equal(read.at(-1), 30 * Buffer.byteLength(`${claudeLine({ id: 'msg_1_c', output: 100 })}\n`) + 20);
  });

  for (const [name, code] of [
    ['fails when it begins', 'throw new Error("no memory")'],
    ['ends without a word', 'process.exit(0)'],
    ['ends amid its work', 'require("node:worker_threads").parentPort.once("message", () => process.exit(1))'],
  ] as const) {
    it(`reads everything by itself when each other thread ${name}`, async () => {
      writeLogs(40);
      const file = path.join(home.dir, 'broken.js');
      writeFileSync(file, code);
      const scan = await home.scan(claude, helped({ file }));
      assert.deepEqual(bucketsOf(scan), bucketsOf(await home.scan(claude)));
      assert.equal(log.length, code.startsWith('throw') ? 2 : 0);
    });
  }

  it('counts once what a thread told before it failed', async () => {
    writeLogs(40);
    const real = path.join(home.dir, 'real.js');
    // Tells what the real one tells of its first task, and is gone amid the second one.
    writeFileSync(real, `const { Worker, parentPort, workerData } = require('node:worker_threads');
      const inner = new Worker(${JSON.stringify(bundleFile)}, { workerData });
      let told = 0;
      let given = 0;
      parentPort.on('message', task => { if (++given === 1) inner.postMessage(task); });
      inner.on('message', found => { parentPort.postMessage(found); if (++told === 1) setTimeout(() => process.exit(1), 20); });`);
    const scan = await home.scan(claude, helped({ file: real }));
    assert.deepEqual(bucketsOf(scan), bucketsOf(await home.scan(claude)));
  });

  it('stops at once when it is told to, keeps what was read, and goes on from there', async () => {
    for (const name of ['a', 'b', 'c']) home.lines(session(name), claudeLine({ id: `msg_${name}`, output: 10 }), ...Array.from({ length: 60 }, () => 'x'.repeat(MB)), claudeLine({ id: `msg_${name}2`, output: 1 }));
    const abort = new AbortController();
    const stopped = home.scan(claude, { ...helped({ count: 2 }), stateDir: home.stateDir, signal: abort.signal, onProgress: ({ bytesRead }) => { if (bytesRead > 100 * MB) abort.abort(new Error('enough')); } });
    await assert.rejects(stopped, /enough/);
    const read: number[] = [];
    const { report } = await home.scan(claude, { ...helped(), stateDir: home.stateDir, onProgress: ({ bytesRead }) => read.push(bytesRead) });
    assert.equal(total(report).output, 33);
    assert.ok((read.at(-1) ?? Infinity) < 100 * MB, `${read.at(-1)} bytes read again`);
  });

  it('starts none for little, and no more at once than it may', () => {
    const threads = new ScanThreads({ bundle: bundleFile, count: 3, background: true });
    started.push(threads);
    assert.deepEqual([0, 60, 64, 1000].map(mb => threads.worth(mb * MB)), [1, 1, 2, 3]);
    const [first, second, third] = [threads.borrow(), threads.borrow(), threads.borrow()];
    assert.ok(first !== null && second !== null && third === null);
    threads.giveBack(first, true);
    const again = threads.borrow();
    assert.ok(again !== null);
    for (const worker of [second, again]) threads.giveBack(worker, false);
  });
});

describe('a batch', () => {
  const text = fc.option(fc.string({ maxLength: 3 }), { nil: null });
  const count = fc.nat(2 ** 32 - 1);
  const response: fc.Arbitrary<LogResponse> = fc.record({
    id: fc.string(), at: fc.nat(4e12), model: fc.string({ maxLength: 3 }), project: text, branch: text, session: text, tier: text,
    input: count, cacheRead: count, cacheWrite5m: count, cacheWrite1h: count, output: count, reasoning: count, costMicros: fc.option(count, { nil: null }),
  }, { noNullPrototype: true });

  it('tells what it was told, field by field', () => {
    fc.assert(fc.property(fc.array(response, { maxLength: 20 }), fc.array(response, { maxLength: 3 }), (responses, running) => {
      const memory = new BatchMemory();
      responses.forEach(memory.ledger.add);
      running.forEach(memory.ledger.grow);
      const [told, grown]: [CountedResponse[], LogResponse[]] = [[], []];
      takeBatch(structuredClone(memory.take()), { ledger: { addHashed: (_, event) => void told.push(event), grow: event => void grown.push(event), dropHashed: () => undefined }, sight: () => undefined, setFile: () => undefined });
      assert.deepEqual(told, responses.map(({ id: _, ...rest }) => rest));
      assert.deepEqual(grown, running);
      assert.equal(memory.take().responses.length, 0);
    }));
  });
});
