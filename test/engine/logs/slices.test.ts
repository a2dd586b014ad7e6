import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { LogStore } from '../../../src/engine/logs/logStore';
import { ScanThreads } from '../../../src/engine/logs/scanThreads';
import { claude } from '../../../src/providers/claude';
import type { LogScan } from '../../../src/providers/provider';
import { bundle } from '../../support/bundle';
import { claudeLine, TestHome, total } from './rig';

const session = (name: string | number): string => `.claude/projects/-home-dev-app/${name}.jsonl`;

describe('a first scan in slices', () => {
  let home: TestHome;
  beforeEach(() => {
    home = new TestHome();
    for (let i = 0; i < 8; i++) {
      const file = home.lines(session(i), claudeLine({ id: `msg_${i}`, output: 10 ** i }), 'x'.repeat(100_000));
      fs.utimesSync(file, 1000 + i, 1000 + i);
    }
  });
  afterEach(() => home.remove());

  /** A question that is answered with yes from the nth time on. */
  const after = (times: number) => (): boolean => times-- <= 0;

  it('tells the newest logs first, says how far it came, and goes on from there', async () => {
    const scanner = home.scanner(claude, { stateDir: home.stateDir });
    const first = await scanner.scan({ enough: after(2) });
    assert.deepEqual([total(first.report).output, Math.round(8 * (scanner.unread?.readShare ?? 1))], [11_100_000, 3]);
    assert.match(first.notes.join(), /^Older logs are still being read, 37% done/);
    const second = await scanner.scan({ enough: after(3) });
    assert.match(second.notes.join(), /87% done/);
    const last = await scanner.scan({ enough: after(100) });
    assert.deepEqual([total(last.report).output, scanner.unread, last.notes], [11_111_111, null, []]);
  });

  it('goes on after a restart where it was', async () => {
    await home.scan(claude, { stateDir: home.stateDir, enough: after(4) });
    const read: number[] = [];
    const { report } = await home.scan(claude, { stateDir: home.stateDir, onProgress: ({ bytesRead }) => read.push(bytesRead) });
    assert.equal(total(report).output, 11_111_111);
    assert.ok((read.at(-1) ?? Infinity) < 3.5 * 100_000);
  });

  it('gets on in each slice, however long it took to begin, and is not cut short by logs that nobody may read', async () => {
    const scanner = home.scanner(claude);
    for (let i = 1; i <= 8; i++) {
      await scanner.scan({ enough: () => true });
      assert.equal(Math.round(8 * (scanner.unread?.readShare ?? 1)), i);
    }
    const { openSync } = fs;
    home.lines(session('closed'), claudeLine());
    Object.assign(fs, { openSync: (...args: Parameters<typeof openSync>) => {
      if (String(args[0]).endsWith('closed.jsonl')) throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
      return openSync(...args);
    } });
    try {
      assert.match((await scanner.scan({ enough: () => true })).notes.join(), /^1 file or folder without permission/);
      assert.equal(scanner.unread, null);
    } finally {
      Object.assign(fs, { openSync });
    }
  });

  it('waits for what other threads have begun, and loses none of it', async () => {
    const threads = new ScanThreads({ bundle: await bundle('src/engine/logs/scanThread.ts', 'scanThread'), count: 3, background: true, bytesPerThread: 1 });
    const scanner = home.scanner(claude, { help: { threads, providerId: 'claude' } });
    let buckets: LogScan['report']['buckets'];
    do ({ report: { buckets } } = await scanner.scan({ enough: () => true })); while (scanner.unread !== null);
    assert.deepEqual(buckets, (await home.scan(claude)).report.buckets);
  });

  it('remembers how far it came amid a long file too: what is killed there loses no more than 150 MB', async () => {
    const [file, lines] = [path.join(home.dir, session('long')), Buffer.from(`${'x'.repeat(1024 * 1024 - 1)}\n`)];
    const fd = fs.openSync(file, 'w');
    for (let i = 0; i < 160; i++) fs.writeSync(fd, lines);
    fs.closeSync(fd);
    const killed = path.join(home.dir, 'killed');
    await home.scan(claude, { stateDir: home.stateDir, onProgress: ({ bytesRead }) => {
      if (bytesRead > 150 * lines.length && !fs.existsSync(killed)) fs.cpSync(home.stateDir, killed, { recursive: true });
    } });
    const read: number[] = [];
    await home.scan(claude, { stateDir: killed, onProgress: ({ bytesRead }) => read.push(bytesRead) });
    assert.ok((read.at(-1) ?? Infinity) < 40 * lines.length, `${read.at(-1)} bytes read again`);
  });

  it('writes no image amid a scan, but at its end', async () => {
    const store = new LogStore(home.stateDir);
    const { state } = store.load();
    for (let i = 0; i < 5000; i++) state.ledger.add(responseOf(i));
    store.save(state, true);
    assert.deepEqual(fs.readdirSync(home.stateDir), ['logs.journal.0']);
    state.ledger.add(responseOf(5000));
    store.save(state);
    assert.ok(fs.existsSync(path.join(home.stateDir, 'logs.image')));
    assert.equal(new LogStore(home.stateDir).load().state.ledger.rows.reduce((sum, { requests }) => sum + requests, 0), 5001);
  });
});

const responseOf = (i: number) => ({
  id: `r${i}`, at: Date.UTC(2026, 9, 31), model: 'm', project: null, branch: null, session: null, tier: null, costMicros: null,
  input: i, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 1, reasoning: 0,
});
