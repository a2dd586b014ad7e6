/**
 * The extension in a real extension host: activation, first value, memory, stalls; and its CPU in a bare Node. Goals P12-P14, P16, P17.
 * Run: npm run bench:host [-- --only cpu,memory,starts,stalls --minutes 3 --later 20 --rounds 3 --logs 1GB]. It needs the build's tools, Chromium
 * and code-server, as the end-to-end tests do. What the same editor does without the extension is measured in turn with it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readUserSettings } from '../../src/core/userSettings';
import { EngineClient } from '../../src/engine/client';
import { root, temporaryDir, waitFor } from '../editor';
import { type Simulator, startSimulator } from '../simulators';
import { type Alone, Host, loneWindow, type LoneWindow, median, printRows, row, runAlone, runBareHttp, type Sample, stage } from './hostRig';

const ACCOUNTS = 48;
const STARTS = 5;
/** A host is busy with itself for half a minute. */
const SETTLE_MS = 40_000;
const EACH_MINUTE = { 'quotaMonitor.pollInterval': 1, 'quotaMonitor.unfocusedPollFactor': 1 };

interface Scene {
  readonly folder: string;
  readonly scratch: string;
  readonly vendor: Simulator;
  readonly accounts: readonly object[];
  readonly accountsFile: string;
}

const text = (values: readonly number[], digits = 1): string => values.map(value => value.toFixed(digits)).join(', ');

/**
 * A minute in which all accounts are polled, one in which none is, and one without any: of our threads alone. Early is soon after the
 * start, while V8 still compiles what it has seen run often; warm is `later` minutes after that, as it is for hours.
 */
async function cpu({ folder, scratch, accountsFile }: Scene, minutes: number, later: number): Promise<void> {
  const none = path.join(scratch, 'none.json');
  writeFileSync(none, '[]');
  const seldom = { ...EACH_MINUTE, 'quotaMonitor.pollInterval': 1440 };
  const run = (file: string, settings: typeof EACH_MINUTE): Promise<Alone> => runAlone(folder, file, settings, 3, later + minutes);
  const [polled, resting, empty, bare] = await Promise.all([run(accountsFile, EACH_MINUTE), run(accountsFile, seldom), run(none, seldom), runBareHttp(accountsFile, 3, later + minutes)]);
  if (bare.read !== ACCOUNTS) throw new Error('the baseline was not answered');
  const sums = ({ engine, editor, v8 }: Alone): number[] => engine.map((each, minute) => each + (editor[minute] ?? 0) + (v8[minute] ?? 0));
  for (const [when, from] of later === 0 ? [['', 0]] as const : [['early', 0], ['warm', later]] as const) {
    const then = (values: readonly number[]): readonly number[] => values.slice(from, from + minutes);
    const alone = median(then(sums(empty))); // what a Node that does nothing needs, and the measuring
    const [cycle, between] = [median(then(sums(polled))) - alone, median(then(sums(resting))) - alone];
    row(`P17 ${when} CPU added per minute in which ${polled.read} accounts are polled`, `${cycle.toFixed(0)} ms (${text(then(sums(polled)), 0)}; without accounts ${text(then(sums(empty)), 0)})`, '25 ms', cycle <= 25);
    const baseline = median(then(sums(bare))) - alone;
    row(`  ${bare.read} requests alone, by a thread with Node's own client`, `${baseline.toFixed(0)} ms (${text(then(sums(bare)), 0)}; in its thread ${median(then(bare.engine)).toFixed(0)}); ours is ${(cycle / baseline).toFixed(1)} times that`);
    row('  of all, in the engine\'s thread, in the editor\'s, in V8\'s helpers', `${(['engine', 'editor', 'v8'] as const).map(kind => median(then(polled[kind])).toFixed(0)).join(' + ')} ms; ${median(then(polled.pushes))} snapshots`);
    row('  added per minute in which none is polled', `${between.toFixed(0)} ms`, '1 ms', between <= 1);
  }
}

interface Rest { readonly first: Sample; readonly second: Sample; readonly stallMs: number }

async function rest(scene: Scene, folder: string | null, name: string, minutes: number): Promise<Rest> {
  const host = await Host.start({
    folder, userDataDir: path.join(scene.scratch, name), home: path.join(scene.scratch, 'no-home'), env: { QUOTA_MONITOR_DEMO: scene.accountsFile }, settings: EACH_MINUTE,
  });
  try {
    const first = await host.window();
    if (folder !== null) await waitFor('all accounts to be read', 180_000, async () => (await first()).read.length >= ACCOUNTS);
    const second = await host.window();
    await wait(SETTLE_MS);
    await Promise.all([first('/anew'), second('/anew')]);
    await wait(minutes * 60_000);
    const stallMs = Math.max((await first()).stallMs, (await second()).stallMs);
    return { first: await first('/memory'), second: await second('/memory'), stallMs };
  } finally {
    await host.editor.close();
  }
}

/** The same of two windows in a bare Node each, where nothing else is counted. @returns of each, MB. */
async function loneMemory({ folder, scratch, accountsFile }: Scene): Promise<readonly number[]> {
  const windows: LoneWindow[] = [];
  for (let n = 0; n < 2; n++) windows.push(await loneWindow(folder, accountsFile, path.join(scratch, 'lone'), EACH_MINUTE, ACCOUNTS, SETTLE_MS / 1000));
  for (const window of windows) window.close();
  return windows.map(({ addedMb }) => addedMb);
}

/** Two windows at rest without the extension and with it, in turn. */
async function memory(scene: Scene, minutes: number, rounds: number): Promise<void> {
  const pairs: { without: Rest; ours: Rest }[] = [];
  for (let round = 0; round < rounds; round++) {
    pairs.push({ without: await rest(scene, null, `without-${round}`, minutes), ours: await rest(scene, scene.folder, 'ours', minutes) });
  }
  const lone = await loneMemory(scene);
  for (const [n, [window, what, goal]] of ([['first', 'window with the engine', 40], ['second', 'second window', 5]] as const).entries()) {
    const own = pairs.map(({ without, ours }) => (ours[window].ownMb ?? NaN) - (without[window].ownMb ?? NaN));
    const whole = pairs.map(({ without, ours }) => ours[window].rssMb - without[window].rssMb);
    row(`memory added, ${what}: its own`, `${median(own).toFixed(0)} MB (${text(own, 0)})`, `${goal} MB`, median(own) < goal);
    row('  in a bare Node', `${(lone[n] ?? NaN).toFixed(1)} MB`, `${goal} MB`, (lone[n] ?? NaN) < goal);
    row('  with pages that processes share', `${median(whole).toFixed(0)} MB (${text(whole, 0)})`, `${goal} MB`, median(whole) < goal);
  }
  const stalls = (of: (pair: (typeof pairs)[number]) => Rest): string => text(pairs.map(pair => of(pair).stallMs));
  row('longest stall while polling (editor without us)', `${stalls(({ ours }) => ours)} ms (${stalls(({ without }) => without)} ms)`, '20 ms', median(pairs.map(({ ours }) => ours.stallMs)) < 20);
}

/** Starts with what an earlier run left. */
async function starts({ folder, scratch, accountsFile }: Scene): Promise<void> {
  const start = async (): Promise<Sample> => {
    const host = await Host.start({ folder, userDataDir: path.join(scratch, 'starts'), home: path.join(scratch, 'no-home'), env: { QUOTA_MONITOR_DEMO: accountsFile } });
    try {
      const ask = await host.window();
      await waitFor('all accounts to be read', 180_000, async () => (await ask()).read.length >= ACCOUNTS);
      return await ask();
    } finally {
      await host.editor.close();
    }
  };
  await start();
  const samples: Sample[] = [];
  for (let n = 0; n < STARTS; n++) samples.push(await start());
  const all = (key: 'activationMs' | 'wholeActivationMs' | 'firstValueMs'): number[] => samples.map(sample => sample[key] ?? NaN);
  row(`P13 activation: our load and activate, median of ${STARTS}`, `${median(all('activationMs')).toFixed(1)} ms (${text(all('activationMs'))})`, '15 ms', median(all('activationMs')) < 15);
  row('  with what the editor does for it', `${median(all('wholeActivationMs')).toFixed(1)} ms (${text(all('wholeActivationMs'))})`);
  row('P14 first value, from before our load', `${median(all('firstValueMs')).toFixed(1)} ms (${text(all('firstValueMs'))})`, '100 ms', median(all('firstValueMs')) <= 100);
}

/** Asks the engine as another window would: exports one after the other until `until` is there. @returns how many. */
async function exportMeanwhile<T>(storageDir: string, scratch: string, until: Promise<T>): Promise<number> {
  const { settings } = readUserSettings({ get: () => undefined, locale: 'en', zone: 'UTC' });
  const client = new EngineClient({ storageDir, settings: settings.engine, secret: async () => null, engine: () => { throw new Error('no engine runs'); } });
  client.start();
  let [count, done] = [0, false];
  void until.finally(() => { done = true; });
  while (!done) {
    await client.request('exportHistory', { task: `bench-${count}`, file: path.join(scratch, 'export.csv'), choice: { format: 'csv', levels: ['raw', 'hourly', 'daily', 'usage'], accountIds: null, fromAt: null, toAt: null } });
    count++;
    await wait(250);
  }
  client.dispose();
  return count;
}

/** A first scan of many logs, exports and polls of all accounts at once; and as long without us. */
async function stalls({ folder, scratch, accounts, accountsFile }: Scene, logs: string): Promise<void> {
  const generator = path.resolve(root, '../shared/tools/gen-logs.mjs');
  if (!existsSync(generator)) return;
  const home = path.join(scratch, 'home');
  execFileSync(process.execPath, [generator, '--out', home, '--size', logs, '--seed', '42', '--quiet']);
  const tools = [['claude', '.claude'], ['codex', '.codex']].map(([providerId, name]) => ({ providerId, alias: providerId, options: { home: path.join(home, name ?? '') } }));
  writeFileSync(accountsFile, JSON.stringify([...accounts, ...tools]));
  const host = await Host.start({ folder, userDataDir: path.join(scratch, 'scan'), home, env: { QUOTA_MONITOR_DEMO: accountsFile } });
  let seconds = 0;
  try {
    const ask = await host.window();
    await waitFor('activation', 60_000, async () => (await ask()).activationMs);
    await ask('/anew');
    const startedAt = performance.now();
    const read = waitFor('logs and accounts to be read', 600_000, async () => { const now = await ask(); return now.read.length >= ACCOUNTS + tools.length ? now : null; });
    const storageDir = host.editor.globalStorageDir();
    await waitFor('the engine', 60_000, () => existsSync(path.join(storageDir, 'accounts.json')));
    const exports = await exportMeanwhile(storageDir, scratch, read);
    const sample = await read;
    seconds = (performance.now() - startedAt) / 1000;
    row(`P12 longest stall: first scan of ${logs}, ${exports} exports, ${ACCOUNTS} polls`, `${sample.stallMs.toFixed(1)} ms (p99 ${sample.stall99Ms.toFixed(1)} ms) in ${seconds.toFixed(1)} s`, '20 ms', sample.stallMs < 20);
  } finally {
    await host.editor.close();
  }
  const without = await Host.start({ folder: null, userDataDir: path.join(scratch, 'scan-without'), home });
  try {
    const ask = await without.window();
    await wait(6_000);
    await ask('/anew');
    await wait(seconds * 1000);
    const sample = await ask();
    row('  the editor without us, at the same time of its life', `${sample.stallMs.toFixed(1)} ms (p99 ${sample.stall99Ms.toFixed(1)} ms)`);
  } finally {
    await without.editor.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string', default: 'cpu,memory,starts,stalls' }, minutes: { type: 'string', default: '3' }, later: { type: 'string', default: '20' }, rounds: { type: 'string', default: '3' }, logs: { type: 'string', default: '1GB' } } });
  const minutes = Number(values.minutes);
  const scratch = temporaryDir();
  const keys = Object.fromEntries(Array.from({ length: ACCOUNTS }, (_, n) => [`sk-or-v1-bench-${n}`, 'inference' as const]));
  const vendor = await startSimulator('openrouter', { now: Date.now, keys });
  const accounts = Object.keys(keys).map((secret, n) => ({ providerId: 'openrouter', alias: `Account ${n}`, options: { baseUrl: vendor.baseUrl }, secret }));
  const scene: Scene = { folder: stage(), scratch, vendor, accounts, accountsFile: path.join(scratch, 'accounts.json') };
  mkdirSync(path.join(scratch, 'no-home'), { recursive: true });
  writeFileSync(scene.accountsFile, JSON.stringify(accounts));
  const parts = { cpu: () => cpu(scene, minutes, Number(values.later)), memory: () => memory(scene, minutes, Number(values.rounds)), starts: () => starts(scene), stalls: () => stalls(scene, values.logs) };
  for (const [name, run] of Object.entries(parts)) if (values.only.split(',').includes(name)) await run();
  await vendor.close();
  printRows();
}

void main().then(() => process.exit(0), (error: unknown) => {
  console.error(error);
  process.exit(1);
});
