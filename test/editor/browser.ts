/** Debian's Chromium, driven by Playwright. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Where Chromium, Chrome and Edge usually are. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The Chromium to drive: QUOTA_MONITOR_CHROMIUM, else one in the usual places. */
function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return [env['QUOTA_MONITOR_CHROMIUM'], ...PLACES].find(place => place !== undefined && existsSync(place));
}

/**
 * Installs Debian's Chromium, and a font for it, where there is no Chromium and root may do so.
 * @throws when there is none and it cannot be installed, with what to do.
 */
export function ensureChromium(): string {
  if (findChromium() === undefined && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log("Set-up: installing Debian's Chromium");
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-q'], { stdio: 'inherit', env });
    spawnSync('apt-get', ['install', '-yq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], { stdio: 'inherit', env });
  }
  const found = findChromium();
  if (found === undefined) throw new Error('No Chromium found: install it (Debian: apt-get install chromium) or set QUOTA_MONITOR_CHROMIUM');
  return found;
}

/** A headless browser of its own; the caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: ensureChromium(), headless: true, args: FLAGS });
}
