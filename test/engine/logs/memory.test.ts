import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { promisify } from 'node:util';
import { bundle } from '../../support/bundle';
import { claudeLine, TestHome } from './rig';

const MB = 1024 * 1024;

/** Each in a process of its own: what one needs at most is then what it needs. */
describe('the memory that a scan needs', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());

  const log = '.claude/projects/-home-dev-app/a.jsonl';
  async function scanned(): Promise<{ readonly output: number; readonly notes: readonly string[]; readonly peakMb: number }> {
    const { stdout } = await promisify(execFile)(process.execPath, [await bundle('test/support/scanProcess.ts'), home.dir]);
    return JSON.parse(stdout) as Awaited<ReturnType<typeof scanned>>;
  }
  /** A log of so many megabytes with a response in every one of them. */
  function write(megabytes: number): void {
    const fd = fs.openSync(home.lines(log), 'w');
    const lines = `${'x'.repeat(64 * 1024)}\n`.repeat(15);
    for (let i = 0; i < megabytes; i++) fs.writeSync(fd, `${claudeLine({ id: `msg_${i}`, output: 1 })}\n${lines}`);
    fs.closeSync(fd);
  }

  it('R28: is that of a small log for one of 400 MB, for a line of 64 MB, which counts, and for one of 200 MB, which does not', async function () {
    this.timeout(60_000);
    write(10);
    const small = await scanned();
    write(400);
    const large = await scanned();
    const line = claudeLine({ output: 5, extra: { text: '@' } });
    home.lines(log, claudeLine({ id: 'msg_2', output: 1 }), line.replace('@', () => 'y'.repeat(64 * MB + 1 - Buffer.byteLength(line))));
    const wide = await scanned();
    const fd = fs.openSync(home.lines(log, claudeLine({ id: 'msg_2', output: 1 })), 'a');
    fs.writeSync(fd, '{"type":"assistant","message":{"usage":{"input_tokens":1');
    fs.ftruncateSync(fd, fs.fstatSync(fd).size + 200 * MB); // zeros that take no room on the disk
    fs.closeSync(fd);
    const widest = await scanned();
    assert.deepEqual([small.output, large.output, wide.output, wide.notes, widest.output], [10, 400, 6, [], 1]);
    for (const { peakMb } of [large, wide, widest]) assert.ok(peakMb < small.peakMb + 12, `${peakMb} MB, and ${small.peakMb} MB for the small log`);
  });
});
