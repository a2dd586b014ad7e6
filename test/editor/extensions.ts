/** Extension folders for a server: a VSIX is installed once per process, an unpacked folder is linked. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { installCodeServer } from './install';
import { vsixPath } from './paths';
import { cleanEnv, temporaryDir } from './processes';

const installed = new Map<string, string>();

/** The --extensions-dir for an extension. `scratch` takes the link to an unpacked one. */
export function extensionsDirFor(extension: { readonly vsix: string } | { readonly folder: string } = { vsix: vsixPath }, scratch: string): string {
  return 'vsix' in extension ? installVsix(extension.vsix) : linkFolder(extension.folder, path.join(scratch, 'ext'));
}

/** Installs as a user does from a file; the folder is shared by the servers of this process, which only read it. */
function installVsix(vsix: string): string {
  const known = installed.get(vsix);
  if (known !== undefined) return known;
  const folder = temporaryDir();
  const extensionsDir = path.join(folder, 'ext');
  const args = ['--user-data-dir', path.join(folder, 'ud'), '--extensions-dir', extensionsDir, '--install-extension', vsix];
  const { status, stdout, stderr } = spawnSync(process.execPath, [installCodeServer().entry, ...args], {
    env: { ...cleanEnv(), HOME: folder, USERPROFILE: folder },
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (status !== 0) throw new Error(`Installing ${vsix} failed:\n${stdout}\n${stderr}`);
  installed.set(vsix, extensionsDir);
  return extensionsDir;
}

/** Links an unpacked extension into an extensions folder. */
function linkFolder(folder: string, extensionsDir: string): string {
  const { publisher, name, version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Record<'publisher' | 'name' | 'version', string>;
  mkdirSync(extensionsDir, { recursive: true });
  const link = path.join(extensionsDir, `${publisher}.${name}-${version}`);
  rmSync(link, { recursive: true, force: true });
  symlinkSync(folder, link, 'junction');
  return extensionsDir;
}
