import assert from 'node:assert/strict';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../src/core/time';
import { PollMarks } from '../../src/engine/pollMarks';
import { FakeClock } from '../support/fakeClock';
import { useTempDir } from '../support/tempDir';

describe('poll marks', () => {
  const dir = useTempDir();
  const clock = new FakeClock();
  const open: PollMarks[] = [];
  afterEach(() => { for (const marks of open.splice(0)) marks.dispose(); });
  const load = (folder: string | null = dir()): PollMarks => {
    const marks = new PollMarks(folder, clock);
    open.push(marks);
    return marks;
  };
  const file = () => path.join(dir(), 'polls.marks');

  it('are on the disk before the request, for whoever comes after a crash', async () => {
    const marks = load();
    marks.asked('a', 'acme:one');
    const at = clock.now();
    await clock.advance(MINUTE_MS);
    marks.asked('b', 'acme:two');
    marks.answered('b');
    const later = load(); // the first one was not closed
    assert.deepEqual([later.get('a')?.lastAt, later.get('a')?.answered], [at, false]);
    assert.deepEqual([later.get('b')?.lastAt, later.get('b')?.answered], [at + MINUTE_MS, true]);
    assert.equal(later.get('c'), null);
  });

  it('tell when a key was used, whoever used it: when the answer came, or shortly after the request began', async () => {
    load().asked('a', 'acme:one');
    const at = clock.now();
    const later = load();
    assert.deepEqual([later.usedAt('acme:one'), later.usedAt('acme:two')], [at + 2 * SECOND_MS, null]);
    await clock.advance(10 * SECOND_MS);
    later.answered('a');
    later.asked('b', 'acme:one');
    assert.equal(load().usedAt('acme:one'), at + 12 * SECOND_MS); // the latest of both
  });

  it('still know of the key that an account had, when it was asked with another right after', async () => {
    const marks = load();
    marks.asked('a', 'acme:one');
    marks.answered('a');
    const at = clock.now();
    await clock.advance(SECOND_MS);
    marks.asked('a', 'acme:two');
    for (const each of [marks, load()]) {
      assert.deepEqual([each.usedAt('acme:one'), each.usedAt('acme:two')], [at, at + 3 * SECOND_MS]);
      assert.deepEqual([each.get('a')?.lastAt, each.get('a')?.answered], [at + SECOND_MS, false]);
    }
  });

  it('tell a thousand keys apart', () => {
    const marks = load();
    for (let n = 0; n < 1000; n++) marks.asked(`account-${n}`, `acme:${n}`);
    const later = load();
    assert.deepEqual(Array.from({ length: 1000 }, (_, n) => n).filter(n => later.usedAt(`acme:${n + 1000}`) !== null), []);
  });

  it('keep their salt, and stay small however often is asked', () => {
    const marks = load();
    for (let i = 0; i < 1000; i++) {
      marks.asked(`account-${i % 50}`, 'key');
      marks.answered(`account-${i % 50}`);
    }
    assert.ok(statSync(file()).size < 3000);
    assert.equal(statSync(file()).mode & 0o777, 0o600);
    assert.deepEqual(load().salt, marks.salt);
    assert.equal(marks.salt.length, 32);
  });

  it('hold nothing by which a key or an account could be known', () => {
    load().asked('my-account', 'acme:0123456789abcdef0123456789abcdef');
    const text = readFileSync(file(), 'latin1');
    assert.ok(!text.includes('my-account') && !text.includes('0123456789abcdef'));
    assert.match(text.split('\n')[1] ?? '', /^[0-9a-f]{16} [0-9a-f]{8} \d{13} \?$/);
  });

  it('are gone without when the file is damaged, but for the lines that are whole', () => {
    const marks = load();
    for (const id of ['a', 'b']) marks.asked(id, 'key');
    truncateSync(file(), statSync(file()).size - 5);
    const later = load();
    assert.notEqual(later.get('a'), null);
    assert.equal(later.get('b'), null);
    writeFileSync(file(), Buffer.from([0, 255, 10, 7]));
    assert.equal(load().get('a'), null);
  });

  it('take what was asked in the future, before the clock was set back, for asked now, and forget what is days old', () => {
    const marks = load();
    marks.asked('a', 'key');
    marks.answered('a');
    clock.jump(-3 * SECOND_MS);
    const later = load();
    assert.deepEqual(later.get('a'), { ...later.get('a'), lastAt: clock.now(), answered: false });
    clock.jump(3 * DAY_MS);
    assert.equal(load().get('a'), null);
  });

  it('work in memory where there is no folder, and where it cannot be written', () => {
    writeFileSync(path.join(dir(), 'file'), '');
    for (const folder of [null, path.join(dir(), 'file')]) {
      const marks = load(folder);
      marks.asked('a', 'key');
      assert.equal(marks.get('a')?.answered, false);
    }
  });
});
