import assert from 'node:assert/strict';
import { usd } from '../../../src/core/money';
import { AccountState, type AccountView } from '../../../src/core/snapshot';
import { HOUR_MS } from '../../../src/core/time';
import { unreadText } from '../../../src/core/unreadText';
import { stateLabel } from '../../../src/core/words';
import { assertAsked, cardOf, textOf, useDashboard } from '../../support/rendered';
import { manyAccounts, SAMPLE_NOW, sampleAccount, sampleAccounts, sampleFigure, sampleMeter, sampleProviders, sampleSnapshot, sampleSparkline, sampleState } from '../../support/sampleSnapshot';

const showing = (...accounts: AccountView[]) => ({ state: sampleState({ snapshot: sampleSnapshot({ accounts }) }) });

describe('The dashboard, drawn', () => {
  const open = useDashboard();

  it('shows every state of an account as icon, word and name', async () => {
    const dashboard = await open();
    const seen = new Set<string>();
    for (const { alias, state } of sampleAccounts) {
      const chip = cardOf(dashboard, alias).locator('.state');
      assert.equal(await textOf(chip), stateLabel(state), alias);
      assert.equal(await chip.locator('.icon').getAttribute('aria-hidden'), 'true');
      seen.add(state);
    }
    assert.deepEqual([...seen].sort(), [...AccountState.options].sort());
  });

  it('draws the first picture from the state that came with the page', async () => {
    const { page } = await open({ state: sampleState() });
    assert.equal(await page.locator('account-card').count(), sampleAccounts.length);
  });

  it('R8: says used beside a percent, and left where the user wants that', async () => {
    const dashboard = await open(showing(sampleAccount({ id: 'a', meters: [sampleMeter()] })));
    assert.match(await textOf(dashboard.page.locator('usage-meter')), /42% used/);
    await dashboard.push({ ...showing(sampleAccount({ id: 'a', meters: [sampleMeter()] })).state, display: { locale: 'en-US', percent: 'left' } });
    await dashboard.page.getByText('58% left').waitFor();
  });

  it('gives a meter to screen readers with its whole truth', async () => {
    const { page } = await open(showing(sampleAccount({ id: 'a', meters: [sampleMeter()] })));
    const meter = page.getByRole('meter', { name: '5-hour window' });
    assert.equal(await meter.getAttribute('aria-valuenow'), '42');
    assert.match(await meter.getAttribute('aria-valuetext') ?? '', /42% used, resets in 2 h 10 min .*reported by the vendor/);
  });

  it('R9: draws no bar and no number for what the provider did not say', async () => {
    const unknown = sampleMeter({ used: null, ratio: null, resetsAt: null, cap: { kind: 'unknown' } });
    const dashboard = await open(showing(sampleAccount({ id: 'a', meters: [unknown], month: sampleFigure({ costs: [], costProvenance: null, tokens: null }) })));
    assert.equal(await dashboard.page.getByRole('meter').count(), 0);
    assert.match(await textOf(dashboard.page.locator('usage-meter')), /not reported/);
    const figure = await textOf(dashboard.page.locator('usage-figure'));
    assert.match(figure, /—/);
    assert.doesNotMatch(figure, /\$|\b0\b/);
    assert.match(await textOf(dashboard.page.locator('dashboard-header')), /This month — cost unknown/);
  });

  it('shows how much of large logs was read, with a button to stop, or to read on', async () => {
    const at = (readShare: number, stopped: boolean) => showing(sampleAccount({ id: 'a', alias: 'Work', month: sampleFigure(), unread: { readShare, stopped }, notes: [unreadText({ readShare, stopped }), 'Another note.'] }));
    const dashboard = await open(at(0.379, false));
    const { page } = dashboard;
    assert.equal(await page.getByRole('progressbar', { name: 'Logs of Work that were read' }).getAttribute('aria-valuenow'), '37');
    assert.equal(await page.getByText(/still being read, 37% done/).count(), 1);
    await page.getByText('Another note.').waitFor();
    await page.getByRole('button', { name: 'Stop reading older logs of Work' }).click();
    await dashboard.push(at(0.4, true).state);
    await page.getByText(/left unread, stopped at 40%/).waitFor();
    await page.getByRole('button', { name: 'Read on in older logs of Work' }).click();
    await assertAsked(dashboard, ['stopLogs {"accountIds":["a"]}', 'refresh {"accountId":"a"}']);
  });

  it('shows a true zero as zero', async () => {
    const dashboard = await open(showing(sampleAccount({ id: 'a', month: sampleFigure({ costs: [usd(0)], tokens: 0 }) })));
    assert.match(await textOf(dashboard.page.locator('usage-figure')), /\$0\.00 .*0 tokens/);
  });

  it('shows no percent for a window that was reset since', async () => {
    const dashboard = await open(showing(sampleAccount({ id: 'a', state: 'stale', meters: [sampleMeter({ expired: true, level: 'warning', ratio: 0.88 })] })));
    assert.equal(await dashboard.page.getByRole('meter').count(), 0);
    assert.match(await textOf(dashboard.page.locator('usage-meter')), /reset since/);
    assert.doesNotMatch(await textOf(dashboard.page.locator('usage-meter')), /%/);
  });

  it('R7, R34: says of each number where it comes from, and of each account what kind of source it has', async () => {
    const dashboard = await open();
    const claude = await textOf(cardOf(dashboard, 'Claude Code'));
    for (const words of ['reported by the vendor', 'API equivalent, estimated', 'counted from local logs', "file of the vendor's tool"]) assert.match(claude, new RegExp(words));
    assert.match(await textOf(cardOf(dashboard, 'OpenAI org')), /Billed by the vendor/i);
  });

  it('R11: lists models without a price beside every total they are missing in', async () => {
    const dashboard = await open();
    assert.match(await textOf(cardOf(dashboard, 'Claude Code')), /unpriced: 903K tokens of claude-next-preview/i);
    assert.match(await textOf(dashboard.page.locator('dashboard-header')), /unpriced: 903M tokens of model-x, 903K tokens of claude-next-preview/i);
  });

  it('adds spent money by currency and keeps API equivalent apart', async () => {
    const header = await textOf((await open()).page.locator('dashboard-header'));
    assert.match(header, /Spent .*\$4\.93 .*\$131\.00 \+ €12\.00/);
    assert.match(header, /API equivalent .*\$17\.27 .*\$307\.23/);
  });

  it('R20: keeps the last good value of a failed read, with its age, the reason and the next try', async () => {
    const card = await textOf(cardOf(await open(), 'OpenAI org'));
    assert.match(card, /did not answer within 20 seconds\. Next try at 14:14/);
    assert.match(card, /42% used/);
    assert.match(card, /Read 5 h ago/i);
  });

  it('tells a wrong key and leads to the credential', async () => {
    const dashboard = await open();
    await dashboard.page.getByRole('button', { name: 'Update credential of Anthropic org' }).click();
    await assertAsked(dashboard, ['editAccount anthropic-org']);
  });

  it('lets ages grow by the minute without a new state', async () => {
    const dashboard = await open(showing(sampleAccount({ id: 'a', takenAt: SAMPLE_NOW - 2 * 60_000 })));
    await dashboard.page.getByText('read 2 min ago').waitFor();
    await dashboard.page.clock.runFor(60_000);
    await dashboard.page.getByText('read 3 min ago').waitFor();
  });

  it('gives a sparkline in words, and says so when nothing is known', async () => {
    const { page } = await open();
    assert.match(await page.getByRole('img', { name: /^tokens per hour, last 24 hours: latest .*, highest 1\.\d+M$/ }).getAttribute('aria-label') ?? '', /latest/);
    assert.equal(await page.getByRole('img', { name: '5-hour window, used %, last 24 hours: nothing known' }).count(), 1);
  });

  it('tells no peak of money, since the line does not tell the currency', async () => {
    const { page } = await open(showing(sampleAccount({ id: 'a', sparkline: sampleSparkline({ label: 'cost per hour', unit: 'micros', values: [1e6, 3e6] }) })));
    assert.equal(await page.getByRole('img', { name: 'cost per hour, last 2 hours', exact: true }).count(), 1);
    assert.equal(await textOf(page.locator('spark-line')), 'cost per hour · 2 h');
  });

  it('shows names as text, whatever is in them', async () => {
    const alias = '<img src=x onerror=alert(1)> ${7*7} "quoted" \u202e <b>';
    const state = showing(sampleAccount({ id: 'a', alias, identity: '<script>alert(2)</script>', meters: [sampleMeter({ label: '</svg><b>bold' })], notes: ['<a href=x>note</a>'] }));
    const dashboard = await open(state);
    assert.equal(await dashboard.page.getByRole('heading', { name: '<img src=x' }).count(), 1);
    assert.equal(await dashboard.page.locator('account-card :is(img, script, b, a)').count(), 0);
    await dashboard.push(state.state);
    assert.equal(await dashboard.page.locator('account-card :is(img, script, b, a)').count(), 0);
  });

  it('waits without numbers until the first state arrives', async () => {
    const dashboard = await open({ state: null });
    assert.equal(await dashboard.page.locator('card-skeleton').count(), 3);
    assert.equal(await dashboard.page.locator('main').getAttribute('aria-busy'), 'true');
    assert.doesNotMatch(await textOf(dashboard.page.locator('main')), /\d/);
    await dashboard.push(sampleState());
    await dashboard.page.locator('account-card').first().waitFor();
    assert.equal(await dashboard.page.locator('card-skeleton').count(), 0);
  });

  it('is where it was scrolled to when it comes back to the front, which loads it anew', async () => {
    const state = sampleState({ snapshot: sampleSnapshot({ accounts: manyAccounts(48) }) });
    const { page } = await open({ state });
    const scrollTop = (): Promise<number> => page.evaluate(() => Math.round(window.scrollY));
    await page.locator('usage-section').waitFor({ state: 'attached' });
    await page.evaluate(() => window.scrollTo(0, 2500));
    const kept = await (await page.waitForFunction(() => {
      const ui = (window as unknown as { keptUi(): { scrollTop?: number } | null }).keptUi();
      return (ui?.scrollTop ?? 0) > 0 && ui;
    })).jsonValue();
    assert.deepEqual(kept, { costKind: null, currency: null, daysOpen: false, modelsOpen: false, scrollTop: 2500 });
    const again = await open({ state: null, ui: kept });
    await again.push(state);
    await again.page.waitForFunction(() => window.scrollY > 0);
    assert.equal(await again.page.evaluate(() => Math.round(window.scrollY)), await scrollTop());
    await again.page.evaluate(() => window.scrollTo(0, 100));
    await again.push(sampleState({ snapshot: sampleSnapshot({ accounts: manyAccounts(47) }) }));
    await again.page.waitForTimeout(300);
    assert.equal(await again.page.evaluate(() => window.scrollY), 100, 'once only');
  });

  it('invites to add an account when there is none', async () => {
    const dashboard = await open(showing());
    for (const { name } of sampleProviders) assert.match(await textOf(dashboard.page.locator('main')), new RegExp(name));
    await dashboard.page.getByRole('button', { name: 'Add account' }).click();
    await assertAsked(dashboard, ['addAccount null']);
  });

  it('says when the engine failed, and shows the log', async () => {
    const dashboard = await open({ state: sampleState({ snapshot: null, engine: { state: 'failed', message: 'The history could not be opened.' } }) });
    assert.match(await textOf(dashboard.page.locator('main')), /Quota Monitor could not start The history could not be opened\./);
    await dashboard.page.getByRole('button', { name: 'Show log' }).click();
    await assertAsked(dashboard, ['showLog null']);
  });

  it('says when another window runs Quota Monitor', async () => {
    const dashboard = await open({ state: sampleState({ snapshot: null, engine: { state: 'elsewhere', message: null } }) });
    assert.match(await textOf(dashboard.page.locator('main')), /Another window runs Quota Monitor/);
  });

  it('keeps the last figures below a banner when the engine stops, and shows trouble of the store', async () => {
    const dashboard = await open({ state: sampleState({ engine: { state: 'failed', message: 'It stopped.' }, snapshot: sampleSnapshot({ storeWarning: 'The disk is full.' }) }) });
    assert.match(await textOf(dashboard.page.locator('main')), /The disk is full\..*stopped; these are the last known figures\. It stopped\..*42% used/);
    await dashboard.push(sampleState({ engine: { state: 'elsewhere', message: 'Reload all windows.' } }));
    assert.match(await textOf(dashboard.page.locator('main')), /Another window runs Quota Monitor; these are the last known figures\. Reload all windows\./);
  });

  it('calls nothing of another day today, and shows no percent of a window that ended, when no engine goes on', async () => {
    const account = sampleAccount({ id: 'a', alias: 'Work', meters: [sampleMeter()], today: sampleFigure({ dayZone: 'UTC' }), month: sampleFigure({ dayZone: 'UTC', costs: [usd(50)] }) });
    const at = (hoursAgo: number, state: 'running' | 'failed' | 'elsewhere') => sampleState({
      engine: { state, message: null }, snapshot: sampleSnapshot({ madeAt: SAMPLE_NOW - hoursAgo * HOUR_MS, accounts: [{
        ...account, meters: [sampleMeter({ resetsAt: SAMPLE_NOW - HOUR_MS, trueAt: SAMPLE_NOW - hoursAgo * HOUR_MS })],
      }] }),
    });
    const dashboard = await open({ state: at(20, 'running') });
    const main = dashboard.page.locator('main');
    assert.match(await textOf(main), /\$3\.21/);
    for (const state of ['failed', 'elsewhere'] as const) {
      await dashboard.push(at(20, state));
      const text = await textOf(main);
      assert.doesNotMatch(text, /\$3\.21|42% used/, state);
      assert.match(text, /Out of date.*reset since.*\$50\.00/, state);
    }
    await dashboard.push(at(2, 'failed'));
    assert.match(await textOf(main), /\$3\.21/);
  });
});
