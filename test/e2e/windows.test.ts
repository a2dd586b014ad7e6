/** Several windows of one profile, windows that go, and a server that comes again: one engine, and nothing lost. */
import assert from 'node:assert/strict';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { type Editor, type EditorWindow, freePort, startEditor, temporaryDir, waitFor } from '../editor';
import { type Simulator, startSimulator } from '../simulators';
import { addAccount, card, cardShows, dashboardOf, openDashboard, shownText, startingWith, statusShows, toastCount } from './quotaMonitor';

const BOTH = /Router 60% used · <?\$\d+\.\d\d$/;

/** When an account was last read, to the minute, with the day. */
const readAt = (dashboard: Frame, alias: string): Promise<string | null> => card(dashboard, alias).getByTitle(/^Last read/).getAttribute('title');

/** The sums of the last 30 days. */
async function monthTotals(window: EditorWindow): Promise<string> {
  const dashboard = await dashboardOf(window);
  await dashboard.getByRole('heading', { name: 'Last 30 days' }).scrollIntoViewIfNeeded();
  const table = dashboard.getByRole('table', { name: 'Spent per day and provider, USD' });
  if ((await table.count()) === 0) await dashboard.getByText('Table of numbers').first().click();
  return shownText(table.getByRole('row').last());
}

describe('windows', () => {
  let router: Simulator;
  let second: Simulator;
  let anthropic: Simulator;
  let port: number;
  let userDataDir: string;
  let editor: Editor;
  let one: EditorWindow;
  let other: EditorWindow;

  before(async () => {
    [router, second, anthropic] = await Promise.all([
      startSimulator('openrouter', { now: Date.now, seed: 3, keys: { 'sk-or-v1-router': 'inference' }, limit: { amount: 50, remaining: 20, reset: 'monthly' } }),
      startSimulator('openrouter', { now: Date.now, keys: { 'sk-or-v1-second': 'inference' }, limit: { amount: 50, remaining: 40, reset: 'monthly' } }),
      startSimulator('anthropic', { now: Date.now, seed: 5, keys: { 'sk-ant-admin01-org': 'admin' } }),
    ]);
    port = await freePort();
    userDataDir = path.join(temporaryDir(), 'ud');
    editor = await start();
    one = await editor.openWindow();
  });
  after(async () => {
    await editor?.close();
    for (const simulator of [router, second, anthropic]) await simulator?.close();
  });

  const start = (browserState?: Awaited<ReturnType<Editor['browserState']>>): Promise<Editor> => startEditor({
    port, userDataDir,
    env: startingWith([
      { providerId: 'openrouter', alias: 'Router', options: { baseUrl: router.baseUrl }, secret: 'sk-or-v1-router' },
      { providerId: 'anthropic', alias: 'Org', options: { baseUrl: anthropic.baseUrl }, secret: 'sk-ant-admin01-org' },
    ]),
    ...(browserState === undefined ? {} : { browserState }),
  });
  const asked = ({ requests }: Simulator): number => requests.filter(({ path: asked }) => asked === '/key').length;

  it('R24: all show the same, within seconds', async () => {
    const shown = await statusShows(one, BOTH);
    other = await editor.openWindow();
    await statusShows(other, new RegExp(`^${shown.replace(/[$.]/g, '\\$&')}$`), 20_000);
  });

  it('R25: ask a vendor once, not once each', async () => {
    await other.page.waitForTimeout(2_000);
    assert.equal(asked(router), 1);
  });

  it('see at once what another one changes', async () => {
    await other.runCommand('Quota Monitor: Edit Account…');
    await other.pick('Router');
    await other.pick('Name');
    await other.fillInput('Gateway', 'Name of this account');
    await statusShows(other, /^Gateway 60% used/, 5_000);
    await statusShows(one, /^Gateway 60% used/, 5_000);
  });

  it('go on when the one that ran the engine is gone', async () => {
    const first = Number(/<(\d+)> Launched Extension Host Process/.exec(editor.logs())?.[1]);
    await one.close();
    try {
      process.kill(first, 'SIGKILL');
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH'); // its editor had ended it before
    }
    await addAccount(other, { provider: 'OpenRouter', alias: 'Second', key: 'sk-or-v1-second', baseUrl: second.baseUrl });
    await statusShows(other, /Gateway 60% · Second 20% used/, 20_000);
    assert.equal(await toastCount(other, /stopped|failed|error/i), 0);
    assert.equal(asked(router), 1);
  });

  it('show history and accounts with their age after a restart, whether the vendors answer or not', async () => {
    const before = await openDashboard(other);
    await cardShows(other, 'Org', /\$\d/);
    const known = { gateway: await readAt(before, 'Gateway'), org: await readAt(before, 'Org'), month: await monthTotals(other) };
    assert.match(known.month, /^Total \$\d+\.\d\d \$\d+\.\d\d$/);
    const state = await editor.browserState();
    await editor.close();
    for (const simulator of [router, second, anthropic]) simulator.fault('*', { kind: 'hang' });

    editor = await start(state);
    other = await editor.openWindow();
    await statusShows(other, /Gateway 60% · Second 20% used · <?\$\d/, 15_000);
    const after = await openDashboard(other);
    await waitFor('the cards', 10_000, async () => (await after.locator('account-card').count()) === 3);
    assert.deepEqual({ gateway: await readAt(after, 'Gateway'), org: await readAt(after, 'Org'), month: await monthTotals(other) }, known);
  });
});
