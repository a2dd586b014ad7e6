import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ProviderError } from '../../src/core/errors';
import { readSmallFile } from '../../src/engine/readFile';
import { useTempDir } from '../support/tempDir';

describe('reading another tool\'s file', () => {
  const dir = useTempDir();
  const file = (name: string) => path.join(dir(), name);
  const unreadable = (error: unknown) => error instanceof ProviderError && error.kind === 'unreadable';

  it('gives the whole text, and leaves the file as it was', async () => {
    writeFileSync(file('a'), 'žluť 漢字\n'.repeat(10_000));
    const before = statSync(file('a'));
    assert.equal(await readSmallFile(file('a'), 1_000_000), readFileSync(file('a'), 'utf8'));
    assert.deepEqual([statSync(file('a')).mtimeMs, statSync(file('a')).size], [before.mtimeMs, before.size]);
  });

  it('gives an empty text for an empty file, and null for none', async () => {
    writeFileSync(file('a'), '');
    assert.equal(await readSmallFile(file('a'), 10), '');
    assert.equal(await readSmallFile(file('b'), 10), null);
    assert.equal(await readSmallFile(path.join(file('a'), 'c'), 10), null);
  });

  it('refuses what is too large, a folder, and a pipe that nobody writes to', async () => {
    writeFileSync(file('a'), 'x'.repeat(11));
    mkdirSync(file('d'));
    await assert.rejects(readSmallFile(file('a'), 10), unreadable);
    await assert.rejects(readSmallFile(file('d'), 10), unreadable);
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [file('p')]);
    await assert.rejects(readSmallFile(file('p'), 10), unreadable);
  });
});
