/** Windows of two versions of the extension, in processes of their own, in one folder. */
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { EngineRequestName } from '../../src/core/protocol';
import type { Snapshot } from '../../src/core/snapshot';
import { migrations } from '../../src/engine/history/migrations';
import { bundle } from '../support/bundle';
import { WASM } from '../support/sql';
import { useTempDir } from '../support/tempDir';
import { until } from '../support/until';
import type { AskMessage, ToldMessage } from '../support/windowProcess';

type Answer = Extract<ToldMessage, { what: 'answer' }>;

/** What that process tells. */
class Window {
  state = '';
  private lastId = 0;
  private readonly answers = new Map<number, (answer: Answer) => void>();

  constructor(readonly child: ChildProcess) {
    child.on('message', (told: ToldMessage) => {
      if (told.what === 'state') this.state = told.state;
      else this.answers.get(told.id)?.(told);
    });
  }

  ask(name: EngineRequestName, params: unknown): Promise<Answer> {
    const id = ++this.lastId;
    this.child.send({ id, name, params: params as never } satisfies AskMessage);
    return new Promise(resolve => { this.answers.set(id, resolve); });
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }
}

describe('two versions of the extension', function () {
  this.timeout(60_000);
  const dir = useTempDir();
  const programs = new Map<string, readonly [window: string, worker: string]>();
  let windows: Window[] = [];
  before(async () => {
    for (const version of ['old', 'new']) {
      const [window, worker] = await Promise.all([bundle('test/support/windowProcess.ts'), bundle('src/engine/worker.ts')]);
      copyFileSync(WASM, path.join(path.dirname(worker), 'sql-wasm.wasm'));
      programs.set(version, [window, worker]);
      if (version === 'old') continue;
      replaceIn(window, /PROTOCOL_VERSION = (\d+)/, (_, number) => `PROTOCOL_VERSION = ${Number(number) + 1}`);
      replaceIn(worker, /PROTOCOL_VERSION = (\d+)/, (_, number) => `PROTOCOL_VERSION = ${Number(number) + 1}`);
      replaceIn(worker, /^function migrate\(/m, each => `migrations.push('CREATE TABLE extra (one INTEGER)');\n${each}`);
    }
  });
  afterEach(async () => {
    await Promise.all(windows.map(each => each.kill()));
    windows = [];
  });

  function replaceIn(file: string, pattern: RegExp, by: (found: string, ...groups: string[]) => string): void {
    const text = readFileSync(file, 'utf8');
    assert.match(text, pattern);
    writeFileSync(file, text.replace(pattern, by));
  }
  function start(version: 'old' | 'new'): Window {
    const [program, worker] = programs.get(version) ?? assert.fail();
    const window = new Window(fork(program, [path.join(dir(), 'storage'), worker], { execArgv: [] }));
    windows.push(window);
    return window;
  }
  const snapshotOf = async (window: Window): Promise<Snapshot> => {
    const { result, error } = await window.ask('snapshot', {});
    assert.equal(error, null);
    return result as Snapshot;
  };
  const add = (window: Window, accountId: string) => window.ask('addAccount', { accountId, draft: { providerId: 'openrouter', alias: accountId, options: {} } });

  const journal = (): string => {
    const file = path.join(dir(), 'storage', 'history.journal');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };

  it('R25: that start together end with one engine, whose folder the other takes over when that one is killed', async () => {
    for (let round = 0; round < 2; round++) {
      const pair = [start('old'), start('new')] as const;
      await until('both know', () => pair.every(({ state }) => ['running', 'elsewhere'].includes(state)) && pair.some(({ state }) => state === 'running'));
      assert.deepEqual(pair.map(({ state }) => state).sort(), ['elsewhere', 'running']);
      const [owner, other] = pair[0].state === 'running' ? pair : [pair[1], pair[0]];
      assert.equal((await add(owner, `round-${round}`)).error, null);
      assert.match((await add(other, 'never')).error ?? '', /another version of this extension: reload all windows/);
      await owner.kill();
      await until('the other has taken over', () => other.state === 'running');
      assert.deepEqual((await snapshotOf(other)).accounts.map(({ id }) => id), Array.from({ length: round + 1 }, (_, index) => `round-${index}`));
      await other.kill();
    }
  });

  it('R25: the newer one takes up what the older one left; the older one leaves what the newer one made as it is, and says so', async () => {
    const first = start('old');
    await until('it runs', () => first.state === 'running');
    assert.equal((await add(first, 'a')).error, null);
    await first.kill();
    for (const [version, warning] of [['new', null], ['old', /written by a newer version/], ['new', null]] as const) {
      const window = start(version);
      await until('it runs', () => window.state === 'running');
      const { storeWarning, accounts } = await snapshotOf(window);
      assert.deepEqual(accounts.map(({ id }) => id), ['a'], version);
      if (warning === null) assert.equal(storeWarning, null);
      else assert.match(storeWarning ?? '', warning);
      if (version === 'new') await until('it has recorded something', () => journal().includes(`"version":${migrations.length + 1},`));
      await window.kill();
    }
  });
});
