import assert from 'node:assert/strict';
import { usd } from '../../../src/core/money';
import type { OpenDashboard } from '../../support/dashboardRig';
import { assertAsked, showCharts, textOf, useDashboard } from '../../support/rendered';
import { SAMPLE_NOW, sampleAccount, sampleAccounts, sampleFigure, sampleSnapshot, sampleState, sampleUsage } from '../../support/sampleSnapshot';

const money = (text: string): number => Number(text.replace(/[^0-9.-]/g, '')) || 0;

/** The cells of a table, head, body and foot, as text. */
async function cells({ page }: OpenDashboard, name: string): Promise<{ head: string[]; body: string[][]; foot: string[] }> {
  return page.getByRole('table', { name }).evaluate(table => {
    const row = (tr: Element): string[] => [...tr.children].map(cell => cell.textContent ?? '');
    const rows = (part: string): string[][] => [...table.querySelectorAll(`${part} tr`)].map(row);
    return { head: rows('thead')[0] ?? [], body: rows('tbody'), foot: rows('tfoot')[0] ?? [] };
  });
}

/** A finger print of what the chart shows. */
const picture = ({ page }: OpenDashboard): Promise<string> => page.locator('day-costs canvas').evaluate(canvas => (canvas as HTMLCanvasElement).toDataURL());

describe('The charts of the dashboard', () => {
  const open = useDashboard();

  it('are neither asked for nor loaded before they come into view', async () => {
    const dashboard = await open({ height: 300, width: 400 });
    const loaded: string[] = [];
    dashboard.page.on('request', request => loaded.push(new URL(request.url()).pathname));
    await assertAsked(dashboard, []);
    await showCharts(dashboard);
    await assertAsked(dashboard, ['usage {"days":30}']);
    assert.equal(loaded.filter(file => file.startsWith('/chunks/charts-')).length, 1);
  });

  it('have tables whose rows, columns and totals agree', async () => {
    const dashboard = await open({ ui: { costKind: 'spent', daysOpen: true, modelsOpen: true } });
    await showCharts(dashboard);
    const days = await cells(dashboard, 'Spent per day and provider, USD');
    assert.deepEqual(days.head, ['Day', 'OpenRouter', 'OpenAI', 'Anthropic', 'Total']);
    assert.equal(days.body.length, 30);
    for (const row of days.body) assert.ok(Math.abs(money(row[4] ?? '') - row.slice(1, 4).reduce((sum, cell) => sum + money(cell), 0)) < 0.02, row.join());
    for (let column = 1; column < 5; column++) {
      const sum = days.body.reduce((total, row) => total + money(row[column] ?? ''), 0);
      assert.ok(Math.abs(sum - money(days.foot[column] ?? '')) < 0.2, `column ${column}`);
    }
    const models = await cells(dashboard, 'Spent per model, USD');
    assert.deepEqual(models.head, ['Model', 'Provider', 'Cost', 'Tokens', 'Requests']);
    assert.equal(models.foot[2], days.foot[4]);
    assert.ok(days.body.some(row => row.includes('—')), 'a day without spending is a dash');
  });

  for (const width of [1000, 1280]) {
    it(`show the cost of a model without a scroll at ${width} px`, async () => {
      const dashboard = await open({ width, ui: { costKind: 'spent', modelsOpen: true } });
      await showCharts(dashboard);
      const table = dashboard.page.getByRole('table', { name: 'Spent per model, USD' });
      const [scroll, cell] = await Promise.all([table.locator('..').boundingBox(), table.getByText('$131.51').boundingBox()]);
      assert.ok(scroll !== null && cell !== null && cell.x + cell.width <= scroll.x + scroll.width, JSON.stringify([scroll, cell]));
    });
  }

  it('keep the names of rows in sight where a table is scrolled to its total', async () => {
    const dashboard = await open({ width: 300, ui: { costKind: 'spent', daysOpen: true } });
    await showCharts(dashboard);
    const table = dashboard.page.getByRole('table', { name: 'Spent per day and provider, USD' });
    const scroll = table.locator('..');
    assert.ok(await scroll.evaluate(box => (box.scrollLeft = box.scrollWidth)) > 0);
    const left = (await scroll.boundingBox())?.x ?? NaN;
    for (const where of ['thead th:first-child', 'tbody tr:first-child th', 'tfoot th']) {
      const seen = table.locator(where);
      await scroll.evaluate(box => box.scrollIntoView({ block: 'center' }));
      assert.ok(Math.abs(((await seen.boundingBox())?.x ?? NaN) - left) < 2, where);
      const shown = await seen.evaluate(element => {
        const { left: x, top: y, width, height } = element.getBoundingClientRect();
        return (element.getRootNode() as ShadowRoot).elementFromPoint(x + width / 2, y + height / 2) === element && getComputedStyle(element).backgroundColor !== 'rgba(0, 0, 0, 0)';
      });
      assert.ok(shown, `${where} is over the numbers that pass below it`);
    }
  });

  it('have real tables: a caption, and scopes that name rows and columns', async () => {
    const { page } = await (async () => {
      const dashboard = await open({ ui: { costKind: 'spent', daysOpen: true } });
      await showCharts(dashboard);
      return dashboard;
    })();
    const table = page.getByRole('table', { name: 'Spent per day and provider, USD' });
    assert.equal(await table.locator('caption').count(), 1);
    assert.equal(await table.locator('thead th[scope=col]').count(), 5);
    assert.equal(await table.locator('tbody th[scope=row]').count(), 30);
  });

  it('show spent money or API equivalent, never a sum of both', async () => {
    const dashboard = await open({ ui: { costKind: 'spent', modelsOpen: true } });
    await showCharts(dashboard);
    const spent = await cells(dashboard, 'Spent per model, USD');
    await dashboard.page.getByText('API equivalent', { exact: true }).last().click();
    const equivalent = await cells(dashboard, 'API equivalent per model, USD');
    const all = sampleUsage().rows;
    const total = (kind: string): number => all.reduce((sum, { costKind, cost }) => sum + (costKind === kind ? cost?.micros ?? 0 : 0), 0) / 1e6;
    assert.ok(Math.abs(money(spent.foot[2] ?? '') - total('spent')) < 0.01);
    assert.ok(Math.abs(money(equivalent.foot[2] ?? '') - total('equivalent')) < 0.01);
  });

  it('R11: show models without a price as unpriced, with their tokens and a note', async () => {
    const dashboard = await open({ ui: { costKind: 'equivalent', modelsOpen: true } });
    await showCharts(dashboard);
    const { body, foot } = await cells(dashboard, 'API equivalent per model, USD');
    const row = body.find(([model]) => model === 'claude-next-preview');
    assert.equal(row?.[2], 'unpriced');
    assert.match(row?.[3] ?? '', /^[1-9][\d,]+$/);
    assert.match(foot[2] ?? '', /^\$[\d.]+ \+ unpriced$/);
    assert.match(await textOf(dashboard.page.locator('model-costs')), /tokens of models without a known price/);
  });

  it('say in words what they show, in which zone their days are and where the money comes from', async () => {
    const dashboard = await open({ ui: { costKind: 'spent' } });
    await showCharts(dashboard);
    const name = await dashboard.page.locator('day-costs canvas').getAttribute('aria-label');
    assert.match(name ?? '', /^Stacked bars: Spent per day, 30 days, in all \$131\.51\. OpenRouter \$[\d.]+, OpenAI \$[\d.]+, Anthropic \$[\d.]+$/);
    assert.match(await textOf(dashboard.page.locator('day-costs')), /Days in UTC billed by the vendor/);
    assert.match(await textOf(dashboard.page.locator('model-costs')), /Cost by model billed by the vendor/);
  });

  it('have an axis that can be read where a day costs less than a cent', async () => {
    const { rows: all, ...span } = sampleUsage();
    const rows = all.map(row => ({ ...row, cost: row.cost === null ? null : { ...row.cost, micros: row.cost.micros / 1000 } }));
    const dashboard = await open({ ui: { costKind: 'spent' }, usage: { ...span, rows } });
    await dashboard.page.evaluate(() => {
      const written: string[] = [];
      const write = CanvasRenderingContext2D.prototype.fillText;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) { if (this.canvas.ariaLabel?.startsWith('Stacked') === true) written.push(text); return write.call(this, text, ...rest); };
      Object.assign(window, { written });
    });
    await showCharts(dashboard);
    const ticks = await dashboard.page.evaluate(() => (window as unknown as { written: string[] }).written.filter(text => text.includes('$')));
    assert.deepEqual([...new Set(ticks)], ['$0.000', '$0.002', '$0.004', '$0.006', '$0.008']);
  });

  it('write what was credited beside its bar too, not over it', async () => {
    const { rows: [row], ...span } = sampleUsage();
    assert.ok(row !== undefined);
    const rows = [5, 0.02, -9].map(dollars => ({ ...row, model: `${dollars}`, costKind: 'spent' as const, cost: usd(dollars) }));
    const dashboard = await open({ ui: { costKind: 'spent' }, usage: { ...span, rows } });
    await dashboard.page.evaluate(() => {
      const written: Record<string, number> = {};
      const write = CanvasRenderingContext2D.prototype.fillText;
      CanvasRenderingContext2D.prototype.fillText = function (text, x, ...rest) { written[text] = x; return write.call(this, text, x, ...rest); };
      Object.assign(window, { written });
    });
    await showCharts(dashboard);
    await dashboard.page.locator('model-costs canvas').waitFor();
    const written = await (await dashboard.page.waitForFunction(() => {
      const { written } = window as unknown as { written: Record<string, number> };
      return '-$9.00' in written && '$0.02' in written && written;
    })).jsonValue() as Record<string, number>;
    assert.ok(Math.abs((written['-$9.00'] ?? NaN) - (written['$0.02'] ?? NaN)) <= 2, JSON.stringify(written));
    assert.ok((written['$5.00'] ?? NaN) > (written['$0.02'] ?? NaN) + 20, JSON.stringify(written));
  });

  it('are drawn anew in the colours of another theme', async () => {
    const dashboard = await open({ ui: { costKind: 'spent' } });
    await showCharts(dashboard);
    const before = await picture(dashboard);
    await dashboard.setTheme('hc-light');
    await dashboard.page.waitForFunction(old => {
      const canvas = document.querySelector('quota-dashboard')?.shadowRoot?.querySelector('usage-section')?.shadowRoot?.querySelector('day-costs')
        ?.shadowRoot?.querySelector('bar-chart')?.shadowRoot?.querySelector('canvas');
      return canvas?.toDataURL() !== old;
    }, before);
  });

  it('ask again with a later snapshot, at most once a minute', async () => {
    const dashboard = await open();
    await showCharts(dashboard);
    for (const later of [1_000, 59_000, 61_000, 90_000]) await dashboard.push(sampleState({ snapshot: sampleSnapshot({ madeAt: SAMPLE_NOW + later }) }));
    await dashboard.page.evaluate(() => new Promise(resolve => requestAnimationFrame(resolve)));
    await assertAsked(dashboard, ['usage {"days":30}', 'usage {"days":30}']);
  });

  it('follow what the cards show within a minute, when no later snapshot comes', async () => {
    const dashboard = await open();
    await showCharts(dashboard);
    const usageAsked = (): number => dashboard.asked.filter(message => message.startsWith('usage ')).length;
    await dashboard.push(sampleState({ snapshot: sampleSnapshot({ madeAt: SAMPLE_NOW + 20_000 }) }));
    await dashboard.page.clock.runFor(39_000);
    assert.equal(usageAsked(), 1);
    await dashboard.page.clock.runFor(2_000);
    await assertAsked(dashboard, ['usage {"days":30}', 'usage {"days":30}']);
    await dashboard.page.clock.runFor(300_000);
    assert.equal(usageAsked(), 2, 'nothing is new since');
  });

  it('offer another try when the numbers cannot be had', async () => {
    const dashboard = await open({ usage: new Error('The history is being restored.') });
    await dashboard.page.locator('usage-section').scrollIntoViewIfNeeded();
    await dashboard.page.getByText('The last 30 days could not be read: The history is being restored.').waitFor();
    await dashboard.page.getByRole('button', { name: 'Try again' }).click();
    await assertAsked(dashboard, ['usage {"days":30}', 'usage {"days":30}']);
    const said = "dashboard: 'usage' failed: The history is being restored.";
    assert.deepEqual(dashboard.logged.splice(0), [said, said]);
  });

  it('say so when nothing of that kind was recorded', async () => {
    const state = sampleState({ snapshot: sampleSnapshot({ accounts: [sampleAccount({ id: 'a' })] }) });
    const dashboard = await open({ state, usage: { ...sampleUsage(), rows: [] } });
    await dashboard.page.locator('usage-section').scrollIntoViewIfNeeded();
    await dashboard.page.getByText('No money was recorded as spent in these days.').waitFor();
  });

  it('name the accounts whose money is known in total only, instead of leaving it out', async () => {
    const accounts = [sampleAccount({ id: 'key', alias: 'Side project', month: sampleFigure({ costs: [usd(23.53)] }) })];
    const state = sampleState({ snapshot: sampleSnapshot({ accounts: [...sampleAccounts, ...accounts] }) });
    const dashboard = await open({ state, ui: { costKind: 'spent' } });
    await showCharts(dashboard);
    const section = dashboard.page.locator('usage-section');
    assert.match(await textOf(section), /Known in total only, not by day: Side project Cost per day/);
    await dashboard.page.getByText('API equivalent', { exact: true }).last().click();
    assert.doesNotMatch(await textOf(section), /Side project/);
    const alone = await open({ state: sampleState({ snapshot: sampleSnapshot({ accounts }) }), usage: { ...sampleUsage(), rows: [] } });
    await alone.page.locator('usage-section').scrollIntoViewIfNeeded();
    await alone.page.getByText('Known in total only, not by day: Side project').waitFor();
    assert.doesNotMatch(await textOf(alone.page.locator('usage-section')), /No money was recorded/);
  });
});
