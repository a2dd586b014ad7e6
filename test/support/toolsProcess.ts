/**
 * A process that runs one tool on a history, or starts in an empty folder. Before the change of a file that its parent named by its number, it stops, with half of
 * that done where it can be, says "stopped" and waits to be killed. Else it says how many there were.
 */
import fs from 'node:fs';
import { noPrices } from '../../src/core/pricing';
import { defaultEngineSettings } from '../../src/core/settings';
import { systemClock } from '../../src/core/time';
import { Accounts } from '../../src/engine/accounts';
import { Engine } from '../../src/engine/engine';
import { loadSql } from '../../src/engine/history/sql';
import { fakeProvider } from './readings';
import { chosenSqlite } from './sql';

const [storageDir = '', wasm = '', tool = '', file = '', now = '0', stopAt = '0'] = process.argv.slice(2);
const say = fs.writeSync;
let changes: number | null = null;

/** Makes `name` stop when it is its turn. */
function stopIn(owner: object, name: string, half: (...args: never[]) => void = () => undefined): void {
  const calls = owner as Record<string, (this: unknown, ...args: never[]) => unknown>;
  const original = calls[name];
  if (original === undefined) throw new Error(`There is no ${name}.`);
  calls[name] = function stopped(...args): unknown {
    if (changes !== null && ++changes === Number(stopAt)) {
      half(...args);
      say(1, 'stopped\n');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
    }
    return original.apply(this, args);
  };
}

/** One of the files in a folder. */
function removeHalf(target: string): void {
  if (fs.statSync(target, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  const file = fs.readdirSync(target, { recursive: true, withFileTypes: true }).find(entry => entry.isFile());
  if (file !== undefined) fs.unlinkSync(`${file.parentPath}/${file.name}`);
}

function stopEverywhere(handle: object): void {
  stopIn(fs, 'writeSync', (fd: number, data: Uint8Array, offset = 0, length = data.length, position: number | null = null) => say(fd, data, offset, length >> 1, position));
  stopIn(fs, 'rmSync', removeHalf);
  for (const name of ['openSync', 'fsyncSync', 'fdatasyncSync', 'renameSync', 'rmdirSync', 'mkdirSync', 'ftruncateSync', 'writeFileSync']) stopIn(fs, name);
  for (const name of ['open', 'rename', 'rm', 'writeFile']) stopIn(fs.promises, name);
  stopIn(handle, 'write');
}

async function main(): Promise<void> {
  const someFile = await fs.promises.open(__filename);
  stopEverywhere(Object.getPrototypeOf(someFile) as object);
  await someFile.close();
  const openSql = await loadSql(wasm, chosenSqlite());
  if (tool === 'start') changes = 0;
  const engine = new Engine({
    storageDir, accounts: new Accounts(storageDir), providers: tool === 'start' ? [fakeProvider()] : [], prices: noPrices, threads: null, watch: null, receiver: null, openSql,
    http: { getJson: () => Promise.reject(new Error('no network')), configure: () => undefined, dispose: () => undefined },
    machine: { home: '/nowhere', platform: 'linux', env: {} }, settings: defaultEngineSettings, random: Math.random,
    clock: { now: () => Number(now), after: (_delayMs, task) => systemClock.after(1, task) }, // the disk gets much of an import before that ends
    secret: async () => null, guard: () => undefined, tell: () => undefined,
  });
  const task = 't';
  const { tools } = engine;
  const { sha256 } = tool === 'restore' ? await tools.inspect({ task, file }) : { sha256: '' };
  changes ??= 0;
  const runs: Readonly<Record<string, () => Promise<unknown>>> = {
    start: async () => {
      if (engine.snapshot().accounts.length === 0) engine.add({ accountId: 'a', draft: { providerId: 'acme', alias: 'a', options: {} } });
      engine.dispose();
    },
    import: () => tools.import({ task, file }),
    restore: () => tools.restore({ task, file, sha256 }),
    purge: () => tools.purge({ task, backups: true }),
    backup: () => tools.backup({ task, file }),
    export: () => tools.export({ task, file, choice: { format: 'json', levels: ['usage'], accountIds: null, fromAt: null, toAt: null } }),
  };
  await runs[tool]?.();
  say(1, `${changes}\n`);
  process.exit(0);
}

void main();
