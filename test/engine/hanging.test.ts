/** A window that hangs: its whole process is stopped, and goes on later, as when a debugger holds it or its machine swaps. */
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { SECOND_MS } from '../../src/core/time';
import type { EngineParams, EngineRequestName } from '../../src/core/protocol';
import { Accounts } from '../../src/engine/accounts';
import { PATIENCE } from '../../src/engine/link';
import { loosen } from '../../src/engine/history/loosen';
import { bundle } from '../support/bundle';
import { useRig } from '../support/engineRig';
import { Profile } from '../support/profile';
import { fakeProvider } from '../support/readings';
import { WASM } from '../support/sql';
import { useTempDir } from '../support/tempDir';
import type { AskMessage, ToldMessage } from '../support/windowProcess';

class OtherWindow {
  readonly states: string[] = [];
  private readonly answers = new Map<number, (told: Extract<ToldMessage, { what: 'answer' }>) => void>();
  private lastId = 0;

  constructor(readonly child: ChildProcess) {
    child.on('message', (told: ToldMessage) => {
      if (told.what === 'state') this.states.push(told.state);
      else this.answers.get(told.id)?.(told);
    });
  }

  async ask<K extends EngineRequestName>(name: K, params: EngineParams<K>): Promise<Extract<ToldMessage, { what: 'answer' }>> {
    const id = ++this.lastId;
    this.child.send({ id, name, params: params as never } satisfies AskMessage);
    return new Promise(resolve => { this.answers.set(id, resolve); });
  }
}

const addAccount = (accountId: string) => ({ accountId, draft: { providerId: 'openrouter', alias: accountId, options: {} } });

describe('a window that hangs', function () {
  this.timeout(30_000);
  const dir = useTempDir();
  const rig = useRig();
  let program: string;
  let worker: string;
  let other: OtherWindow;
  let profile: Profile;
  before(async function () {
    if (process.platform === 'win32') this.skip(); // no stopping of processes, and no deposing
    [program, worker] = await Promise.all([bundle('test/support/windowProcess.ts'), bundle('src/engine/worker.ts')]);
    copyFileSync(WASM, path.join(path.dirname(worker), 'sql-wasm.wasm'));
  });
  beforeEach(() => {
    const storageDir = path.join(dir(), 'storage');
    other = new OtherWindow(fork(program, [storageDir, worker], { execArgv: [] }));
    profile = new Profile({
      storageDir, clock: rig().clock, afterDeposing: loosen, patience: PATIENCE,
      startEngine: (settings, more) =>
        rig().start(storageDir, [fakeProvider({ id: 'openrouter' })], [], settings, { ...more, accounts: new Accounts(storageDir, [], more.guard) }),
    });
  });
  afterEach(async () => {
    const { child } = other;
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
    child.kill('SIGKILL');
    await gone;
    await profile.close();
  });
  const until = async (condition: () => boolean) => { while (!condition()) await new Promise(resolve => setTimeout(resolve, 10)); };
  const ids = (result: unknown) => (result as { accounts: { id: string }[] }).accounts.map(({ id }) => id);

  it('gives its place to one that wants something, writes nothing when it goes on, and is served by that one then', async () => {
    await until(() => other.states.includes('running'));
    assert.equal((await other.ask('addAccount', addAccount('a'))).error, null);
    const window = await profile.served();
    assert.equal(profile.engines, 0);

    other.child.kill('SIGSTOP');
    const asked = window.client.request('addAccount', addAccount('twice'));
    const purged = assert.rejects(window.client.request('purge', { task: 't', backups: false }), /does not answer; this one goes on/);
    const took = await profile.until('it has its own engine', () => profile.engines === 1 && window.state() === 'running', 10 * SECOND_MS, 5);
    assert.ok(took <= 2.5 * SECOND_MS, `${took} ms`);
    await asked;
    await purged;
    await window.client.request('addAccount', addAccount('b'));

    const statesBefore = other.states.length;
    other.child.kill('SIGCONT'); // finds what was asked of it meanwhile, and does none of it
    await other.ask('snapshot', {});
    await until(() => other.states.length > statesBefore && other.states.at(-1) === 'running');
    assert.deepEqual(ids((await other.ask('snapshot', {})).result), ['a', 'twice', 'b']);
    assert.deepEqual(new Accounts(path.join(dir(), 'storage')).all.map(({ id }) => id), ['a', 'twice', 'b']);
  });

  it('is left alone while nobody wants anything of it', async () => {
    await until(() => other.states.includes('running'));
    const window = await profile.served();
    await window.client.request('ping', {});
    other.child.kill('SIGSTOP');
    await rig().clock.advance(600 * SECOND_MS);
    assert.deepEqual([profile.engines, window.state()], [0, 'running']);
  });

  it('is noticed within some seconds by a window that has the focus', async () => {
    await until(() => other.states.includes('running'));
    const window = await profile.served({ focused: true });
    other.child.kill('SIGSTOP');
    const took = await profile.until('it has its own engine', () => profile.engines === 1 && window.state() === 'running', 60 * SECOND_MS, 20);
    assert.ok(took <= 15 * SECOND_MS, `${took} ms`);
  });

  it('that gets killed instead is replaced at once', async () => {
    await until(() => other.states.includes('running'));
    const window = await profile.served();
    other.child.kill('SIGKILL');
    assert.ok(await profile.until('it has its own engine', () => profile.engines === 1 && window.state() === 'running', 20 * SECOND_MS, 5) <= 2 * SECOND_MS);
  });
});
