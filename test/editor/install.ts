/** VS Code from npm: the package code-server, installed once per user without its install scripts. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheDir } from './paths';
import { cleanEnv } from './processes';

/** VS Code 1.139.1. */
const VERSION = '4.139.1';

/** Counts our own changes to the installed package: a new number installs afresh. */
const REVISION = 2;

/** The two servers in the package. */
export interface CodeServer {
  /** VS Code as a user has it. */
  readonly entry: string;
  /** VS Code's own server, whose test payload runs mocha inside the extension host. */
  readonly serverMain: string;
}

/**
 * Installs VS Code from npm where it is missing (12 s, 600 MB). Atomic: a cut install leaves nothing that counts,
 * and two at the same time do not disturb each other.
 */
export function installCodeServer(): CodeServer {
  const folder = path.join(cacheDir(), `code-server-${VERSION}-${REVISION}`);
  if (!existsSync(folder)) {
    console.log(`Set-up: installing VS Code from npm into ${folder}`);
    const fresh = `${folder}.${process.pid}`;
    mkdirSync(fresh, { recursive: true });
    try {
      writeFileSync(path.join(fresh, 'package.json'), '{"private":true}');
      npm(fresh, 'install', `code-server@${VERSION}`);
      const vscode = path.join(fresh, 'node_modules', 'code-server', 'lib', 'vscode');
      npm(vscode, 'install', '--omit=dev');
      copyFileSync(path.join(__dirname, 'spdlog.cjs'), path.join(vscode, 'node_modules', '@vscode', 'spdlog', 'index.js'));
      // Ends an orphaned extension host; we end the whole process group. Without its native part it only fills the log with errors.
      writeFileSync(path.join(vscode, 'node_modules', '@vscode', 'native-watchdog', 'index.js'), 'exports.start = () => {};');
      if (!existsSync(folder)) renameSync(fresh, folder);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  }
  const packageDir = path.join(folder, 'node_modules', 'code-server');
  return {
    entry: path.join(packageDir, 'out', 'node', 'entry.js'),
    serverMain: path.join(packageDir, 'lib', 'vscode', 'out', 'server-main.js'),
  };
}

/** Scripts stay off: they would compile native modules for minutes that nothing here needs. */
function npm(cwd: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env: cleanEnv(),
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${stderr}`);
}
