/** Child processes and waiting: what is started here is ended here, by its own id, and nothing else is. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';

const running = new Set<ChildProcess>();
const temporary = new Set<string>();

/** Ends a process group at once. Harmless when it has gone already. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F']);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

process.on('exit', () => {
  running.forEach(child => signalGroup(child, 'SIGKILL'));
  temporary.forEach(folder => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
});

/** A fresh folder, gone at the latest when this process ends. Its name is short: a Unix socket's path in it must stay below 108 bytes. */
export function temporaryDir(): string {
  const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'qm-'));
  temporary.add(folder);
  return folder;
}

/** Makes Ctrl-C and SIGTERM end this process through 'exit', so that no server outlives it. */
export function exitOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
}

/** A server with its output kept, in a process group of its own. */
export interface Server {
  readonly output: () => string;
  /** The exit code or signal, once it ended by itself. */
  readonly ended: () => string | undefined;
  stop(): Promise<void>;
}

/** Starts a Node script on this very Node, without this process's npm and Node settings. */
export function startServer(script: string, args: readonly string[], env: Readonly<Record<string, string>>): Server {
  const child = spawn(process.execPath, [script, ...args], {
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnv(), ...env },
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<void>(resolve => child.once('exit', () => resolve()));
  return {
    output: () => output,
    ended: () => (child.exitCode === null ? (child.signalCode ?? undefined) : String(child.exitCode)),
    async stop() {
      signalGroup(child, 'SIGTERM');
      const hardEnd = setTimeout(() => signalGroup(child, 'SIGKILL'), 5_000);
      await exited;
      clearTimeout(hardEnd);
      running.delete(child);
    },
  };
}

/** This process's environment without what npm, Node's flags and a surrounding VS Code put there. */
export function cleanEnv(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const foreign = /^(npm_(package|lifecycle|config_(local|global)_prefix|command|execpath|node_execpath)|NODE_OPTIONS|INIT_CWD|VSCODE_|ELECTRON_|PORT$|PASSWORD$|XDG_(CONFIG|DATA)_HOME)/;
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined || foreign.test(name) ? [] : [[name, value]])));
}

/** A port that is free now on the loopback; `preferred` when that one is. */
export async function freePort(preferred = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', error => (preferred === 0 ? reject(error) : resolve(freePort())));
    probe.listen(preferred, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/**
 * Polls until `probe` gives something other than undefined, null or false. An error of the probe counts as "not yet".
 * @throws after `limitMs`, with `what` and the last error.
 */
export async function waitFor<T>(what: string, limitMs: number, probe: () => Promise<T> | T): Promise<NonNullable<T>> {
  const deadline = Date.now() + limitMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`Waited ${limitMs} ms for ${what}`, { cause: last });
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

/** Waits until a URL answers 200, or the server has ended. */
export async function waitForUrl(url: string, server: Server, limitMs = 60_000): Promise<void> {
  await waitFor(`${url} to answer`, limitMs, async () => {
    if (server.ended() !== undefined) return true;
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  });
  if (server.ended() !== undefined) throw new Error(`The server ended (${server.ended()}):\n${server.output()}`);
}
