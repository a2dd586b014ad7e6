import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { providers } from '../src/providers/index';

const root = path.join(__dirname, '..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');

interface Setting { readonly default: unknown }
interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Setting>> }[];
  };
}
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
const words = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;

/** The cells of the rows of the table below a heading. */
function table(heading: string): readonly (readonly string[])[] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter(line => line.startsWith('|')).map(line => line.split('|').slice(1, -1).map(cell => cell.trim()));
  return rows.slice(2);
}

describe('README', () => {
  it('lists the providers that there are, with their names', () => {
    assert.deepEqual(
      table('Providers').map(([name, id]) => [name, id]),
      providers.map(({ info }) => [info.name, `\`${info.id}\``]),
    );
  });

  it('lists the commands that the extension contributes', () => {
    assert.deepEqual(
      table('Commands'),
      manifest.contributes.commands.map(({ command, title }) => [words[title.replaceAll('%', '')], `\`${command}\``]),
    );
  });

  it('lists every setting with its default', () => {
    const settings = manifest.contributes.configuration.flatMap(({ properties }) => Object.entries(properties));
    assert.deepEqual(
      table('Settings').map(([id, value]) => [id, value]),
      settings.map(([id, setting]) => [`\`${id}\``, `\`${JSON.stringify(setting.default)}\``]),
    );
  });

  it('shows pictures that exist', () => {
    const pictures = [...readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(match => match[1] ?? '');
    assert.notEqual(pictures.length, 0);
    assert.deepEqual(pictures.filter(picture => !existsSync(path.join(root, picture))), []);
  });
});
