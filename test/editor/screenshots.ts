/** `npm run screenshots`: the pictures of the README, taken of the demo, into media/; the other themes into out/screenshots, for looking. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { startDemo } from './demo';
import { startEditor } from './editor';
import { outDir, root } from './paths';
import { exitOnSignals, temporaryDir, waitFor } from './processes';
import { chooseTheme, type ThemeName, themeNames } from './themes';
import type { EditorWindow } from './window';

const media = path.join(root, 'media');
const forLooking = path.join(outDir, 'screenshots');
/** The pictures that are kept. */
const KEPT: ReadonlySet<string> = new Set(['status-bar-dark', 'tooltip-dark', 'tooltip-light', 'dashboard-dark', 'dashboard-light', 'charts-dark']);
const fileOf = (what: string, theme: ThemeName): string => path.join(KEPT.has(`${what}-${theme}`) ? media : forLooking, `${what}-${theme}.png`);
/** CSS px; the picture of the dashboard shows the whole window. */
const SIZE = { width: 1280, height: 900 };
/** Pixels per CSS px: sharp on most screens, and files below 300 KB. */
const SCALE = 1.5;
/** Space around what is cut out, CSS px. */
const MARGIN = 10;
/** The status bar item, once the demo's last account was asked. */
const ITEM = /OpenAI.*Team/;

/** What the pictures are about is alone in them. */
const SETTINGS = {
  'workbench.activityBar.location': 'hidden',
  'workbench.layoutControl.enabled': false,
  'workbench.tips.enabled': false,
  'window.commandCenter': false,
  'window.menuBarVisibility': 'hidden',
  'breadcrumbs.enabled': false,
};

/** A sans serif of the width that VS Code has on Windows and macOS, where the machine has one; Debian's default is much wider. */
const FONTS = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  ${['system-ui', 'sans-serif'].map(family => `<match target="pattern"><test qual="any" name="family"><string>${family}</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Inter</string><string>Noto Sans</string><string>Liberation Sans</string></edit></match>`).join('\n')}
</fontconfig>`;

/** Needs the VSIX of `npm run package`. @returns the exit code */
export async function takeScreenshots(): Promise<number> {
  exitOnSignals();
  process.env['FONTCONFIG_FILE'] = path.join(temporaryDir(), 'fonts.conf');
  writeFileSync(process.env['FONTCONFIG_FILE'], FONTS);
  const demo = await startDemo();
  const editor = await startEditor({ ...demo, scale: SCALE, settings: { ...SETTINGS, ...demo.settings } });
  try {
    const window = await editor.openWindow(SIZE);
    await window.runCommand('View: Toggle Primary Side Bar Visibility');
    await window.statusItem(ITEM);
    for (const name of themeNames) {
      await chooseTheme(window, name);
      await ofStatusBar(window, name);
      await ofDashboard(window, name);
    }
  } finally {
    await editor.close();
    await demo.close();
  }
  return 0;
}

async function ofStatusBar(window: EditorWindow, name: ThemeName): Promise<void> {
  const item = await window.statusItem(ITEM);
  await window.page.mouse.move(SIZE.width / 2, SIZE.height / 2);
  await around(window, fileOf('status-bar', name), [item]);
  const tooltip = await window.tooltip(ITEM);
  // The item itself looks as it does at rest.
  await tooltip.hover({ position: { x: 300, y: 12 } });
  await settled(window);
  await around(window, fileOf('tooltip', name), [tooltip, item]);
  await window.page.mouse.move(SIZE.width / 2, 10);
}

async function ofDashboard(window: EditorWindow, name: ThemeName): Promise<void> {
  await window.runCommand('Quota Monitor: Open Dashboard');
  const dashboard = await window.webview('Quota Monitor');
  await everyAccountRead(dashboard);
  await settled(window);
  await window.screenshot(fileOf('dashboard', name));
  const charts = dashboard.locator('usage-section');
  await charts.evaluate(section => section.scrollIntoView());
  await charts.locator('bar-chart canvas').first().waitFor();
  await charts.evaluate(section => section.scrollIntoView());
  await settled(window);
  await window.screenshot(fileOf('charts', name));
  await window.runCommand('View: Close Editor');
}

async function everyAccountRead(dashboard: Frame): Promise<void> {
  const cards = dashboard.locator('account-card');
  await cards.nth(5).waitFor();
  await waitFor('every account to be read', 60_000, async () => (await cards.getByText(/reading now|waiting for the first/i).count()) === 0);
}

/** Time for pictures to load and for things that fade. */
const settled = ({ page }: EditorWindow): Promise<void> => page.waitForTimeout(1_000);

/** A picture of the part of the window that holds all of these. */
async function around({ page }: EditorWindow, file: string, parts: readonly Locator[]): Promise<void> {
  const boxes = (await Promise.all(parts.map(part => part.boundingBox()))).filter(box => box !== null);
  const x = Math.max(0, Math.min(...boxes.map(box => box.x)) - MARGIN);
  const y = Math.max(0, Math.min(...boxes.map(box => box.y)) - MARGIN);
  const right = Math.min(SIZE.width, Math.max(...boxes.map(box => box.x + box.width)) + MARGIN);
  const bottom = Math.min(SIZE.height, Math.max(...boxes.map(box => box.y + box.height)) + MARGIN);
  await page.screenshot({ path: file, clip: { x, y, width: right - x, height: bottom - y } });
}
