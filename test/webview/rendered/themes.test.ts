import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { OpenDashboard } from '../../support/dashboardRig';
import { showCharts, useDashboard } from '../../support/rendered';
import { manyAccounts, sampleAccount, sampleMeter, sampleSnapshot, sampleState } from '../../support/sampleSnapshot';
import { themeKinds } from '../../support/vscodeThemes';

async function violations({ page }: OpenDashboard): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: tool } = window as unknown as { axe: typeof import('axe-core') };
    const { violations: found } = await tool.run(document, { rules: { 'page-has-heading-one': { enabled: true } } });
    return found.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${JSON.stringify(node.target)} ${node.failureSummary ?? ''}`));
  });
}

describe('The dashboard in every theme and width', () => {
  const open = useDashboard();

  for (const theme of themeKinds) {
    it(`has no accessibility violations in ${theme}`, async () => {
      const dashboard = await open({ theme, ui: { costKind: 'spent', daysOpen: true, modelsOpen: true } });
      await showCharts(dashboard);
      assert.deepEqual(await violations(dashboard), []);
    });

    it(`has none in ${theme} while it loads, when it is empty and when it failed`, async () => {
      const states = [null, sampleState({ snapshot: sampleSnapshot({ accounts: [] }) }), sampleState({ snapshot: null, engine: { state: 'failed', message: 'No.' } })];
      for (const state of states) assert.deepEqual(await violations(await open({ theme, state })), []);
    });
  }

  const long = 'a'.repeat(60);
  const wide = [
    ...manyAccounts(16),
    sampleAccount({ id: 'long', alias: long, identity: 'b'.repeat(200), plan: 'c'.repeat(80), notes: ['d'.repeat(300)], meters: [sampleMeter({ label: 'e'.repeat(120) })] }),
  ];
  for (const width of [300, 600, 1000, 1600]) {
    it(`fits ${width} px without a horizontal scroll bar`, async () => {
      const state = sampleState({ snapshot: sampleSnapshot({ accounts: wide, storeWarning: 'f'.repeat(200) }) });
      const dashboard = await open({ width, state, ui: { daysOpen: true, modelsOpen: true } });
      await showCharts(dashboard);
      const { scroll, client } = await dashboard.page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth }));
      assert.ok(scroll <= client, `${scroll} > ${client}`);
      const cards = await dashboard.page.locator('account-card').evaluateAll(all => all.map(card => ({ inner: card.scrollWidth, outer: card.clientWidth })));
      assert.deepEqual(cards.filter(({ inner, outer }) => inner > outer), []);
    });
  }

  it('uses more columns where there is room', async () => {
    const columns = async (width: number): Promise<number> => {
      const { page } = await open({ width });
      const lefts = await page.locator('account-card').evaluateAll(cards => cards.map(card => card.getBoundingClientRect().left));
      return new Set(lefts).size;
    };
    assert.deepEqual([await columns(300), await columns(700), await columns(1600)], [1, 2, 4]);
  });

  it('moves nothing for those who want reduced motion, and turns the icon of a running refresh for others', async () => {
    const animations = async (reducedMotion: boolean): Promise<number> => (await open({ reducedMotion })).page.locator('.spin').first().evaluate(icon => icon.getAnimations().length);
    assert.deepEqual([await animations(true), await animations(false)], [0, 1]);
  });
});
