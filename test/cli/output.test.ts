import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync, closeSync } from 'node:fs';
import { bundle } from '../support/bundle';

describe('standard output', function () {
  this.timeout(30_000);
  for (const [name, before] of [['that waits', ''], ['that does not wait for who reads', 'process.stdout;']] as const) {
    it(`gets all that is printed, in order, through a pipe ${name}`, async () => {
      const file = await bundle('src/cli/output.ts');
      const { stdout } = spawnSync(process.execPath, ['-e', `
        ${before}
        const { Output } = require(${JSON.stringify(file)});
        const output = new Output(1, () => undefined);
        for (const part of ['a', 'é', 'c']) output.print(part.repeat(1_000_000));
        if (output.done) process.exit();
      `], { encoding: 'utf8', maxBuffer: 10_000_000 });
      assert.ok(stdout === ['a', 'é', 'c'].map(part => part.repeat(1_000_000)).join(''), `${stdout.length} characters`);
    });
  }

  describe('of the command line', () => {
    let main: string;
    before(async () => (main = await bundle('src/cli.ts', 'main')));

    it('may be closed by who has read enough, which is no error, nor is it one where errors are told', async () => {
      for (const [args, code] of [[['--help'], 0], [['frobnicate'], 2]] as const) {
        const child = spawn(process.execPath, [main, ...args]);
        let error = '';
        if (code === 0) child.stdout.destroy();
        else child.stderr.destroy();
        child.stderr.on('data', piece => (error += String(piece)));
        assert.deepEqual([await new Promise(resolve => child.on('close', resolve)), error], [code, '']);
      }
    });

    it('may be a file on a full disk, which is told', function () {
      if (!existsSync('/dev/full')) this.skip();
      const full = openSync('/dev/full', 'w');
      const { status, stderr } = spawnSync(process.execPath, [main, '--help'], { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' });
      closeSync(full);
      assert.deepEqual([status, stderr], [1, 'Not all could be written (ENOSPC).\n']);
    });
  });
});
