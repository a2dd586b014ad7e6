/** An account's life by commands alone: added with a key that is tried first, renamed, removed with its key. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Editor, type EditorWindow, startEditor, waitFor } from '../editor';
import { type Simulator, startSimulator } from '../simulators';
import { addAccount, card, cardShows, dashboardOf, dialogButton, giveKey, inputProblem, keptSecrets, openDashboard, statusShows, watchErrors } from './quotaMonitor';

const KEYS = { right: 'sk-or-v1-0f6b2a', wrong: 'sk-or-v1-77c1d9', project: 'sk-proj-31a0c4', ordinary: 'sk-ant-api03-5e2f80' } as const;

describe('accounts', () => {
  let openrouter: Simulator;
  let openai: Simulator;
  let anthropic: Simulator;
  let editor: Editor;
  let window: EditorWindow;
  let errors: ReturnType<typeof watchErrors>;

  before(async () => {
    [openrouter, openai, anthropic] = await Promise.all([
      startSimulator('openrouter', { now: Date.now, seed: 3, keys: { [KEYS.right]: 'inference' }, limit: { amount: 50, remaining: 20, reset: 'monthly' } }),
      startSimulator('openai', { now: Date.now, keys: { [KEYS.project]: 'project' } }),
      startSimulator('anthropic', { now: Date.now, keys: {} }),
    ]);
    editor = await startEditor();
    window = await editor.openWindow();
    errors = watchErrors(window);
  });
  after(async () => {
    await editor?.close();
    for (const simulator of [openrouter, openai, anthropic]) await simulator?.close();
  });

  const accounts = (): { alias: string }[] => (JSON.parse(readFileSync(path.join(editor.globalStorageDir(), 'accounts.json'), 'utf8')) as { accounts: { alias: string }[] }).accounts;
  const secrets = async (): Promise<string[]> => Object.entries(await keptSecrets(window)).filter(([key]) => key.includes('quotaMonitor.account.')).map(([, secret]) => secret);

  it('masks the key while it is typed', async () => {
    await window.runCommand('Quota Monitor: Add Account…');
    await window.pick('OpenRouter');
    await window.fillInput('Router', 'Name of this account');
    const box = await window.inputBox('API key of OpenRouter');
    await box.fill(KEYS.wrong);
    assert.equal(await box.getAttribute('type'), 'password');
    await box.press('Enter');
    await window.fillInput(openrouter.baseUrl, 'Base URL');
  });

  it('tells a wrong key, and asks for another one', async () => {
    assert.equal(await inputProblem(window, /Wrong/), 'Wrong key: OpenRouter does not accept the key (HTTP 401).');
    assert.deepEqual(await secrets(), []);
  });

  it('keeps the right key, and shows the account on the dashboard and in the status bar', async () => {
    await giveKey(window, KEYS.right, openrouter.baseUrl);
    await window.toast('Router was added.');
    assert.deepEqual(await secrets(), [KEYS.right]);
    await statusShows(window, /Router 60% used · <?\$\d+\.\d\d$/);
    await openDashboard(window);
    const text = await cardShows(window, 'Router', /60% used/);
    assert.match(text, /\$20\.00 of \$50\.00 left Resets in .*reported by the vendor/i);
    assert.match(text, /Today \(UTC\) <?\$\d/);
  });

  for (const { provider, key, needed } of [
    { provider: 'OpenAI', key: KEYS.project, needed: /Wrong kind of key: A project key cannot see costs and usage\. An admin key \(sk-admin-…\) is needed/ },
    { provider: 'Anthropic', key: KEYS.ordinary, needed: /Wrong kind of key: This is an ordinary API key, .* An admin key \(sk-ant-admin…\) is needed/ },
    { provider: 'Anthropic', key: KEYS.right, needed: /Wrong kind of key: This is a key of OpenRouter, not of Anthropic/ },
  ]) {
    it(`tells which key ${provider} needs when given ${key.slice(0, -6)}…`, async () => {
      await addAccount(window, { provider, alias: 'Wrong kind', key, baseUrl: (provider === 'OpenAI' ? openai : anthropic).baseUrl });
      assert.match(await inputProblem(window, /Wrong/), needed);
      await window.page.keyboard.press('Escape');
      assert.deepEqual(await secrets(), [KEYS.right]);
      assert.deepEqual(accounts().map(({ alias }) => alias), ['Router']);
    });
  }

  it('sends no key of the wrong maker', () => {
    const seen = anthropic.requests.map(({ headers }) => headers['x-api-key']);
    assert.deepEqual([...new Set(seen)], [KEYS.ordinary]);
  });

  it('renames an account, and asks its provider nothing for it', async () => {
    const asked = openrouter.requests.length;
    await window.runCommand('Quota Monitor: Edit Account…');
    await window.pick('Router');
    await window.pick('Name');
    await window.fillInput('Side project', 'Name of this account');
    await statusShows(window, /^Side project 60% used/);
    await cardShows(window, 'Side project', /60% used/);
    assert.equal(openrouter.requests.length, asked);
  });

  it('removes an account from its card, with its key', async () => {
    await card(await dashboardOf(window), 'Side project').getByRole('button', { name: 'Remove Side project' }).click();
    await dialogButton(window, 'Remove').click();
    await (await dashboardOf(window)).getByText('Know what is used, what is left and what it costs').waitFor();
    await statusShows(window, /^$/);
    await waitFor('the key to be gone', 10_000, async () => (await secrets()).length === 0);
    assert.deepEqual(accounts(), []);
  });

  it('shows no error on the console', () => {
    assert.deepEqual(errors(), []);
  });
});
