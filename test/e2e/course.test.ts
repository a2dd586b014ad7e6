/** What happens as time goes on: a minute in which vendors begin to fail and a window fills up. The minute is the least time between two questions to a vendor. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Editor, type EditorWindow, startEditor, temporaryDir, waitFor } from '../editor';
import { type Simulator, startSimulator } from '../simulators';
import { card, cardShows, dashboardOf, openDashboard, startingWith, statusShows, tabTo, toastCount, toastsAfterAWhile } from './quotaMonitor';

const FLOOR_MS = 60_000;
const HOUR_MS = 3_600_000;
const ALIASES = ['Steady', 'Busy', 'Broken', 'Moved'] as const;
const WARNING = /Claude Code \(Plan\): 5-hour window \d+% used/;

/** What Claude Code would have kept of its 5-hour window. */
function writeLimits(home: string, percent: number): void {
  const accountUuid = '6f1d2c9e-8f4b-4b52-9a55-1c6d5e0f7a3b';
  writeFileSync(path.join(home, '.claude.json'), JSON.stringify({
    oauthAccount: { accountUuid, organizationType: 'claude_max' },
    cachedUsageUtilization: {
      fetchedAtMs: Date.now(), accountUuid,
      utilization: { five_hour: { utilization: percent, resets_at: new Date(Date.now() + 2 * HOUR_MS).toISOString() } },
    },
  }));
}

describe('over time', () => {
  let simulators: Readonly<Record<(typeof ALIASES)[number], Simulator>>;
  let claudeHome: string;
  let editor: Editor;
  let window: EditorWindow;
  /** All have been read once by now. */
  let readAt: number;
  let seen: Awaited<ReturnType<typeof watchTexts>>;

  before(async () => {
    claudeHome = path.join(temporaryDir(), 'claude');
    mkdirSync(path.join(claudeHome, '.claude', 'projects'), { recursive: true });
    writeLimits(claudeHome, 84);
    const started = await Promise.all(ALIASES.map(async alias => {
      const simulator = await startSimulator('openrouter', { now: Date.now, keys: { [`key-of-${alias}`]: 'inference' }, limit: { amount: 50, remaining: 20, reset: 'monthly' } });
      return [alias, simulator] as const;
    }));
    simulators = Object.fromEntries(started) as unknown as typeof simulators;
    editor = await startEditor({
      settings: { 'quotaMonitor.statusBar.maxParts': 10 },
      env: startingWith([
        { providerId: 'claude', alias: 'Plan', options: { home: path.join(claudeHome, '.claude') } },
        ...started.map(([alias, { baseUrl }]) => ({ providerId: 'openrouter', alias, options: { baseUrl, intervalMinutes: 60 }, secret: `key-of-${alias}` })),
      ]),
    });
    window = await editor.openWindow();
  });
  after(async () => {
    await editor?.close();
    for (const simulator of Object.values(simulators ?? {})) await simulator.close();
  });

  const asked = (alias: (typeof ALIASES)[number]): number => simulators[alias].requests.filter(({ path: asked }) => asked === '/key').length;

  it('warns once when a window is past 80 %', async () => {
    await (await window.toast('Claude Code (Plan): 5-hour window 84% used, resets')).waitFor();
    assert.equal(await toastCount(window, WARNING), 1);
    await statusShows(window, /Plan 84% · Steady 60% · Busy 60% · Broken 60% · Moved 60% used · <?\$/);
    readAt = Date.now();
    await window.runCommand('Notifications: Clear All Notifications');
  });

  it('asks a vendor no second time within its floor, however often the user refreshes', async () => {
    seen = await watchTexts(window);
    await openDashboard(window);
    for (let time = 0; time < 3; time++) {
      await card(await dashboardOf(window), 'Steady').getByRole('button', { name: 'Refresh Steady' }).click();
      await window.page.waitForTimeout(300);
    }
    assert.equal(asked('Steady'), 1);
  });

  it('R20: keeps the last good values when vendors answer 429, 500 and HTML to a refresh by keyboard, and says why', async () => {
    simulators.Busy.fault('*', { kind: 'status', status: 429, headers: { 'retry-after': '0' } });
    simulators.Broken.fault('*', { kind: 'status', status: 500 });
    simulators.Moved.fault('*', { kind: 'html' });
    writeLimits(claudeHome, 97);
    await window.page.waitForTimeout(Math.max(0, readAt + FLOOR_MS + 1_000 - Date.now()));
    await openDashboard(window);
    await tabTo(window, 'Refresh all');
    await window.page.keyboard.press('Enter');
    await statusShows(window, /Plan 97% · Steady 60% · Busy 60% \(\d min\) · Broken 60% \(\d min\) · Moved 60% used \(\d min\) · <?\$/);
    for (const [alias, why] of [['Busy', /asks to wait: too many requests \(HTTP 429\)/], ['Broken', /has trouble at its side \(HTTP 500\)/], ['Moved', /OpenRouter/]] as const) {
      const text = await cardShows(window, alias, /Failed/);
      assert.match(text, why);
      assert.match(text, /60% used .*reported by the vendor/);
      assert.match(text, /read \d min ago/);
      assert.match(text, /Next try at/);
      assert.match(text, /Today \(UTC\) <?\$\d/);
    }
    const { status } = await seen();
    assert.notDeepEqual(status, []);
    const wrong = status.filter(text => /(^|[^\d])(0|100)%|NaN|undefined/.test(text));
    assert.deepEqual(wrong, []);
  });

  it('goes on with the other accounts', async () => {
    assert.equal(asked('Steady'), 2);
    const text = await cardShows(window, 'Steady', /read just now/i);
    assert.match(text, /OK/);
  });

  it('waits after a failure, whatever Retry-After says', async () => {
    const counts = ALIASES.map(asked);
    await window.runCommand('Quota Monitor: Refresh');
    await window.page.waitForTimeout(1_000);
    assert.deepEqual(ALIASES.map(asked), counts);
    assert.deepEqual(counts, [2, 2, 2, 2]);
  });

  it('warns again past 95 %, and for neither a second time after a reload', async () => {
    const toasts = await waitFor('the warning at 97 %', 10_000, async () => {
      const texts = (await seen()).toasts;
      return texts.some(text => text.includes('97% used')) ? texts : null;
    });
    assert.deepEqual([arrivals(toasts, /\(Plan\): 5-hour window 97% used, resets/), arrivals(toasts, WARNING)], [1, 1]);
    await window.runCommand('Notifications: Clear All Notifications');
    await window.reload();
    await statusShows(window, /Plan 97% · Steady 60% · Busy 60%/);
    assert.equal(await toastsAfterAWhile(window, WARNING), 0);
  });

  it('has restored the dashboard with every account and its last good value', async () => {
    for (const alias of ALIASES) await cardShows(window, alias, /60% used/);
    await waitFor('the failures to be there too', 10_000, async () => (await card(await dashboardOf(window), 'Broken').getByText(/HTTP 500/).count()) > 0);
  });
});

/** What was to be seen, in turn: each text of the status bar item, and each of all toasts together. */
interface Seen { readonly status: readonly string[]; readonly toasts: readonly string[] }

/** Writes down what is shown from now on, up to a reload. */
async function watchTexts({ page }: EditorWindow): Promise<() => Promise<Seen>> {
  await page.evaluate(() => {
    const status: string[] = [];
    const toasts: string[] = [];
    Object.assign(globalThis, { seenTexts: { status, toasts } });
    new MutationObserver(() => {
      const item = document.getElementById('quota-monitor.quota-monitor.quotaMonitor.usage')?.textContent ?? '';
      if (status.at(-1) !== item) status.push(item);
      const shown = [...document.querySelectorAll('.notifications-toasts .notification-list-item')].map(toast => toast.textContent ?? '').join('\n');
      if (toasts.at(-1) !== shown) toasts.push(shown);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  return () => page.evaluate(() => (globalThis as unknown as { seenTexts: Seen }).seenTexts);
}

/** How often something came up that was not there before. */
const arrivals = (texts: readonly string[], pattern: RegExp): number => texts.filter((text, i) => pattern.test(text) && !pattern.test(texts[i - 1] ?? '')).length;
