/** The extension as it ships, in the editor with a probe beside it or alone in a bare Node; and what was measured, as a table. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { type Editor, freePort, root, startEditor, temporaryDir, waitFor } from '../editor';

const PROBE = path.join(__dirname, 'probe');
const PROBE_WAIT_MS = 6_000;

/** What the probe tells of an extension host. */
export interface Sample {
  /** Load and activation of our bundle alone, and what it does in the same turn, as the thread's clock has it. */
  readonly activationMs: number | null;
  /** The same with what the editor does for it: asked for to done. */
  readonly wholeActivationMs: number | null;
  /** From before our bundle is loaded to the first value in the status bar. */
  readonly firstValueMs: number | null;
  readonly pid: number;
  readonly rssMb: number;
  /** What no other process shares and no file holds; null: '/memory' was not asked for. */
  readonly ownMb: number | null;
  readonly stallMs: number;
  readonly stall99Ms: number;
  /** The providers of the accounts that have been read. */
  readonly read: readonly string[];
}

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** Loads and activates as the editor does, with a clock in hand and an eye on the item's text; the probe reads the marks. */
const TIMED_ENTRY = `
const { window } = require('vscode');
const marks = globalThis.quotaMonitorMarks = { activationMs: null, firstValueMs: null };
const startedAt = performance.now();
const { createStatusBarItem } = window;
window.createStatusBarItem = (...args) => new Proxy(createStatusBarItem(...args), {
  get: (item, key) => typeof item[key] === 'function' ? item[key].bind(item) : item[key],
  set: (item, key, value) => {
    item[key] = value;
    if (key === 'text' && /[0-9]/.test(value)) marks.firstValueMs ??= performance.now() - startedAt;
    return true;
  },
});
const { activate, deactivate } = require('./extension.js');
const loadMs = performance.now() - startedAt;
exports.deactivate = deactivate;
exports.activate = context => {
  const activateAt = performance.now();
  const api = activate(context);
  Promise.resolve().then(() => { marks.activationMs = loadMs + performance.now() - activateAt; });
  return api;
};
`;

/** A copy apart from the checkout, where others may build. */
export function stage(): string {
  const built = spawnSync(process.execPath, ['esbuild.mjs', '--production'], { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) throw new Error('the build failed');
  const folder = path.join(temporaryDir(), 'extension');
  for (const name of ['package.json', 'package.nls.json', 'l10n', 'media', 'dist']) cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  writeFileSync(path.join(folder, 'dist/timed.js'), TIMED_ENTRY);
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ ...manifest, main: './dist/timed.js' }));
  return folder;
}

export interface HostOptions {
  /** Of the extension; null: the editor without it. */
  readonly folder: string | null;
  readonly userDataDir: string;
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** An editor with the probe. */
export class Host {
  private constructor(readonly editor: Editor, private readonly ports: string) {}

  static async start({ folder, userDataDir, home, env = {}, settings = {} }: HostOptions): Promise<Host> {
    const ports = temporaryDir();
    const editor = await startEditor({
      extension: { folder: PROBE }, userDataDir, home, port: await freePort(), settings,
      env: { ...env, QUOTA_MONITOR_PROBE: ports, QUOTA_MONITOR_PROBE_WAIT: String(PROBE_WAIT_MS) },
    });
    if (folder !== null) symlinkSync(folder, path.join(path.dirname(editor.workspace), 'ext', 'quota-monitor.quota-monitor-0.1.0'));
    return new Host(editor, ports);
  }

  /** Opens a window. @returns asks its host; '/anew' starts the stalls anew, '/memory' tells `ownMb`. */
  async window(): Promise<(how?: string) => Promise<Sample>> {
    const known = new Set(readdirSync(this.ports));
    await this.editor.openWindow();
    const port = await waitFor('the probe', 60_000, () => readdirSync(this.ports).filter(name => !known.has(name)).map(name => readFileSync(path.join(this.ports, name), 'utf8')).find(text => text !== ''));
    return async (how = '/') => (await fetch(`http://127.0.0.1:${port}${how}`)).json() as Promise<Sample>;
  }
}

/** CPU ms per minute of each kind of thread; `read`: accounts that were read. */
export interface Alone { readonly engine: readonly number[]; readonly editor: readonly number[]; readonly v8: readonly number[]; readonly pushes: readonly number[]; readonly read: number }

/** Runs the extension in a bare Node. */
export const runAlone = (folder: string, accountsFile: string, settings: Readonly<Record<string, unknown>>, waitMinutes: number, minutes: number): Promise<Alone> =>
  runNode('alone.cjs', [folder, path.join(temporaryDir(), 'storage'), JSON.stringify(settings), String(waitMinutes), String(minutes)], { QUOTA_MONITOR_DEMO: accountsFile });

/** The same requests by Node's own client, and nothing else. */
export const runBareHttp = (accountsFile: string, waitMinutes: number, minutes: number): Promise<Alone> => runNode('bareHttp.cjs', [accountsFile, String(waitMinutes), String(minutes)]);

async function runNode(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Alone> {
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(__dirname, script), ...args], { env: { ...process.env, ...env, NODE_OPTIONS: '' } });
  return JSON.parse(stdout) as Alone;
}

/** A window alone in a bare Node, which stays until it is closed. */
export interface LoneWindow { readonly addedMb: number; close(): void }

/** @param storage of the windows of one profile; the first has the engine. @param accounts how many are read before the wait. */
export async function loneWindow(folder: string, accountsFile: string, storage: string, settings: Readonly<Record<string, unknown>>, accounts: number, seconds: number): Promise<LoneWindow> {
  const child = spawn(process.execPath, [path.join(__dirname, 'aloneMemory.cjs'), folder, storage, JSON.stringify(settings), String(accounts), String(seconds)], {
    env: { ...process.env, QUOTA_MONITOR_DEMO: accountsFile, NODE_OPTIONS: '' }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  const close = (): void => void child.kill();
  process.once('exit', close);
  const [line] = await once(createInterface(child.stdout), 'line') as [string];
  return { addedMb: JSON.parse(line) as number, close };
}

const rows: string[][] = [];
/** @param met null: there is no goal. */
export const row = (what: string, value: string, goal = '', met: boolean | null = null): void => { rows.push([what, value, goal, met === null ? '' : met ? 'met' : 'MISSED']); };
export const printRows = (): void => rows.forEach(([what = '', value = '', goal = '', met = '']) => console.log(`${what.padEnd(66)} ${value.padEnd(62)} ${goal.padEnd(7)} ${met}`));
