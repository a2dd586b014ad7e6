import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readNow } from '../../src/engine/readNow';
import { useTempDir } from '../support/tempDir';

describe('a file that is read at once', () => {
  const dir = useTempDir();
  const file = (text: string | Buffer): string => {
    const name = path.join(dir(), 'file');
    writeFileSync(name, text);
    return name;
  };

  it('is given whole, up to the bound', () => {
    assert.equal(readNow(file('größer'), 8), 'größer');
    assert.equal(readNow(file('größer'), 7), null);
    assert.equal(readNow(file(''), 0), '');
  });

  it('is nothing where there is none, a folder, or a way through a file', () => {
    assert.equal(readNow(path.join(dir(), 'none'), 100), null);
    assert.equal(readNow(path.join(file('x'), 'below'), 100), null);
    mkdirSync(path.join(dir(), 'folder'));
    assert.equal(readNow(path.join(dir(), 'folder'), 1_000_000), null);
  });

  it('is nothing, and nobody waits, where there is a pipe that nobody writes to', function () {
    if (process.platform === 'win32') return this.skip();
    const pipe = path.join(dir(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    assert.equal(readNow(pipe, 100), null);
  });
});
