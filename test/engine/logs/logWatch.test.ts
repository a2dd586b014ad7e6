import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type LogWatchOptions, LogWatch, type WatchFolder, watchFolder } from '../../../src/engine/logs/logWatch';
import { systemClock } from '../../../src/core/time';
import { claude } from '../../../src/providers/claude';
import { FakeClock } from '../../support/fakeClock';
import { claudeLine, TestHome, total } from './rig';

const session = (name: string): string => `.claude/projects/-home-dev-app/${name}.jsonl`;

describe('watched logs', () => {
  /** Stands in for the system's watchers. */
  class Folders {
    readonly open = new Map<string, { changed: (name: string | null) => void; fail: (error: Error) => void; recursive: boolean }>();
    refuse: string | null = null;
    readonly watch: WatchFolder = (folder, recursive, changed) => {
      if (this.refuse !== null) throw Object.assign(new Error(this.refuse), { code: this.refuse });
      this.open.set(folder, { changed, recursive, fail: () => undefined });
      return { on: (_, listener) => { this.open.get(folder)!.fail = listener; }, close: () => this.open.delete(folder) };
    };
  }
  let clock: FakeClock;
  let folders: Folders;
  let told: number;
  let log: string[];
  let watch: LogWatch;
  const begin = (more: Partial<LogWatchOptions> = {}): LogWatch => {
    watch = new LogWatch({ platform: 'linux', clock, watch: folders.watch, changed: () => told++, log: message => void log.push(message), ...more });
    return watch;
  };
  beforeEach(() => {
    [clock, folders, told, log] = [new FakeClock(), new Folders(), 0, []];
    begin();
  });
  afterEach(() => watch.dispose());

  /** Covers folders, and takes what that alone tells. */
  const cover = async (...names: string[]): Promise<void> => {
    watch.cover({ roots: names.slice(0, 1), folders: () => names });
    await clock.advance(6_000);
    watch.take();
    told = 0;
  };

  it('tell what changed a moment after it did, a burst at once', async () => {
    await cover('/a', '/a/b');
    folders.open.get('/a/b')?.changed('x.jsonl');
    await clock.advance(200);
    folders.open.get('/a')?.changed('y.jsonl');
    assert.equal(told, 0);
    await clock.advance(100);
    assert.deepEqual([told, [...watch.take() ?? []]], [1, ['/a/b/x.jsonl', '/a/y.jsonl']]);
    assert.deepEqual([...watch.take() ?? ['?']], []);
  });

  it('R27: tell every five seconds what changes all the time', async () => {
    await cover('/a');
    for (let i = 0; i < 60; i++) {
      folders.open.get('/a')?.changed('x.jsonl');
      await clock.advance(500);
    }
    assert.equal(told, 6);
  });

  it('are looked at as a whole when they begin to be watched: what changed since they were listed was not heard of', async () => {
    watch.cover({ roots: ['/a'], folders: () => ['/a'] });
    await clock.advance(300);
    assert.deepEqual([told, watch.take()], [1, null]);
    watch.cover({ roots: ['/a'], folders: () => ['/a'] });
    await clock.advance(10_000);
    assert.equal(told, 1);
  });

  it('are watched where they are now, and no longer where they were', async () => {
    await cover('/a', '/a/b');
    await cover('/a', '/a/c');
    assert.deepEqual([...folders.open.keys()], ['/a', '/a/c']);
  });

  it('are watched by their roots alone where the system watches whole trees', async () => {
    begin({ platform: 'darwin' });
    await cover('/a', '/a/b', '/a/c');
    assert.deepEqual([...folders.open].map(([folder, { recursive }]) => [folder, recursive]), [['/a', true]]);
  });

  it('are looked at as a whole when the system does not say what changed, or tells too much', async () => {
    await cover('/a');
    folders.open.get('/a')?.changed(null);
    assert.equal(watch.take(), null);
    for (let i = 0; i < 1500; i++) folders.open.get('/a')?.changed(`${i}.jsonl`);
    assert.equal(watch.take(), null);
  });

  it('R27: are watched in no more than a thousand folders, the newest ones', async () => {
    const names = Array.from({ length: 3000 }, (_, i) => `/a/${i}`);
    await cover(...names);
    assert.deepEqual([...folders.open.keys()], names.slice(0, 1000));
    await cover(...names.slice(1));
    assert.equal(told, 0);
    await clock.advance(10_000);
    assert.equal(told, 0); // else it would list all again and again
  });

  for (const code of ['ENOSPC', 'EMFILE']) {
    it(`are left to the polls, with a line in the log, when the system has no watchers left (${code})`, async () => {
      await cover('/a');
      folders.refuse = code;
      watch.cover({ roots: ['/a'], folders: () => ['/a', '/b', '/c'] });
      assert.deepEqual([folders.open.size, log.length], [0, 1]);
      assert.match(log[0] ?? '', new RegExp(code));
      folders.refuse = null;
      watch.cover({ roots: ['/a'], folders: () => ['/a'] });
      await clock.advance(10_000);
      assert.deepEqual([folders.open.size, told], [0, 0]);
    });
    it(`are left to the polls when a watcher fails so later (${code})`, async () => {
      await cover('/a', '/b');
      folders.open.get('/b')?.fail(Object.assign(new Error(code), { code }));
      assert.deepEqual([folders.open.size, log.length], [0, 1]);
    });
  }

  it('are watched on when one folder goes', async () => {
    await cover('/a', '/b');
    folders.open.get('/b')?.fail(Object.assign(new Error('gone'), { code: 'EPERM' }));
    assert.deepEqual([[...folders.open.keys()], log], [['/a'], []]);
  });

  it('R27: are counted less often when counting takes long', async () => {
    await cover('/a');
    watch.took(200);
    folders.open.get('/a')?.changed('x.jsonl');
    await clock.advance(1900);
    assert.equal(told, 0);
    await clock.advance(100);
    assert.equal(told, 1);
  });

  it('tell nothing once they are not watched any more', async () => {
    await cover('/a');
    const { changed } = folders.open.get('/a')!;
    changed('x.jsonl');
    watch.dispose();
    changed('y.jsonl');
    await clock.advance(10_000);
    assert.deepEqual([told, folders.open.size], [0, 0]);
  });

  it('tell of real files, and are none the worse when their folder vanishes', async () => {
    const home = new TestHome();
    try {
      home.lines(session('a'), claudeLine());
      const [root, folder] = [path.join(home.dir, '.claude/projects'), path.join(home.dir, '.claude/projects/-home-dev-app')];
      let wake: () => void = () => undefined;
      begin({ platform: process.platform, clock: systemClock, watch: watchFolder, changed: () => wake() });
      const next = (): Promise<void> => new Promise(resolve => (wake = resolve));
      const begun = next();
      watch.cover({ roots: [root], folders: () => [root, folder] });
      await begun;
      watch.take();
      const appended = next();
      home.append(session('a'), `${claudeLine({ id: 'msg_2' })}\n`);
      await appended;
      assert.deepEqual([...watch.take() ?? []], [path.join(home.dir, session('a'))]);
      rmSync(root, { recursive: true });
      mkdirSync(root);
      watch.cover({ roots: [root], folders: () => [root] });
      assert.deepEqual(log, []);
    } finally {
      home.remove();
    }
  });
});

describe('a scan of what changed', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());
  const whole = (name: string): string => path.join(home.dir, session(name));

  it('R27: looks at the files that changed and at no others', async () => {
    for (const name of ['a', 'b']) home.lines(session(name), claudeLine({ id: `msg_${name}` }));
    const scanner = home.scanner(claude);
    await scanner.scan();
    const places = scanner.places;
    for (const name of ['a', 'b']) home.append(session(name), `${claudeLine({ id: `msg_${name}2`, output: 7 })}\n`);
    const { report } = await scanner.scan({ changed: new Set([whole('a')]) });
    assert.deepEqual([total(report).output, scanner.places], [207, places]); // of the bucket: a and b once, a again
    assert.equal(total((await scanner.scan()).report).output, 214);
  });

  it('lists all logs when it is the first one, or when more than logs changed', async () => {
    home.lines(session('a'), claudeLine());
    const scanner = home.scanner(claude);
    assert.equal(total((await scanner.scan({ changed: new Set() })).report).output, 100);
    const lists = async (...changed: string[]): Promise<boolean> => {
      const before = scanner.places;
      await scanner.scan({ changed: new Set(changed) });
      return scanner.places !== before;
    };
    home.write('.claude/projects/-home-dev-app/notes.txt', 'x');
    home.lines('.claude/projects/-home-dev-new/a.jsonl', claudeLine({ id: 'msg_2' }));
    assert.deepEqual([
      await lists(whole('a')), await lists(whole('gone')), await lists(path.join(home.dir, '.claude/projects/-home-dev-app/notes.txt')),
      await lists(path.join(home.dir, '.claude/projects/-home-dev-new')), await lists('/elsewhere/a.jsonl'),
    ], [false, false, false, true, true]);
  });

  it('keeps what it told of other files', async () => {
    home.lines(session('a'), claudeLine(), '{"usage":{broken}');
    home.lines(session('b'), claudeLine({ id: 'msg_b' }));
    const scanner = home.scanner(claude, { stateDir: home.stateDir });
    const { notes } = await scanner.scan();
    assert.equal(notes.length, 1);
    home.append(session('b'), `${claudeLine({ id: 'msg_b2', output: 5 })}\n`);
    assert.deepEqual((await scanner.scan({ changed: new Set([whole('b')]) })).notes, notes);
    renameSync(whole('a'), path.join(home.dir, 'a.jsonl'));
    assert.deepEqual((await scanner.scan()).notes, []);
    assert.equal(total((await home.scan(claude, { stateDir: home.stateDir })).report).output, 205);
  });
});
