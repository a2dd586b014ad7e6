/**
 * Three windows, of which one after the other is closed, abandoned, reloaded or has its extension host killed, at random. A vendor that
 * answers each request with another number counts: nobody asks twice within the floor, nobody falls asleep, and all show the same.
 * The same course in each `npm test`; another one in each `npm run test:windows`. QUOTA_MONITOR_ROUNDS, QUOTA_MONITOR_SEED: for a longer or a certain one.
 */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { type Editor, type EditorWindow, startEditor, waitFor } from '../editor';
import { type Simulator, startSimulator } from '../simulators';
import { startingWith, statusText } from './quotaMonitor';

const ROUNDS = Number(process.env['QUOTA_MONITOR_ROUNDS'] ?? 20);
const SEED = Number(process.env['QUOTA_MONITOR_SEED'] ?? 21);
const WINDOWS = 3;
const FLOOR_MS = 60_000;
const INTERVAL_MS = 60_000;
const LATE_MS = 5_000;

/** Numbers below `below`, the same for the same seed (minimal standard generator). */
function chances(seed: number): (below: number) => number {
  let state = seed + 1;
  return below => (state = (state * 48_271) % 2_147_483_647) % below;
}

describe(`windows that come and go (seed ${SEED})`, function () {
  this.timeout((ROUNDS * 90 + 240) * 1_000);
  const chance = chances(SEED);
  /** When the vendor was asked, epoch ms. */
  const askedAt: number[] = [];
  let vendor: Simulator;
  let editor: Editor;
  const open: { window: EditorWindow; host: number }[] = [];

  before(async () => {
    vendor = await startSimulator('openrouter', { now: Date.now, keys: { 'sk-or-v1-rounds': 'inference' }, limit: { amount: 1000, remaining: 1000, reset: 'monthly' } });
    vendor.fault('/key', {
      kind: 'change', change: body => {
        askedAt.push(Date.now());
        return { data: { ...(body as { data: object }).data, limit_remaining: 1000 - 10 * askedAt.length } };
      },
    });
    editor = await startEditor({
      env: startingWith([{ providerId: 'openrouter', alias: 'Meter', options: { baseUrl: vendor.baseUrl, intervalMinutes: 1 }, secret: 'sk-or-v1-rounds' }]),
      settings: { 'quotaMonitor.unfocusedPollFactor': 1 },
    });
  });
  after(async () => {
    await editor?.close();
    await vendor?.close();
  });

  /** The extension hosts that were ever launched, in order; the server tells each on its output and in its log. */
  const hosts = (): number[] => [...new Set([...editor.logs().matchAll(/<(\d+)> Launched Extension Host Process/g)].map(([, pid]) => Number(pid)))];
  async function openWindow(): Promise<void> {
    const before = hosts().length;
    const window = await editor.openWindow();
    open.push({ window, host: await waitFor('its extension host', 30_000, async () => hosts()[before]) });
  }
  const texts = (): Promise<string[]> => Promise.all(open.map(({ window }) => statusText(window)));
  const newest = (): string => `Meter ${askedAt.length}% used`;
  const allShowNewest = (limitMs: number): Promise<true> => waitFor('all windows to show the newest number', limitMs, async () => {
    const shown = await texts();
    if (shown.some(text => !text.startsWith(newest()))) throw new Error(`The newest is "${newest()}"; they show ${JSON.stringify(shown)}`);
    return true as const;
  });

  const actions: readonly (readonly [name: string, act: (at: number) => Promise<void>])[] = [
    ['close', async at => {
      const [gone] = open.splice(at, 1);
      const closed = gone!.window.page.waitForEvent('close');
      await gone!.window.page.close({ runBeforeUnload: true });
      await closed;
      await openWindow();
    }],
    ['abandon', async at => {
      await open.splice(at, 1)[0]!.window.close();
      await openWindow();
    }],
    ['reload', async at => {
      const before = hosts().length;
      await open[at]!.window.reload();
      open[at]!.host = await waitFor('its extension host', 30_000, async () => hosts()[before]);
    }],
    ['kill', async at => {
      const [gone] = open.splice(at, 1);
      const before = hosts().length;
      process.kill(gone!.host, 'SIGKILL');
      await waitFor('the editor to start another extension host', 30_000, () => hosts().length > before);
      await gone!.window.close();
      await openWindow();
    }],
  ];

  it('all show the newest number', async () => {
    await openWindow();
    await waitFor('the first answer', 60_000, () => askedAt.length > 0);
    while (open.length < WINDOWS) await openWindow();
    await allShowNewest(20_000);
  });

  for (let round = 1; round <= ROUNDS; round++) {
    it(`round ${round}: goes on, and all show the same`, async function () {
      const [name, act] = actions[chance(actions.length)]!;
      const at = chance(open.length);
      this.test!.title += ` (${name} window ${at + 1})`;
      await act(at);
      await wait(chance(20) * 1_000);
      await allShowNewest(20_000);
    });
  }

  it('R24: a new number is in all windows within a second of the first', async () => {
    const before = askedAt.length;
    await waitFor('the next request', INTERVAL_MS + LATE_MS + 1_000, () => askedAt.length > before);
    await waitFor('one window to show it', 5_000, async () => (await texts()).some(text => text.startsWith(newest())));
    await allShowNewest(1_000);
  });

  it('R18, R25: the vendor was asked as if there were one window: never within the floor, and never late', function () {
    const gaps = askedAt.slice(1).map((at, i) => at - askedAt[i]!);
    this.test!.title += ` (${gaps.length} gaps of ${Math.min(...gaps)} to ${Math.max(...gaps)} ms)`;
    assert.ok(gaps.length >= 1);
    assert.deepEqual(gaps.filter(gap => gap < FLOOR_MS - 50 || gap > INTERVAL_MS + LATE_MS), [], `gaps in ms: ${gaps.join()}`);
  });
});
