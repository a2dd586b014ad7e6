import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import type { symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { claim, claimPipe } from '../../src/engine/ownership';
import { findOwner, meetingFolders, pipeTokenFile } from '../../src/engine/place';
import { bundle } from '../support/bundle';
import { useTempDir } from '../support/tempDir';
import { until as waitUntil } from '../support/until';

/** A process that claims a folder, says 'owner' or 'elsewhere', and again whenever that changes. */
class Contender {
  readonly said: string[] = [];
  constructor(readonly child: ChildProcess) {
    createInterface(child.stdout!).on('line', line => this.said.push(line));
  }
  get last(): string | undefined {
    return this.said.at(-1);
  }
  async kill(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}

/** Processes start at once, and slowly on a busy machine. */
const until = (what: string, condition: () => boolean): Promise<void> => waitUntil(what, condition, 1_500);

describe('ownership of a storage folder', function () {
  this.timeout(60_000);
  let program: string;
  let contenders: Contender[] = [];
  before(async () => { program = await bundle('test/support/claimer.ts'); });
  // Before the folder goes, which is in the order in which the hooks are made.
  afterEach(async () => {
    await Promise.all(contenders.filter(({ child }) => child.exitCode === null && child.signalCode === null).map(each => each.kill()));
    contenders = [];
  });
  const dir = useTempDir();

  function contend(folder = dir(), more: SpawnOptions = {}): Contender {
    const contender = new Contender(spawn(process.execPath, [program, folder], { ...more, stdio: ['ignore', 'pipe', 'inherit'] }));
    contenders.push(contender);
    return contender;
  }
  const owners = () => contenders.filter(({ child, last }) => last === 'owner' && child.exitCode === null && child.signalCode === null);

  it('gives the folder to the first, and lets the next take over at once when that one is killed', async () => {
    const first = contend();
    await until('the first owns it', () => first.last === 'owner');
    const second = contend();
    await until('the second waits', () => second.last === 'elsewhere');
    await first.kill();
    await until('the second owns it', () => second.last === 'owner');
    assert.deepEqual(first.said, ['owner']);
  });

  it('R26: what a killed owner left behind is no obstacle, however often', async () => {
    for (let round = 0; round < 3; round++) {
      const contender = contend();
      await until('it owns the folder', () => contender.last === 'owner');
      await contender.kill();
    }
    const files = readdirSync(path.join(dir(), 'engine'));
    assert.ok(files.length <= 3, files.join()); // link, socket and token
  });

  it('R26: what was left by one that was killed before it owned anything goes, and what another is about to use stays', async () => {
    const folder = path.join(dir(), 'engine');
    mkdirSync(folder, { mode: 0o700 });
    const old = new Date(Date.now() - 2 * 3_600_000);
    const [dead, half, fresh] = ['s-00000000000a', 'token.00000000000b', 's-00000000000c'];
    for (const name of [dead, half, fresh]) writeFileSync(path.join(folder, name), '');
    const listening = createServer().listen(path.join(folder, 's-00000000000d'));
    await once(listening, 'listening');
    for (const name of [dead, half, 's-00000000000d']) utimesSync(path.join(folder, name), old, old);
    const contender = contend();
    await until('it owns the folder', () => contender.last === 'owner');
    const left = readdirSync(folder);
    listening.close();
    assert.deepEqual([dead, half, fresh, 's-00000000000d'].map(name => left.includes(name)), [false, false, true, true]);
  });

  it('can be reached, though a later owner that is dead again took its socket for that of an older one', async () => {
    const promises = createRequire(__filename)('node:fs').promises as { symlink: typeof symlink };
    const { symlink: whole } = promises;
    promises.symlink = async (target, file) => {
      promises.symlink = whole;
      await whole(target, file);
      const folder = path.dirname(String(file)); // another process deposes whoever published this, cleans up after it, and dies
      await whole('s-ffffffffffff', path.join(folder, 'engine.2'));
      for (const name of [String(file), path.join(folder, String(target))]) rmSync(name);
    };
    const claimed = await claim(dir(), { onWindow: socket => void socket.on('error', () => undefined).resume() });
    assert.equal(claimed.kind, 'owner');
    const found = await findOwner(dir());
    if (claimed.kind === 'owner') claimed.release();
    found?.socket?.destroy();
    assert.equal(found?.generation, 3);
  });

  it('is taken from an owner that hangs wherever that had to go when it came, as on a disk that was full', async () => {
    const far = meetingFolders(dir())[1] ?? '';
    mkdirSync(far, { recursive: true, mode: 0o700 });
    try {
      symlinkSync('s-000000000001', path.join(far, 'engine.3'));
      const claimed = await claim(dir(), { onWindow: () => undefined, depose: 3 });
      assert.ok(claimed.kind === 'owner' && claimed.deposed);
      claimed.release();
      assert.deepEqual(readdirSync(far), []);
    } finally {
      rmSync(far, { recursive: true });
    }
  });

  it('R44: is on Windows, where a pipe is named after the token, theirs who made the token last', async () => {
    const pipe = (token: string): string => path.join(dir(), token.slice(0, 12)); // elsewhere a pipe is a file
    const start = async () => {
      const claimed = await claimPipe(dir(), () => undefined, pipe);
      assert.ok(claimed.kind === 'owner');
      return claimed;
    };
    const first = await start();
    rmSync(pipeTokenFile(dir()));
    assert.equal(first.owns(), true); // nobody else came
    const second = await start();
    await first.keepToken();
    assert.deepEqual([first.owns(), second.owns()], [false, true]);
    rmSync(pipeTokenFile(dir()));
    await second.keepToken();
    const third = await claimPipe(dir(), () => undefined, pipe);
    for (const { release } of [first, second]) release();
    assert.ok(third.kind === 'elsewhere');
    third.socket?.destroy();
  });

  it('R26: another product or profile, with another folder, is not held up', async () => {
    const [one, other] = [contend(path.join(dir(), 'code')), contend(path.join(dir(), 'code-insiders'))];
    await until('both own theirs', () => one.last === 'owner' && other.last === 'owner');
  });

  it('many that start together end with exactly one owner, and so after each death of it', async () => {
    const dead = contend();
    await until('there is one', () => dead.last === 'owner');
    await dead.kill();
    for (let count = 0; count < 6; count++) contend();
    for (let round = 0; round < 3; round++) {
      const alive = contenders.filter(({ child }) => child.signalCode === null);
      await until('all have spoken', () => alive.every(({ last }) => last !== undefined) && owners().length === 1);
      await new Promise(resolve => setTimeout(resolve, 100));
      assert.equal(owners().length, 1);
      await owners()[0]!.kill();
    }
  });

  it('keeps its sockets where only this user comes', async () => {
    const contender = contend();
    await until('it owns the folder', () => contender.last === 'owner');
    const folder = path.join(dir(), 'engine');
    assert.equal(lstatSync(folder).mode & 0o777, 0o700);
    const sockets = readdirSync(folder).map(name => lstatSync(path.join(folder, name))).filter(stat => stat.isSocket());
    assert.deepEqual(sockets.map(({ mode }) => mode & 0o777), [0o600]);
  });

  it('works where the path of the folder is too long for a socket', async () => {
    const long = path.join(dir(), 'x'.repeat(120));
    mkdirSync(long);
    const [first, second] = [contend(long), contend(long)];
    await until('both have spoken', () => first.last !== undefined && second.last !== undefined);
    assert.deepEqual([first.last, second.last].sort(), ['elsewhere', 'owner']);
  });

  it('is one, too, for processes that were told different folders for temporary files, however long their paths', async () => {
    const long = path.join(dir(), 'x'.repeat(120));
    const temporary = ['a', 'b'.repeat(150)].map(name => path.join(dir(), name));
    for (const folder of [long, ...temporary]) mkdirSync(folder);
    const first = contend(long, { env: { ...process.env, TMPDIR: temporary[0] } });
    await until('the first owns it', () => first.last === 'owner');
    const second = contend(long, { env: { ...process.env, TMPDIR: temporary[1] } });
    await until('the second waits', () => second.last === 'elsewhere');
  });

  it('is one on a disk that is full, and on one that is read-only, and still when it takes writes again', async function () {
    const mounted = path.join(dir(), 'mounted');
    mkdirSync(mounted);
    const mount = (...args: string[]) => spawnSync('mount', args).status === 0;
    if (process.platform !== 'linux' || !mount('-t', 'tmpfs', '-o', 'size=64k', 'none', mounted)) return this.skip();
    try {
      const [folder, filler] = [path.join(mounted, 'storage'), path.join(mounted, 'filler')];
      mkdirSync(folder);
      for (const [close, reopen] of [
        [() => { try { writeFileSync(filler, Buffer.alloc(100_000)); } catch { /* it is full now */ } }, () => rmSync(filler)],
        [() => mount('-o', 'remount,ro', mounted), () => mount('-o', 'remount,rw', mounted)],
      ] as const) {
        close();
        const first = contend(folder);
        await until('the first owns it', () => first.last === 'owner');
        const second = contend(folder);
        await until('the second waits', () => second.last === 'elsewhere');
        reopen();
        const third = contend(folder);
        await until('the third waits', () => third.last === 'elsewhere');
        await Promise.all([first, second, third].map(each => each.kill()));
        assert.ok(readdirSync(folder, { recursive: true }).every(name => !/token\./.test(String(name))), 'no half of a token stays');
      }
    } finally {
      await Promise.all(contenders.filter(({ child }) => child.exitCode === null && child.signalCode === null).map(each => each.kill()));
      spawnSync('umount', [mounted]);
    }
  });

  it('is for users without a name as well, as in some containers', async function () {
    const uid = 54_321;
    if (process.getuid?.() !== 0) return this.skip(); // nobody else can be somebody else
    const folder = path.join(dir(), 'theirs');
    mkdirSync(folder);
    for (const each of [dir(), folder]) chownSync(each, uid, uid);
    chmodSync(path.dirname(program), 0o755);
    const [first, second] = [contend(folder, { uid }), contend(folder, { uid })];
    await until('both have spoken', () => first.last !== undefined && second.last !== undefined);
    assert.deepEqual([first.last, second.last].sort(), ['elsewhere', 'owner']);
  });
});
