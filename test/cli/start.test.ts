/** How the command line loads itself, and keeps what that was compiled to. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { TestHome } from '../engine/logs/rig';
import { bundle } from '../support/bundle';

describe('the compiled form of the command line', function () {
  this.timeout(30_000);
  let loader: string;
  let home: TestHome;
  before(async () => (loader = await bundle('src/cli/start.ts')));
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());

  const state = (): string => path.join(home.dir, 'state');
  const kept = (): string => path.join(state(), 'compiled/built.js');
  const build = (says: string): string => home.write('built.js', `exports.main = () => console.log(require('node:path').basename(__filename), __dirname.length > 1, function () { return ${JSON.stringify(says)}; }());`);
  /** Runs what was built as the command line does; gives what it says, and whether V8 took the compiled form. */
  const run = (...args: readonly string[]): string => execFileSync(process.execPath, ['-e', `
    const vm = require('node:vm');
    vm.Script = class extends vm.Script { constructor(source, options) { super(source, options); console.log(options.cachedData === undefined ? 'compiled' : this.cachedDataRejected ? 'refused' : 'taken'); } };
    require(${JSON.stringify(loader)}).load(${JSON.stringify(path.join(home.dir, 'built.js'))}, ${JSON.stringify(args)}).main();
  `], { encoding: 'utf8' }).replaceAll('\n', ' ').trim();

  it('is taken from the state folder, to which the first runs write it', () => {
    build('one');
    const runs = Array.from({ length: 5 }, (_, i) => [run('scan', i % 2 === 0 ? '--state' : `--state=${state()}`, ...(i % 2 === 0 ? [state()] : [])), fs.readFileSync(kept()).readUInt32LE(8)]);
    assert.deepEqual(runs, [['compiled built.js true one', 1], ['taken built.js true one', 2], ['taken built.js true one', 3], ['taken built.js true one', 3], ['taken built.js true one', 3]]);
    assert.deepEqual([fs.statSync(path.dirname(kept())).mode & 0o777, fs.statSync(kept()).mode & 0o777, fs.readdirSync(path.dirname(kept()))], [0o700, 0o600, ['built.js']]);
  });

  it('is never that of another source', () => {
    build('one');
    run('scan', '--state', state());
    build('two');
    assert.deepEqual([run('scan', '--state', state()), run('scan', '--state', state())], ['compiled built.js true two', 'taken built.js true two']);
  });

  it('is not taken when it is damaged', () => {
    build('one');
    run('scan', '--state', state());
    const good = fs.readFileSync(kept());
    for (const bad of [Buffer.alloc(0), good.subarray(0, 12), good.subarray(0, -1), ...[0, 5, 12, good.length - 1].map(at => { const wrong = Buffer.from(good); wrong[at] = (wrong[at] ?? 0) ^ 1; return wrong; })]) {
      fs.writeFileSync(kept(), bad);
      assert.equal(run('scan', '--state', state()), 'compiled built.js true one');
    }
  });

  it('is neither taken from a folder that others can write to, or that is a link, nor kept there', () => {
    build('one');
    run('scan', '--state', state());
    fs.chmodSync(path.dirname(kept()), 0o777);
    assert.equal(run('scan', '--state', state()), 'built.js true one');
    fs.chmodSync(path.dirname(kept()), 0o700);
    fs.renameSync(path.dirname(kept()), path.join(home.dir, 'elsewhere'));
    fs.symlinkSync(path.join(home.dir, 'elsewhere'), path.dirname(kept()));
    assert.equal(run('scan', '--state', state()), 'built.js true one');
  });

  it("is not taken when it is another user's", function () {
    if (process.getuid?.() !== 0) this.skip(); // only root can give a file away
    build('one');
    run('scan', '--state', state());
    fs.chownSync(kept(), 1, 1);
    assert.equal(run('scan', '--state', state()), 'compiled built.js true one');
  });

  it('is not asked for without a state folder, by another command, or where that folder cannot be made', () => {
    build('one');
    assert.deepEqual([run('scan', '--json'), run('snapshot', '--state', state()), run()], Array.from({ length: 3 }, () => 'built.js true one'));
    fs.writeFileSync(state(), 'a file');
    assert.equal(run('scan', '--state', state()), 'built.js true one');
  });
});
