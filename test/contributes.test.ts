/** package.json, its words and the code name the same commands, settings and texts. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import bundle from '../l10n/bundle.l10n.json';
import packageJson from '../package.json';
import nls from '../package.nls.json';
import { commandIds } from '../src/host/commandIds';

const root = path.resolve(__dirname, '..');

describe('contributions', () => {
  it('are the commands that the host registers', () => {
    assert.deepEqual(packageJson.contributes.commands.map(({ command }) => command).sort(), Object.values(commandIds).sort());
  });

  it('R35, R42: run beside the user\'s logins where there is a choice, else where they can, and are the same on every host', () => {
    assert.deepEqual(packageJson.extensionKind, ['ui', 'workspace']);
    assert.doesNotMatch(JSON.stringify(packageJson), /remoteName|isWeb\b|isLinux|isMac\b|isWindows/);
  });

  it('have words for every key of package.json, and no other', () => {
    const used = [...JSON.stringify(packageJson).matchAll(/%([\w.-]+)%/g)].map(([, key]) => key);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(nls).sort());
  });

  it('have every string of the host in the bundle for translators, and no other', () => {
    const folder = path.join(root, 'src/host');
    const source = readdirSync(folder).map(file => readFileSync(path.join(folder, file), 'utf8')).join('\n');
    const strings = [...source.matchAll(/l10n\.t\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)].map(([, single, double]) => (single ?? double ?? '').replace(/\\(.)/g, '$1'));
    assert.equal([...source.matchAll(/l10n\.t\(/g)].length, strings.length, 'a string that is not a plain literal');
    assert.deepEqual(Object.keys(bundle).sort(), [...new Set(strings)].sort());
  });

  it('have the pictures of the walkthrough, whose links run commands of ours', () => {
    for (const { media, description } of packageJson.contributes.walkthroughs.flatMap(({ steps }) => steps)) {
      assert.ok(existsSync(path.join(root, media.svg)), media.svg);
      const text = nls[description.slice(1, -1) as keyof typeof nls];
      const links = [...text.matchAll(/\]\(command:([\w.]+)\)/g)].map(([, command]) => command ?? '');
      assert.ok(links.length > 0, description);
      for (const link of links) assert.ok((Object.values(commandIds) as string[]).includes(link), link);
    }
  });
});
