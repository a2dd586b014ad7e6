/** What `npm start -- --demo` shows, from the VSIX: the whole way from simulated vendors and sample logs to the status bar and the dashboard. */
import assert from 'node:assert/strict';
import { type Demo, type Editor, type EditorWindow, startDemo, startEditor, waitFor } from '../editor';
import { chooseTheme, themeNames } from '../editor/themes';
import { cardShows, dashboardOf, openDashboard, shownText, statusShows, statusWords, tabTo, watchErrors } from './quotaMonitor';

describe('the demo', () => {
  let demo: Demo;
  let editor: Editor;
  let window: EditorWindow;
  let errors: ReturnType<typeof watchErrors>;

  before(async () => {
    demo = await startDemo();
    editor = await startEditor(demo);
    window = await editor.openWindow();
    errors = watchErrors(window);
  });
  after(async () => {
    await editor?.close();
    await demo?.close();
  });

  it('comes up in the status bar, with words for all that its icons say', async () => {
    await statusShows(window, /^OpenAI 78% · Side project 94% used · Team · <?\$\d+\.\d\d · 2 more$/);
    assert.match(await statusWords(window), /OpenAI: Warning, Monthly spend limit 78% used\. Side project: Critical, .*Team: Failed, no reading yet\. Spent today: .*\$/);
  });

  it('has a row for each account in the tooltip, with bars, lines and links', async () => {
    const tooltip = await waitFor('all to be read', 45_000, async () => { // first polls are spread over some seconds
      const shown = await window.tooltip(/OpenAI/);
      return (await shownText(shown)).includes('Waiting') ? null : shown;
    });
    const text = await shownText(tooltip);
    for (const part of ['Claude', '46% used', 'Codex', '23% used', 'OpenAI', '78% used', 'Anthropic', 'Side project', '94% used', 'Team', 'HTTP 429']) assert.ok(text.includes(part), part);
    assert.ok((await tooltip.locator('img[src^="data:image/svg+xml"]').count()) >= 9);
    assert.deepEqual(await tooltip.getByRole('link').allInnerTexts().then(links => links.map(link => link.trim())), ['Refresh', 'Dashboard', 'Add account', 'Set prices']);
  });

  it('draws a card for each account on the dashboard', async () => {
    await openDashboard(window);
    for (const [alias, state] of [['Claude', 'OK'], ['Codex', 'OK'], ['OpenAI', 'Warning'], ['Anthropic', 'OK'], ['Side project', 'Critical'], ['Team', 'Failed']] as const) {
      await cardShows(window, alias, new RegExp(`${alias} .*${state}`));
    }
  });

  it('reaches an account\'s actions by keyboard alone', async () => {
    await tabTo(window, 'Edit Codex');
    await window.page.keyboard.press('Enter');
    await window.inputBox('What do you want to change on Codex?');
    await window.page.keyboard.press('Escape');
  });

  it('opens the table of a chart by keyboard alone', async () => {
    await openDashboard(window);
    await tabTo(window, 'Table of numbers');
    await window.page.keyboard.press('Enter');
    const dashboard = await dashboardOf(window);
    await dashboard.locator('bar-chart canvas').first().waitFor();
    const table = dashboard.getByRole('table', { name: 'Spent per day and provider, USD' });
    await table.waitFor();
    const days = (await table.getByRole('row').count()) - 2;
    assert.ok(days >= 30 && days <= 31, `${days} days`);
    assert.match(await shownText(table.getByRole('row').last()), /^Total \$\d+\.\d\d \$\d+\.\d\d \$\d+\.\d\d$/);
  });

  it('is drawn in all four kinds of theme', async () => {
    const seen: Record<string, string> = {};
    for (const name of themeNames) {
      await chooseTheme(window, name);
      const dashboard = await dashboardOf(window);
      await dashboard.locator(`body[data-vscode-theme-kind]`).waitFor();
      seen[name] = await dashboard.evaluate(() => `${document.body.dataset['vscodeThemeKind']} ${getComputedStyle(document.querySelector('quota-dashboard') ?? document.body).color}`);
    }
    assert.deepEqual(Object.values(seen).map(text => text.split(' ')[0]), ['vscode-dark', 'vscode-light', 'vscode-high-contrast', 'vscode-high-contrast-light']);
    assert.equal(new Set(Object.values(seen)).size, 4);
  });

  it('restores the dashboard after a reload, with the table still open', async () => {
    await window.kept(/daysOpen[\\":]+true/);
    await window.reload();
    await cardShows(window, 'Claude', /46% used/);
    // Cards that come meanwhile push the charts out of sight, where they wait.
    await waitFor('the open table', 60_000, async () => {
      const dashboard = await dashboardOf(window);
      await dashboard.getByRole('heading', { name: 'Last 30 days' }).scrollIntoViewIfNeeded({ timeout: 5_000 });
      return dashboard.getByRole('table', { name: 'Spent per day and provider, USD' }).isVisible();
    });
  });

  it('shows no error on the console, and breaks no policy', async () => {
    assert.deepEqual(errors(), []);
    // One that is provoked is noted.
    await (await dashboardOf(window)).evaluate(() => document.body.append(Object.assign(document.createElement('p'), { innerHTML: '<i style="color: red"></i>' })));
    await waitFor('the breach to be noted', 5_000, () => errors().some(error => /Content Security Policy/.test(error)));
  });
});
