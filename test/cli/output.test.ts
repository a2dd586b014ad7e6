import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { bundle } from '../support/bundle';

describe('standard output', function () {
  this.timeout(30_000);
  for (const [name, before] of [['that waits', ''], ['that does not wait for who reads', 'process.stdout;']] as const) {
    it(`gets all that is printed, in order, through a pipe ${name}`, async () => {
      const file = await bundle('src/cli/output.ts');
      const { stdout } = spawnSync(process.execPath, ['-e', `
        ${before}
        const { Output } = require(${JSON.stringify(file)});
        const output = new Output();
        for (const part of ['a', 'é', 'c']) output.print(part.repeat(1_000_000));
        if (output.done) process.exit();
      `], { encoding: 'utf8', maxBuffer: 10_000_000 });
      assert.ok(stdout === ['a', 'é', 'c'].map(part => part.repeat(1_000_000)).join(''), `${stdout.length} characters`);
    });
  }
});
