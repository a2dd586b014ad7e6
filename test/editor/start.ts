/** `npm start`: VS Code with the extension under development, on the desktop where there is one, else in the browser. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Demo, startDemo } from './demo';
import { startEditor } from './editor';
import { cacheDir, root } from './paths';
import { cleanEnv, temporaryDir } from './processes';

/** Stays the same between starts, as the browser keeps the key of SecretStorage by address. */
const PORT = 7391;

const HELP = `npm start [-- options] [FOLDER]
  --demo      simulated providers and sample logs in a throw-away home and profile
  --browser   VS Code in the browser even where the desktop has one
  --port N    port of VS Code in the browser (${PORT}, or a free one)
  --open      open the browser too`;

/** @returns the exit code, when VS Code or the user ended it */
export async function start(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { demo: { type: 'boolean' }, browser: { type: 'boolean' }, port: { type: 'string' }, open: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    console.log(HELP);
    return 0;
  }
  const built = spawnSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) return 1;
  const demo = values.demo === true ? await startDemo() : undefined;
  const workspace = positionals[0] === undefined ? (demo?.workspace ?? root) : path.resolve(positionals[0]);
  try {
    const code = values.browser === true ? undefined : desktopCode();
    return code === undefined
      ? await inBrowser(workspace, demo, Number(values.port ?? PORT), values.open === true)
      : await onDesktop(code, workspace, demo);
  } finally {
    await demo?.close();
  }
}

/** The desktop's `code`, when it is on the PATH. */
function desktopCode(): string | undefined {
  const names = process.platform === 'win32' ? ['code.cmd'] : ['code'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.flatMap(folder => names.map(name => path.join(folder, name))).find(file => existsSync(file));
}

async function onDesktop(code: string, workspace: string, demo: Demo | undefined): Promise<number> {
  const scratch = temporaryDir();
  const args = ['--wait', '--new-window', `--extensionDevelopmentPath=${root}`];
  if (demo !== undefined) {
    mkdirSync(path.join(scratch, 'User'));
    writeFileSync(path.join(scratch, 'User', 'settings.json'), JSON.stringify(demo.settings));
    args.push(`--user-data-dir=${scratch}`, `--extensions-dir=${path.join(scratch, 'ext')}`);
  }
  console.log(`Quota Monitor is in the new window of ${code}; Ctrl-C or closing the window ends this.`);
  const home = demo === undefined ? {} : { HOME: demo.home, USERPROFILE: demo.home, ...demo.env };
  const child = spawn(code, [...args, workspace], { stdio: 'inherit', shell: process.platform === 'win32', env: { ...cleanEnv(), ...home } });
  const exitCode = await Promise.race([new Promise<number>(resolve => child.once('exit', status => resolve(status ?? 1))), interrupted()]);
  child.kill();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  return exitCode;
}

async function inBrowser(workspace: string, demo: Demo | undefined, port: number, open: boolean): Promise<number> {
  const stopped = interrupted();
  const editor = await startEditor({
    extension: { folder: root },
    home: demo?.home ?? os.homedir(),
    workspace,
    port,
    ...(demo === undefined ? { userDataDir: path.join(cacheDir(), 'profile') } : { env: demo.env, settings: demo.settings }),
  });
  try {
    console.log(`\nVS Code with Quota Monitor: ${editor.url}\nIt answers on this machine only. Ctrl-C ends it.`);
    if (open) openBrowser(editor.url);
    return await stopped;
  } finally {
    await editor.close();
  }
}

function openBrowser(url: string): void {
  const [command, ...args] = process.platform === 'darwin' ? ['open', url] : process.platform === 'win32' ? ['cmd', '/c', 'start', '', url] : ['xdg-open', url];
  spawn(command, args, { stdio: 'ignore', detached: true }).on('error', () => console.log(`Could not start ${command}; open the address by hand.`)).unref();
}

/** Resolves to 0 on Ctrl-C and the like: ending it is what the user wanted. */
async function interrupted(): Promise<number> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(0));
  });
}
