import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { defaultEngineSettings as settings } from '../../src/core/settings';
import { readOnce } from '../../src/engine/once';
import { claim } from '../../src/engine/ownership';
import { findOwner } from '../../src/engine/place';
import { WASM } from '../support/sql';
import { useTempDir } from '../support/tempDir';

describe('reading once', () => {
  const dir = useTempDir();
  const home = () => path.join(dir(), 'home');
  const machine = () => ({ home: home(), platform: 'linux', env: {} });
  const claude = { id: 'c', providerId: 'claude', alias: 'Claude', options: {}, createdAt: 0 };
  const router = { id: 'r', providerId: 'openrouter', alias: 'Router', options: { baseUrl: 'http://127.0.0.1:9' }, createdAt: 0 };

  beforeEach(() => {
    copyFileSync(WASM, path.join(dir(), 'sql-wasm.wasm'));
    const folder = path.join(home(), '.claude', 'projects', 'p');
    mkdirSync(folder, { recursive: true });
    const line = { type: 'assistant', timestamp: '2026-10-31T10:00:00.000Z', requestId: 'r1', cwd: '/p',
      message: { id: 'm1', model: 'claude-sonnet-4-5', usage: { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 } } };
    writeFileSync(path.join(folder, 's.jsonl'), `${JSON.stringify(line)}\n`);
  });
  const read = (storageDir: string | null, only?: string[]) => readOnce({
    machine: machine(), storageDir, accounts: [claude, router], secrets: async () => 'sk-or-v1-x', settings, assetsDir: dir(), ...(only !== undefined && { only }),
  });

  it('reads all accounts and writes nothing; one that fails is in the snapshot as failed', async () => {
    const before = readdirSync(dir()).sort();
    const { accounts } = await read(null);
    assert.deepEqual(accounts.map(({ id, state }) => [id, state === 'error']), [['c', false], ['r', true]]);
    assert.notEqual(accounts[0]?.takenAt, null);
    assert.equal(accounts[1]?.failure?.kind, 'unreachable');
    assert.deepEqual(readdirSync(dir()).sort(), before);
  });

  it('reads only what is asked for, and keeps it where there is a folder', async () => {
    const storage = path.join(dir(), 'storage');
    const { accounts } = await read(storage, ['c']);
    assert.deepEqual(accounts.map(({ state }) => state === 'waiting'), [false, true]);
    assert.ok(existsSync(path.join(storage, 'history.journal')));
    assert.notEqual((await read(storage, [])).accounts[0]?.takenAt, null);
  });

  it('writes nothing more once another process has taken its folder over, as after a stop in the terminal, and says so', async () => {
    const storage = path.join(dir(), 'storage');
    await read(storage, ['c']);
    const replaced = 'polls.marks'; // by whoever comes
    const content = (): string[] => readdirSync(storage, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile() && entry.name !== replaced)
      .map(entry => `${entry.name} ${readFileSync(path.join(entry.parentPath, entry.name), 'latin1')}`).sort();
    let before: string[] = [];
    const secrets = async (): Promise<string> => {
      const owner = await findOwner(storage);
      owner?.socket?.destroy();
      const claimed = await claim(storage, { onWindow: socket => socket.destroy(), depose: owner?.generation ?? null });
      if (claimed.kind === 'owner') claimed.release();
      appendFileSync(path.join(storage, 'history.journal'), 'what the other process has kept\n');
      before = content();
      return 'sk-or-v1-x';
    };
    const { accounts, storeWarning } = await readOnce({ machine: machine(), storageDir: storage, accounts: [claude, router], secrets, settings, assetsDir: dir(), only: ['r'] });
    assert.equal(accounts[1]?.state, 'error');
    assert.match(storeWarning ?? '', /cannot be kept \(Another process has taken over/);
    assert.deepEqual(content(), before);
  });
});
