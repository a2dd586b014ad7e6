/** Logs of many gigabytes: the newest first, with a progress that can be cancelled, and no byte read twice. */
import assert from 'node:assert/strict';
import { closeSync, linkSync, mkdirSync, openSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { type Editor, type EditorWindow, plainText, startEditor, temporaryDir, waitFor } from '../editor';
import { claudeLine } from '../engine/logs/rig';
import { cardShows, dashboardOf, openDashboard, startingWith, statusShows, toastCount, toastsAfterAWhile } from './quotaMonitor';

const PROGRESS = /Reading logs, newest first: Claude Code, <?\d+% of [\d.]+ GB/;
const MB = 1024 * 1024;
/** More than any machine reads before the notification is there; it takes the room of one file. */
const LINKS = 1000;

/** Old logs without usage: one file of 64 MB by many names. */
function writeOldLogs(folder: string): void {
  const first = path.join(folder, 'old-0.jsonl');
  const fd = openSync(first, 'w');
  for (let i = 0; i < 64; i++) writeSync(fd, `${'x'.repeat(MB - 1)}\n`);
  closeSync(fd);
  utimesSync(first, 1_700_000_000, 1_700_000_000);
  for (let i = 1; i < LINKS; i++) linkSync(first, path.join(folder, `old-${i}.jsonl`));
}

describe('a first run on many gigabytes of logs', () => {
  let editor: Editor;
  let window: EditorWindow;
  let stoppedAt = 0;

  before(async () => {
    const home = path.join(temporaryDir(), 'home');
    const folder = path.join(home, '.claude/projects/-home-dev-app');
    mkdirSync(folder, { recursive: true });
    writeOldLogs(folder);
    writeFileSync(path.join(folder, 'new.jsonl'), `${claudeLine({ at: new Date().toISOString(), input: 0, output: 1_000_000 })}\n`);
    editor = await startEditor({ home, env: startingWith([{ providerId: 'claude', alias: 'Claude Code', options: { home: path.join(home, '.claude') } }]) });
    window = await editor.openWindow();
  });
  after(() => editor?.close());

  /** VS Code moves a notification that was there for a while, or was hidden, into the status bar: either will do. */
  async function shownPercent(): Promise<number> {
    const places = window.page.locator('.notifications-toasts .notification-list-item, .statusbar-item', { hasText: PROGRESS });
    return waitFor('the progress', 90_000, async () => {
      const text = plainText((await places.first().textContent({ timeout: 2_000 })) ?? '');
      return Number(/(\d+)%/.exec(text)?.[1]);
    });
  }
  const isShown = async (): Promise<boolean> => (await window.page.locator('.notifications-toasts .notification-list-item, .statusbar-item', { hasText: PROGRESS }).count()) > 0;

  it('shows how far it is, and the newest numbers while it reads', async () => {
    await waitFor('the progress', 90_000, async () => (await toastCount(window, PROGRESS)) === 1);
    await statusShows(window, /≈\$15\.00/);
    await shownPercent();
  });

  it('ends with a cancel, keeps what it has and says that it is not all', async () => {
    await (await window.toast(PROGRESS)).getByRole('button', { name: 'Cancel' }).click();
    await waitFor('the end of the progress', 10_000, async () => !(await isShown()));
    await openDashboard(window);
    const text = await cardShows(window, 'Claude Code', /1M tokens.* Older logs are left unread, stopped at \d+%/);
    stoppedAt = Number(/stopped at (\d+)%/.exec(text)?.[1]);
    assert.ok(stoppedAt < 90, `stopped at ${stoppedAt}%`);
    assert.equal(await toastsAfterAWhile(window, PROGRESS), 0);
  });

  it('reads on, and stops again, by the buttons of its card', async () => {
    await (await dashboardOf(window)).getByRole('button', { name: 'Read on in older logs of Claude Code' }).click();
    const percent = await shownPercent();
    assert.ok(percent >= stoppedAt, `${percent}% after ${stoppedAt}%`);
    await cardShows(window, 'Claude Code', /1M tokens.* Older logs are still being read, \d+% done/);
    await (await dashboardOf(window)).getByRole('button', { name: 'Stop reading older logs of Claude Code' }).click();
    const text = await cardShows(window, 'Claude Code', /Older logs are left unread, stopped at \d+%/);
    stoppedAt = Number(/stopped at (\d+)%/.exec(text)?.[1]);
    await waitFor('the end of the progress', 10_000, async () => !(await isShown()));
  });

  it('goes on at the next start where it stopped', async () => {
    await window.reload();
    const percent = await shownPercent();
    assert.ok(percent >= stoppedAt, `${percent}% after ${stoppedAt}%`);
  });
});
