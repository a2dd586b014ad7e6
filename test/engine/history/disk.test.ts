/** The history on disks that are full, read-only or damaged: nothing acknowledged is lost, and the user is told. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SECOND_MS } from '../../../src/core/time';
import type { History } from '../../../src/engine/history/history';
import { loadImage } from '../../../src/engine/history/image';
import { useBrokenDisk } from '../../support/brokenDisk';
import { FakeClock } from '../../support/fakeClock';
import { useHistory } from '../../support/history';
import { countNumbers, numbered } from '../../support/historyNumbers';
import { seeded } from '../../support/seeded';
import { useTempDir } from '../../support/tempDir';

const RETRY_MS = 20 * SECOND_MS;

describe('history on a bad disk', () => {
  const dir = useTempDir();
  const open = useHistory();
  const disk = useBrokenDisk();
  const file = (name: string) => path.join(dir(), name);

  /** @returns how many are acknowledged. */
  function write(history: History, from: number, to: number): number {
    let acknowledged = from;
    for (let number = from; number < to; number++) {
      history.record('a', numbered(number));
      if (history.flush()) acknowledged = number + 1;
      if (number % 4 === 3) history.checkpoint();
    }
    return acknowledged;
  }

  for (const code of ['ENOSPC', 'EROFS'] as const) {
    it(`${code}: loses nothing acknowledged and says so, at whichever call the disk stops, and goes on when it takes writes again`, async function () {
      this.timeout(30_000);
      disk.breakAfter(Infinity, code);
      const first = await open(file('count'), new FakeClock(0));
      write(first, 0, 12);
      const calls = disk.calls();
      mkdirSync(file('nothing'));
      assert.ok(calls > 30, `${calls} calls`);
      for (let call = 0; call < calls; call++) {
        const folder = file(`at-${call}`);
        const clock = new FakeClock(0);
        const history = await open(folder, clock);
        disk.breakAfter(call, code);
        const acknowledged = write(history, 0, 12);
        assert.match(history.warning ?? '', new RegExp(`${code}.*it is tried again`), `call ${call}`);
        cpSync(existsSync(folder) ? folder : file('nothing'), file(`crash-${call}`), { recursive: true, force: true });
        const left = await open(file(`crash-${call}`), new FakeClock(0)); // as a crash now would leave it
        assert.ok(countNumbers(left) >= acknowledged, `call ${call}: ${countNumbers(left)} of ${acknowledged}`);
        left.close();
        assert.notEqual(loadImage(path.join(folder, 'history.sqlite.tmp')).kind, 'damaged', 'half an image keeps a full disk full');
        disk.repair();
        await clock.advance(RETRY_MS);
        write(history, 12, 16);
        assert.equal(history.warning, null, `call ${call}`);
        history.close();
        const again = await open(folder, new FakeClock(0));
        assert.deepEqual([countNumbers(again), again.warning], [16, null], `call ${call}`);
        again.close();
        for (const name of [folder, file(`crash-${call}`)]) rmSync(name, { recursive: true });
      }
    });
  }

  it('shows what is there, keeps new readings in memory and writes them later, when the folder is read-only from the start', async () => {
    const first = await open(file('folder'), new FakeClock(0));
    write(first, 0, 6);
    first.close();
    disk.breakAfter(0, 'EROFS');
    const clock = new FakeClock(0);
    const history = await open(file('folder'), clock);
    assert.equal(countNumbers(history), 6);
    history.record('a', numbered(6));
    assert.deepEqual([history.flush(), countNumbers(history)], [false, 7]);
    assert.match(history.warning ?? '', /EROFS/);
    disk.repair();
    await clock.advance(RETRY_MS);
    assert.equal(history.warning, null);
    history.close();
    assert.equal(countNumbers(await open(file('folder'), new FakeClock(0))), 7);
  });

  it('keeps the good copy when the image is damaged and the disk does not take a new one', async () => {
    const first = await open(file('folder'), new FakeClock(0));
    write(first, 0, 10);
    first.close();
    truncateSync(path.join(file('folder'), 'history.sqlite'), 700);
    for (let call = 0; call < 20; call++) {
      disk.repair();
      cpSync(file('folder'), file(`at-${call}`), { recursive: true });
      disk.breakAfter(call, 'ENOSPC');
      const history = await open(file(`at-${call}`), new FakeClock(0));
      assert.equal(countNumbers(history), 10);
      assert.match(history.warning ?? '', /damaged/);
      disk.repair();
      const again = await open(file(`at-${call}`), new FakeClock(0)); // as if the first had been killed
      assert.equal(countNumbers(again), 10, `call ${call}`);
      truncateSync(path.join(file(`at-${call}`), 'history.sqlite'), 700);
      assert.equal(countNumbers(await open(file(`at-${call}`), new FakeClock(0))), 10, `call ${call}, damaged once more`);
    }
  });

  it('throws nothing away when image and kept copy are both damaged', async () => {
    const first = await open(file('folder'), new FakeClock(0));
    write(first, 0, 10);
    first.close();
    const damaged = ['history.sqlite', 'history.sqlite.kept'].map(name => path.join(file('folder'), name));
    for (const name of damaged) truncateSync(name, statSync(name).size - 512);
    const bytes = damaged.map(name => readFileSync(name));
    const history = await open(file('folder'), new FakeClock(0));
    assert.match(history.warning ?? '', /damaged.*only what the journal still has/);
    assert.deepEqual(damaged.map(name => readFileSync(`${name}.damaged`)), bytes);
    assert.deepEqual(damaged.map(name => loadImage(name).kind), ['good', 'good']);
  });

  it('goes on after any tear of the last record', async () => {
    const first = await open(file('folder'), new FakeClock(0));
    write(first, 0, 3);
    const journal = path.join(file('folder'), 'history.journal');
    const before = statSync(journal).size;
    const state = { fired: [0.8], resetsAt: null, pending: null };
    first.recordAlert('a', 'm', state);
    first.close();
    const whole = readFileSync(journal);
    for (let length = before; length <= whole.length; length++) {
      writeFileSync(journal, whole.subarray(0, length));
      const history = await open(file('folder'), new FakeClock(0));
      const last = length === whole.length ? state : null;
      assert.deepEqual([countNumbers(history), history.alertStates()[0]?.state ?? null, history.warning], [3, last, null], `torn at ${length}`);
      history.record('a', numbered(3));
      history.close();
      const again = await open(file('folder'), new FakeClock(0));
      assert.deepEqual([countNumbers(again), again.alertStates()[0]?.state ?? null, again.warning], [4, last, null], `torn at ${length}, written on`);
      again.close();
    }
  });

  it('notices a cut or a flipped bit anywhere in the image, and uses the kept one with all that came since', async function () {
    this.timeout(30_000);
    const first = await open(file('folder'), new FakeClock(0));
    write(first, 0, 30);
    first.close();
    const image = path.join(file('folder'), 'history.sqlite');
    const whole = readFileSync(image);
    const random = seeded(7);
    const damages = Array.from({ length: 2_000 }, (_, index) => {
      const at = Math.floor(random() * whole.length);
      if (index % 2 === 0) return whole.subarray(0, at);
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1 << Math.floor(random() * 8);
      return bytes;
    });
    for (const [index, bytes] of damages.entries()) {
      writeFileSync(image, bytes);
      assert.equal(loadImage(image).kind, 'damaged', `damage ${index}`);
      if (index >= 60) continue;
      cpSync(file('folder'), file('copy'), { recursive: true });
      const history = await open(file('copy'), new FakeClock(0));
      assert.equal(countNumbers(history), 30, `damage ${index}`);
      assert.match(history.warning ?? '', /damaged.*last good copy/);
      history.close();
      rmSync(file('copy'), { recursive: true });
    }
  });

  it('waits for space on a disk that is really full, and for one that is really read-only', async function () {
    const mounted = file('small');
    mkdirSync(mounted);
    const mount = (...args: string[]) => spawnSync('mount', args).status === 0;
    if (process.platform !== 'linux' || !mount('-t', 'tmpfs', '-o', 'size=512k', 'none', mounted)) return this.skip();
    try {
      const clock = new FakeClock(0);
      const history = await open(path.join(mounted, 'folder'), clock);
      let there = write(history, 0, 5);
      const hinder: [() => void, () => void, RegExp][] = [
        [() => fill(path.join(mounted, 'filler')), () => rmSync(path.join(mounted, 'filler')), /ENOSPC/],
        [() => mount('-o', 'remount,ro', mounted), () => mount('-o', 'remount,rw', mounted), /EROFS|EBADF/],
      ];
      for (const [close, reopen, expected] of hinder) {
        history.checkpoint();
        close();
        const acknowledged = write(history, there, there + 30);
        assert.match(history.warning ?? '', expected);
        assert.ok(acknowledged < there + 30);
        reopen();
        await clock.advance(RETRY_MS);
        there = write(history, there + 30, there + 34);
        assert.equal(history.warning, null);
        const copy = file(`copy-${there}`);
        cpSync(path.join(mounted, 'folder'), copy, { recursive: true });
        const again = await open(copy, new FakeClock(0));
        assert.deepEqual([countNumbers(again), again.warning], [there, null]);
      }
      history.close();
    } finally {
      spawnSync('umount', [mounted]);
    }
  });
});

/** Writes until nothing more goes in. */
function fill(name: string): void {
  for (let size = 64 * 1024; size >= 1; size >>= 1) {
    try {
      for (;;) writeFileSync(name, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
    }
  }
}
