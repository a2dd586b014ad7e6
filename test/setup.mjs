/**
 * What every entry point (`npm start`, `npm test`) does first: it needs no dependency and runs on the Node the machine has.
 * Installs the packages when they are missing or older than the lock, then runs the entry again on the Node 24 among them.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';
const bin = path.join(root, 'node_modules', '.bin');
const node24 = path.join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

function packagesAreFresh() {
  const installed = path.join(root, 'node_modules', '.package-lock.json');
  return existsSync(installed) && existsSync(node24) && statSync(installed).mtimeMs >= statSync(path.join(root, 'package-lock.json')).mtimeMs;
}

function installPackages() {
  console.log('Set-up: installing the packages');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: 'inherit', shell: windows });
  if (status !== 0) throw new Error(`npm ci failed (${status ?? 'no npm found'})`);
}

/** Runs `entry` again with `args` on Node 24 with TypeScript loaded, and ends this process as that one ends. */
function runOnNode24(entry) {
  const child = spawn(node24, ['--import', 'tsx', entry, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, QUOTA_MONITOR_SET_UP: entry, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)));
}

/**
 * Sets up, then calls `main` on Node 24, where `main` may import TypeScript. An error is printed and ends the process with 1.
 * @param {string} entryUrl the entry's import.meta.url
 * @param {() => Promise<number>} main gives the exit code
 */
export async function setUpAndRun(entryUrl, main) {
  const entry = fileURLToPath(entryUrl);
  try {
    if (process.env.QUOTA_MONITOR_SET_UP === entry) {
      delete process.env.QUOTA_MONITOR_SET_UP;
      process.exit(await main());
    }
    if (!packagesAreFresh()) installPackages();
    runOnNode24(entry);
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}
