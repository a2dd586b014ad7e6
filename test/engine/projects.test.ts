import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Projects } from '../../src/engine/projects';
import { useTempDir } from '../support/tempDir';

describe('projects', () => {
  const dir = useTempDir();
  const folder = (...names: string[]): string => path.join(dir(), ...names);
  const repository = (...names: string[]): string => {
    mkdirSync(folder(...names, '.git'), { recursive: true });
    return folder(...names);
  };

  it('are the repositories that folders lie in', () => {
    const root = repository('repo');
    mkdirSync(folder('repo', 'src', 'deep'), { recursive: true });
    const projects = new Projects();
    assert.deepEqual([root, `${root}/`, folder('repo', 'src', 'deep'), folder('other')].map(each => projects.of(each)), [root, root, root, folder('other')]);
  });

  it('are worktrees and submodules, whose .git is a file, apart from the repository around them', () => {
    repository('repo');
    mkdirSync(folder('repo', 'vendor', 'lib', 'src'), { recursive: true });
    writeFileSync(folder('repo', 'vendor', 'lib', '.git'), 'gitdir: ../../.git/modules/lib');
    assert.equal(new Projects().of(folder('repo', 'vendor', 'lib', 'src')), folder('repo', 'vendor', 'lib'));
  });

  it('are the repository that is left where a folder in it is gone, and the folder itself where all is gone', () => {
    const root = repository('repo');
    assert.equal(new Projects().of(folder('repo', 'gone', 'deep')), root);
    rmSync(root, { recursive: true });
    assert.equal(new Projects().of(folder('repo', 'gone', 'deep')), folder('repo', 'gone', 'deep'));
  });

  it('R41: are one whether a tool writes the drive in small or not', () => {
    const projects = new Projects();
    for (const told of ['c:\\dev\\app', 'C:\\dev\\app']) assert.equal(projects.of(told), 'C:\\dev\\app');
    assert.deepEqual(['d:/dev', 'd:', 'dev:\\app', 'http://x'].map(told => projects.of(told)), ['D:/dev', 'd:', 'dev:\\app', 'http://x']);
  });

  it('stay as they are told where they are none of this machine\'s folders, and no server is asked', () => {
    const projects = new Projects();
    repository('repo');
    for (const told of ['src', '', 'C:\\dev\\app', '\\\\server\\share\\app', `/${folder('repo', 'src')}`]) assert.equal(projects.of(told), told);
  });
});
