import assert from 'node:assert/strict';
import type { OpenDashboard } from '../../support/dashboardRig';
import { assertAsked, showCharts, useDashboard } from '../../support/rendered';
import { sampleAccounts, sampleState } from '../../support/sampleSnapshot';

/** The name of what has the focus, through all shadow roots, and whether its focus is to be seen. */
async function focused({ page }: OpenDashboard): Promise<{ name: string; visible: boolean }> {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement != null) element = element.shadowRoot.activeElement;
    const ring = element instanceof HTMLInputElement ? element.closest('label') : element;
    const name = element?.getAttribute('aria-label') ?? (element instanceof HTMLInputElement ? ring?.textContent : element?.textContent) ?? '';
    return { name: name.replace(/[\ue000-\uf8ff]|\s+/g, ' ').trim(), visible: ring !== null && getComputedStyle(ring).outlineStyle === 'solid' };
  });
}

async function tabThrough(dashboard: OpenDashboard): Promise<string[]> {
  const names: string[] = [];
  for (let i = 0; i < 100; i++) {
    await dashboard.page.keyboard.press('Tab');
    const { name, visible } = await focused(dashboard);
    if (names.length > 0 && (name === names[0] || name === '')) break;
    assert.ok(visible, `no focus ring on '${name}'`);
    names.push(name);
  }
  return names;
}

async function tabTo(dashboard: OpenDashboard, name: string): Promise<void> {
  for (let i = 0; i < 100; i++) {
    await dashboard.page.keyboard.press('Tab');
    if ((await focused(dashboard)).name === name) return;
  }
  assert.fail(`Tab does not reach '${name}'`);
}

describe('The dashboard by keyboard', () => {
  const open = useDashboard();

  it('reaches every control in reading order, each with a name of its own and a focus ring', async () => {
    const dashboard = await open({ ui: { costKind: 'spent', daysOpen: true, modelsOpen: true } });
    await showCharts(dashboard);
    await dashboard.page.evaluate(() => window.scrollTo(0, 0));
    const tools = (alias: string): string[] => [`Refresh ${alias}`, `Edit ${alias}`, `Remove ${alias}`];
    assert.deepEqual(await tabThrough(dashboard), [
      'Refresh all', 'Add account', 'Open settings', 'Set prices',
      ...sampleAccounts.flatMap(({ alias, month, unread }) => [
        ...(alias === 'Anthropic org' ? [`Update credential of ${alias}`] : []), ...(month?.unpriced.length ? [`Set prices of models of ${alias}`] : []),
        ...(unread === null ? [] : [`Stop reading older logs of ${alias}`]), ...tools(alias),
      ]),
      'Spent', 'Table of numbers', 'Spent per day and provider, USD', 'Table of numbers', 'Spent per model, USD',
    ]);
  });

  it('does with Enter what a click does', async () => {
    const dashboard = await open();
    for (const name of ['Refresh all', 'Add account', 'Open settings', 'Set prices', 'Refresh Claude Code', 'Edit Claude Code', 'Remove Claude Code']) {
      await tabTo(dashboard, name);
      await dashboard.page.keyboard.press('Enter');
    }
    await assertAsked(dashboard, [
      'refresh {"accountId":null}', 'addAccount null', 'openSettings null', 'setPrices null', 'refresh {"accountId":"claude-max"}', 'editAccount claude-max', 'removeAccount claude-max',
    ]);
  });

  it('comes back to the control that opened a dialog of the editor, which leaves the page without a focus', async () => {
    const dashboard = await open();
    const comeBack = (): Promise<void> => dashboard.page.evaluate(() => {
      (document.activeElement as HTMLElement).blur();
      window.dispatchEvent(new Event('focus'));
    });
    const isFocused = (name: string): Promise<unknown> => dashboard.page.waitForFunction(expected => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement != null) element = element.shadowRoot.activeElement;
      return (element?.getAttribute('aria-label') ?? element?.localName) === expected;
    }, name);
    await tabTo(dashboard, 'Remove Codex');
    await dashboard.page.keyboard.press('Enter');
    await comeBack();
    await isFocused('Remove Codex');
    await comeBack();
    await isFocused('body'); // it came back once
    await tabTo(dashboard, 'Edit Codex');
    await dashboard.page.keyboard.press('Enter');
    await dashboard.page.locator('h1').click();
    await comeBack();
    await dashboard.page.waitForTimeout(100);
    await isFocused('body'); // the pointer says where to go on
  });

  it('hears that a refresh begins and ends, of which the eye sees a turning icon', async () => {
    let end = (): void => undefined;
    const dashboard = await open({ refreshing: new Promise<void>(resolve => { end = resolve; }) });
    const status = dashboard.page.getByRole('status').first();
    assert.equal(await status.textContent(), '', 'it is there before it has something to say');
    await dashboard.page.getByRole('button', { name: 'Refresh Claude Code' }).click();
    await dashboard.page.getByText('Reading Claude Code').waitFor({ state: 'attached' });
    end();
    await dashboard.page.getByText('Finished reading Claude Code').waitFor({ state: 'attached' });
    await dashboard.page.getByRole('button', { name: 'Refresh all' }).click();
    await dashboard.page.getByText('Finished reading all accounts').waitFor({ state: 'attached' });
    assert.match(await status.textContent() ?? '', /^Finished reading all accounts/);
  });

  it('opens a table with Enter and switches the money with an arrow, and both survive a reload', async () => {
    const dashboard = await open();
    await showCharts(dashboard);
    await tabTo(dashboard, 'Spent');
    await dashboard.page.keyboard.press('ArrowRight');
    await dashboard.page.getByRole('radio', { name: 'API equivalent', checked: true }).waitFor();
    await tabTo(dashboard, 'Table of numbers');
    await dashboard.page.keyboard.press('Enter');
    await dashboard.page.getByRole('table', { name: 'API equivalent per day and provider, USD' }).waitFor();
    const kept = await dashboard.page.evaluate(() => (window as unknown as { keptUi(): object }).keptUi());
    assert.deepEqual({ ...kept, scrollTop: 0 }, { costKind: 'equivalent', currency: null, daysOpen: true, modelsOpen: false, scrollTop: 0 });
    const again = await open({ ui: kept });
    await showCharts(again);
    await again.page.getByRole('table', { name: 'API equivalent per day and provider, USD' }).waitFor();
  });

  it('keeps the focus where it is when a new state arrives', async () => {
    const dashboard = await open();
    await tabTo(dashboard, 'Edit Codex');
    await dashboard.push(sampleState());
    await dashboard.page.evaluate(() => new Promise(resolve => requestAnimationFrame(resolve)));
    assert.equal((await focused(dashboard)).name, 'Edit Codex');
  });
});
