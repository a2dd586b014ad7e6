/** A first read of large logs that the user stops: what was read counts, and the rest waits. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE_MS } from '../../../src/core/time';
import type { Engine } from '../../../src/engine/engine';
import { ScanThreads } from '../../../src/engine/logs/scanThreads';
import { claude } from '../../../src/providers/claude';
import { bundle } from '../../support/bundle';
import { readsEnded, useRig } from '../../support/engineRig';
import { account } from '../../support/readings';
import { useTempDir } from '../../support/tempDir';
import { claudeLine, TestHome, total } from './rig';

const MB = 1024 * 1024;
const session = (name: string | number): string => `.claude/projects/-home-dev-app/${name}.jsonl`;
const filler = (bytes: number): readonly string[] => Array.from({ length: Math.round(bytes / MB) }, () => 'x'.repeat(MB));

describe('a scan that is left', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());

  /** How many bytes of logs a scan reads, and what it gives. */
  async function measured(options: Parameters<TestHome['scan']>[1]) {
    let bytes = 0;
    const scan = await home.scan(claude, { stateDir: home.stateDir, ...options, onProgress: progress => (bytes = progress.bytesRead) });
    return { ...scan, bytes };
  }

  for (const help of [false, true]) {
    it(`amid a long file${help ? ', which another thread reads' : ''}, tells what it counted, says so, and a restart goes on from there`, async () => {
      const threads = new ScanThreads({ bundle: await bundle('src/engine/logs/scanThread.ts'), count: 2, background: true, bytesPerThread: 1 });
      const options = help ? { help: { threads, providerId: 'claude' } } : {};
      home.lines(session('old'), claudeLine({ id: 'msg_old', output: 1 }), ...filler(90 * MB), claudeLine({ id: 'msg_old_2', output: 20 }));
      fs.utimesSync(`${home.dir}/${session('old')}`, 1000, 1000);
      home.lines(session('new'), claudeLine({ id: 'msg_new', output: 300 }));
      const leave = new AbortController();
      let bytes = 0;
      const first = await home.scan(claude, { stateDir: home.stateDir, ...options, leave: leave.signal, onProgress: progress => {
        bytes = progress.bytesRead;
        if (bytes > 30 * MB) leave.abort();
      } });
      assert.deepEqual([total(first.report).output, first.notes.length], [301, 1]);
      assert.match(first.notes.join(), /^Older logs are left unread, stopped at \d\d%: .*Refresh reads on\.$/);
      assert.ok(bytes < 60 * MB, `${bytes} bytes before it ended`);
      const second = await measured(options);
      assert.deepEqual([total(second.report).output, second.notes], [321, []]);
      assert.ok(second.bytes < 66 * MB, `${second.bytes} bytes after the restart`);
      threads.dispose();
    });
  }

  it('is not taken for one that failed, nor one that fails for it', async () => {
    home.lines(session('a'), ...filler(9 * MB));
    const [leave, abort] = [new AbortController(), new AbortController()];
    const both = home.scan(claude, { leave: leave.signal, signal: abort.signal, onProgress: () => {
      leave.abort();
      abort.abort(new Error('the engine ends'));
    } });
    await assert.rejects(both, /the engine ends/);
  });

  it('leaves unread what is old, reads on in what it knows, and counts what is new', async () => {
    const scanner = home.scanner(claude);
    home.lines(session('known'), claudeLine({ id: 'msg_1', output: 1 }));
    await scanner.scan();
    home.lines(session('old'), claudeLine({ id: 'msg_2', output: 10 }));
    fs.utimesSync(`${home.dir}/${session('old')}`, 1000, 1000);
    home.append(session('known'), `${claudeLine({ id: 'msg_3', output: 100 })}\n`);
    fs.utimesSync(`${home.dir}/${session('known')}`, 1001, 1001);
    home.lines(session('new'), claudeLine({ id: 'msg_4', output: 1000 }));
    const { report, notes } = await scanner.scan({ since: 2_000_000 });
    assert.deepEqual([total(report).output, notes.length, scanner.unread?.stopped], [1101, 1, true]);
    const rest = await scanner.scan();
    assert.deepEqual([total(rest.report).output, rest.notes, scanner.unread], [1111, [], null]);
  });
});

describe('a first read that the user stops', () => {
  const dir = useTempDir();
  const rig = useRig();
  let home: TestHome;
  beforeEach(() => {
    home = new TestHome();
    const now = rig().clock.now();
    for (let i = 0; i < 10; i++) {
      const file = home.lines(session(i), claudeLine({ id: `msg_${i}`, at: new Date(now).toISOString(), input: 0, output: 2 ** i }), ...filler(8 * MB));
      fs.utimesSync(file, now / 1000 - 1000 + i, now / 1000 - 1000 + i);
    }
  });
  afterEach(() => home.remove());

  const unread = (engine: Engine) => engine.snapshot().accounts[0]?.unread ?? null;
  const tokens = (engine: Engine): number | null => engine.snapshot().accounts[0]?.today?.tokens ?? null;
  /** The clock stands still while files are read, but for what this adds. */
  async function until(what: string, wanted: () => boolean): Promise<void> {
    for (let i = 0; i < 400; i++) {
      if (wanted()) return;
      await sleep(5);
      await rig().clock.advance(50);
    }
    assert.fail(`not ${what}`);
  }
  /** Counts what is read from files until it is asked. */
  function countReads(heard: (bytes: number) => void = () => undefined): () => number {
    const { readSync } = fs;
    let bytes = 0;
    Object.assign(fs, { readSync: (...args: Parameters<typeof readSync>) => {
      const read = readSync(...args);
      heard(bytes += read);
      return read;
    } });
    return () => {
      Object.assign(fs, { readSync });
      return bytes;
    };
  }
  const begin = (): Promise<Engine> => rig().start(dir(), [claude], [account('a', { providerId: 'claude' })], {}, { machine: home.machine, watch: () => ({ on: () => undefined, close: () => undefined }) });

  async function stopped(): Promise<Engine> {
    const engine = await begin();
    const reads = countReads(bytes => { if (bytes > 40 * MB) engine.stopLogs(['a']); });
    await until('stopped', () => unread(engine)?.stopped === true);
    reads();
    await readsEnded(engine);
    return engine;
  }

  it('shows what was counted and its share, reads nothing more at the polls, and counts what comes', async () => {
    const engine = await stopped();
    const share = unread(engine)?.readShare ?? 1;
    assert.ok(share > 0.3 && share < 0.7, `${share} read`);
    const shown = tokens(engine) ?? 0;
    assert.ok(shown > 0b1110000000 - 1 && shown < 1023, `${shown} tokens`);
    assert.match(engine.snapshot().accounts[0]?.notes.join() ?? '', /left unread, stopped at \d\d%/);
    const reads = countReads();
    await rig().clock.advance(3 * MINUTE_MS);
    await readsEnded(engine);
    home.lines(session('new'), claudeLine({ id: 'msg_new', at: new Date(rig().clock.now()).toISOString(), input: 0, output: 4096 }));
    fs.utimesSync(`${home.dir}/${session('new')}`, rig().clock.now() / 1000, rig().clock.now() / 1000);
    await rig().clock.advance(2 * MINUTE_MS);
    await readsEnded(engine);
    assert.ok(reads() < 10_000);
    assert.deepEqual([tokens(engine), unread(engine)?.stopped], [shown + 4096, true]);
  });

  it('goes on with a refresh where it stopped, at once, and ends with all of it', async () => {
    const engine = await stopped();
    const share = unread(engine)?.readShare ?? 1;
    const reads = countReads();
    await engine.refresh('other');
    assert.equal(unread(engine)?.stopped, true);
    await engine.refresh(null);
    assert.deepEqual([unread(engine), tokens(engine)], [null, 1023]);
    await readsEnded(engine);
    const bytes = reads();
    assert.ok(bytes < (1 - share) * 81 * MB + MB, `${bytes} bytes of ${1 - share}`);
    assert.deepEqual(engine.snapshot().accounts[0]?.notes.filter(note => /unread|being read/.test(note)), []);
  });

  it('goes on with the next start where it stopped', async () => {
    const first = await stopped();
    const share = unread(first)?.readShare ?? 1;
    first.dispose();
    const reads = countReads();
    const engine = await begin();
    await rig().clock.advance(2 * MINUTE_MS);
    await until('read', () => unread(engine) === null && tokens(engine) === 1023);
    await readsEnded(engine);
    const bytes = reads();
    assert.ok(bytes < (1 - share) * 81 * MB + 2 * MB, `${bytes} bytes of ${1 - share}`);
  });

  it('is nothing to stop for accounts that are read, or are not there', async () => {
    const engine = await begin();
    await until('read', () => tokens(engine) === 1023);
    await readsEnded(engine);
    engine.stopLogs(['a', 'b']);
    assert.equal(unread(engine), null);
  });
});
