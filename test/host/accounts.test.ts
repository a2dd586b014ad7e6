/** Accounts from the host's side: a key goes into SecretStorage, to the vendor, and nowhere else. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import vscode = require('vscode');
import type { TestApi } from '../../src/extension';
import { newAccountId } from '../../src/host/accountRules';
import { startSimulator, type Simulator } from '../simulators';
import { extensionApi, snapshotWith } from './extensionApi';

const KEY = 'sk-or-v1-canary-5d1c8a0f9e';

function bytesBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

describe('an account with a key', () => {
  const accountId = newAccountId('openrouter');
  let api: TestApi;
  let vendor: Simulator;

  before(async () => {
    api = await extensionApi();
    vendor = await startSimulator('openrouter', { now: Date.now(), keys: { [KEY]: 'inference' } });
    await api.testing.monitor.whenRunning();
  });
  after(() => vendor.close());

  const draft = (): { providerId: string; alias: string; options: { baseUrl: string } } => ({ providerId: 'openrouter', alias: 'Router', options: { baseUrl: vendor.baseUrl } });
  const sent = (): string[] => vendor.requests.map(({ headers }) => headers.authorization ?? '');

  it('is tested under an id that has no key, and nothing is kept of it', async () => {
    const { credentials, monitor } = api.testing;
    const trial = newAccountId('openrouter');
    const result = await credentials.whileTrying(trial, KEY, () => monitor.request('testAccount', { accountId: trial, draft: draft() }));
    assert.deepEqual(result.ok, true);
    assert.ok(sent().every(header => header === `Bearer ${KEY}`) && sent().length > 0);
    assert.equal(await credentials.get(trial), null);
    assert.equal(monitor.snapshot?.accounts.length, 0);
  });

  it('tells a wrong key when it is tried', async () => {
    const { credentials, monitor } = api.testing;
    const trial = newAccountId('openrouter');
    const result = await credentials.whileTrying(trial, 'sk-or-v1-not-this-one', () => monitor.request('testAccount', { accountId: trial, draft: draft() }));
    assert.ok(!result.ok && result.kind === 'auth', JSON.stringify(result));
  });

  it('is read with its key once it is added, and shown in the status bar', async () => {
    const { credentials, monitor, statusBar } = api.testing;
    await credentials.store(accountId, KEY);
    await monitor.request('addAccount', { accountId, draft: draft() });
    const { accounts } = await snapshotWith(api, 'a reading', snapshot => snapshot.accounts.some(account => account.takenAt !== null));
    assert.equal(accounts[0]?.failure, null);
    const { text, tooltip, accessibilityInformation } = statusBar.inspect();
    assert.match(text, /^Router 2[56]% used/);
    assert.match(accessibilityInformation?.label ?? '', /^Quota Monitor\. Router: .*2[56]% used/);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.deepEqual(tooltip.isTrusted, { enabledCommands: ['quotaMonitor.refresh', 'quotaMonitor.openDashboard', 'quotaMonitor.addAccount', 'quotaMonitor.setPrices'] });
  });

  it('R8: shows what is left when the setting says so', async () => {
    const configuration = vscode.workspace.getConfiguration('quotaMonitor');
    await configuration.update('percent', 'left', vscode.ConfigurationTarget.Global);
    assert.match(api.testing.statusBar.inspect().text, /^Router 7[45]% left/);
    await configuration.update('percent', undefined, vscode.ConfigurationTarget.Global);
  });

  it('R32: has its key in no file of the extension', async () => {
    const text = bytesBelow(api.testing.storageDir);
    assert.ok(text.includes(accountId), 'the account itself is in a file, so the search can find something');
    assert.ok(!text.includes(KEY));
    assert.ok(!JSON.stringify(api.snapshot()).includes(KEY));
  });

  it('is gone with its key after it was removed', async () => {
    const { credentials, monitor } = api.testing;
    await monitor.request('removeAccount', { accountId, forget: true });
    await credentials.delete(accountId);
    await snapshotWith(api, 'no account', ({ accounts }) => accounts.length === 0);
    assert.equal(await credentials.get(accountId), null);
    assert.equal(api.testing.statusBar.inspect().text, '$(dashboard)');
  });
});
