import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { DashboardRig, type OpenDashboard, type OpenOptions } from './dashboardRig';

/**
 * Inside a `describe`: one browser for its tests, a page per `open`, all closed after each test.
 * Every page must end without a policy violation, an error or a log line of the host.
 */
export function useDashboard(): (options?: OpenOptions) => Promise<OpenDashboard> {
  const rig = new DashboardRig();
  let open: OpenDashboard[] = [];
  before(async function start() {
    this.timeout(60_000);
    await rig.start();
  });
  beforeEach(function patience() {
    this.currentTest?.timeout(60_000);
  });
  afterEach(async () => {
    const troubles = open.flatMap(page => [...page.troubles, ...page.logged]);
    await Promise.all(open.map(({ page }) => page.context().close()));
    open = [];
    if (troubles.length > 0) throw new Error(`The page complained: ${troubles.join('; ')}`);
  });
  after(() => rig.stop());
  return async options => {
    const dashboard = await rig.open(options);
    open.push(dashboard);
    return dashboard;
  };
}

/** All text of an element through its shadow roots, spaces tidied; icons are left out. */
export async function textOf(where: Locator): Promise<string> {
  const texts = await where.first().evaluate(element => {
    const found: string[] = [];
    const pending: Node[] = [element];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (node instanceof Text) found.push(node.data);
      if (node instanceof Element && (node.localName === 'style' || node.classList.contains('icon'))) continue;
      pending.push(...[...(node instanceof Element && node.shadowRoot !== null ? node.shadowRoot.childNodes : []), ...node.childNodes].reverse());
    }
    return found;
  });
  return texts.join(' ').replace(/\s+/g, ' ').trim();
}

/**
 * Waits until as many messages came from the page as are expected, and compares them. What the charts ask for themselves once they
 * come near, which a click that scrolls can cause, counts where it is expected, and where nothing is.
 */
export async function assertAsked({ page, asked }: OpenDashboard, expected: readonly string[]): Promise<void> {
  const isUsage = (message: string): boolean => message.startsWith('usage ');
  const strict = expected.length === 0 || expected.some(isUsage);
  const counted = (): readonly string[] => (strict ? asked : asked.filter(message => !isUsage(message)));
  for (let i = 0; i < 100 && counted().length < expected.length; i++) await page.waitForTimeout(20);
  assert.deepEqual(counted(), expected);
}

/** The card of an account, by its name. */
export const cardOf = ({ page }: OpenDashboard, alias: string) => page.locator('account-card').filter({ has: page.getByRole('heading', { name: alias, exact: true }) });

/** Brings the charts into view and waits for them. */
export async function showCharts({ page }: OpenDashboard): Promise<void> {
  await page.locator('usage-section').scrollIntoViewIfNeeded();
  await page.locator('day-costs canvas').waitFor();
  await page.waitForFunction(() => {
    const canvas = document.querySelector('quota-dashboard')?.shadowRoot?.querySelector('usage-section')?.shadowRoot?.querySelector('day-costs')
      ?.shadowRoot?.querySelector('bar-chart')?.shadowRoot?.querySelector('canvas');
    return (canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []).some(byte => byte !== 0);
  });
}
