/** Quota Monitor as the end-to-end tests see it: the status bar item, the dashboard, the toasts, the keys that are kept. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { type EditorWindow, plainText, temporaryDir, waitFor } from '../editor';

const LIMIT_MS = 45_000;
/** Twice around: what comes into sight for the first time may not be there yet when Tab passes it. */
const MAX_TABS = 160;
/** Long enough for a toast that should not come. */
const QUIET_MS = 3_000;

/** The one item of the status bar. */
export const statusItem = ({ page }: EditorWindow): Locator => page.locator('[id="quota-monitor.quota-monitor.quotaMonitor.usage"]');

/** What the item shows, with plain spaces and without icons. */
export async function statusText(window: EditorWindow): Promise<string> {
  return plainText((await statusItem(window).textContent()) ?? '');
}

/** Waits until the item shows it; gives the whole text. */
export async function statusShows(window: EditorWindow, pattern: RegExp, limitMs = LIMIT_MS): Promise<string> {
  let last = '';
  return waitFor(`the status bar to show ${String(pattern)}`, limitMs, async () => {
    last = await statusText(window);
    if (!pattern.test(last)) throw new Error(`It shows "${last}"`);
    return last;
  });
}

/** What a screen reader says of the item. */
export async function statusWords(window: EditorWindow): Promise<string> {
  return plainText((await statusItem(window).locator('[aria-label]').first().getAttribute('aria-label')) ?? '');
}

/** Opens the dashboard, or brings it to the front. */
export async function openDashboard(window: EditorWindow): Promise<Frame> {
  await window.runCommand('Quota Monitor: Open Dashboard');
  return dashboardOf(window);
}

/** The dashboard that is open, once it has drawn what it knows. */
export async function dashboardOf(window: EditorWindow): Promise<Frame> {
  return waitFor('the dashboard to be drawn', LIMIT_MS, async () => {
    const frame = await window.webview('Quota Monitor');
    return (await frame.locator('dashboard-header').count()) > 0 && (await frame.locator('card-skeleton').count()) === 0 ? frame : null;
  });
}

/** The card of an account. */
export const card = (dashboard: Frame, alias: string): Locator =>
  dashboard.locator('account-card', { has: dashboard.getByRole('heading', { name: alias, exact: true }) });

/** The words of an element and of all that is in it, shadow trees too, with plain spaces. */
export async function shownText(element: Locator): Promise<string> {
  const texts = await element.evaluate(root => {
    const found: string[] = [];
    const waiting: Node[] = [root];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (node instanceof Text) found.push(node.data);
      else if (node instanceof Element && node.tagName !== 'STYLE') waiting.push(...[...(node.shadowRoot ?? node).childNodes].reverse());
    }
    return found;
  }, undefined, { timeout: 2_000 });
  return plainText(texts.join(' '));
}

/** Waits until a card shows it; gives all its words, with plain spaces. */
export async function cardShows(window: EditorWindow, alias: string, pattern: RegExp, limitMs = LIMIT_MS): Promise<string> {
  return waitFor(`the card of ${alias} to show ${String(pattern)}`, limitMs, async () => {
    const text = await shownText(card(await dashboardOf(window), alias));
    if (!pattern.test(text)) throw new Error(`It shows "${text}"`);
    return text;
  });
}

/** Presses Tab until the control with this name has the focus in the dashboard, as one does without a mouse. */
export async function tabTo(window: EditorWindow, name: string): Promise<void> {
  const dashboard = await dashboardOf(window);
  let last = '';
  for (let presses = 0; presses < MAX_TABS; presses++) {
    await window.page.keyboard.press('Tab');
    last = await dashboard.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement != null) element = element.shadowRoot.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
    });
    if (plainText(last).endsWith(name)) return;
  }
  throw new Error(`${MAX_TABS} times Tab did not come to "${name}" but to "${last}"`);
}

/** How many toasts show it now. */
export const toastCount = ({ page }: EditorWindow, text: RegExp): Promise<number> => page.locator('.notifications-toasts .notification-list-item', { hasText: text }).count();

/** Waits a while for a toast that must not come; gives how many there are at the end. */
export async function toastsAfterAWhile(window: EditorWindow, text: RegExp): Promise<number> {
  await window.page.waitForTimeout(QUIET_MS);
  return toastCount(window, text);
}

/** An account that is there from the first start on, as those of the demo are. */
export interface StartAccount {
  readonly providerId: string;
  readonly alias: string;
  readonly options: { readonly baseUrl?: string; readonly home?: string; readonly intervalMinutes?: number };
  readonly secret?: string;
}

/** The environment of an editor that starts with these accounts. */
export function startingWith(accounts: readonly StartAccount[]): Readonly<Record<string, string>> {
  const file = path.join(temporaryDir(), 'accounts.json');
  writeFileSync(file, JSON.stringify(accounts));
  return { QUOTA_MONITOR_DEMO: file };
}

/** The answers to "Add Account…" up to the base URL, which is the last one. */
export async function addAccount(window: EditorWindow, { provider, alias, key, baseUrl }: Readonly<Record<'provider' | 'alias' | 'key' | 'baseUrl', string>>): Promise<void> {
  await window.runCommand('Quota Monitor: Add Account…');
  await window.pick(provider);
  await window.fillInput(alias, 'Name of this account');
  await giveKey(window, key, baseUrl);
}

/** The key and the base URL, at the first try or at a later one. */
export async function giveKey(window: EditorWindow, key: string, baseUrl: string): Promise<void> {
  await window.fillInput(key, /API key of|\(3\/4\)/);
  await window.fillInput(baseUrl, 'Base URL');
}

/** What the open input box says is wrong. */
export async function inputProblem(window: EditorWindow, pattern: RegExp): Promise<string> {
  const message = window.page.locator('.quick-input-widget .quick-input-message');
  return waitFor(`the input box to say ${String(pattern)}`, LIMIT_MS, async () => {
    const text = plainText((await message.textContent({ timeout: 2_000 })) ?? '');
    return pattern.test(text) ? text : null;
  });
}

/**
 * Starts to collect what goes wrong on the console and in the frames of a window: breaches of a policy, and errors that name this
 * extension or come from a webview. VS Code has errors of its own there, on busy machines above all.
 * @returns what came so far.
 */
export function watchErrors({ page }: EditorWindow): () => readonly string[] {
  const errors: string[] = [];
  const note = (text: string): void => {
    if (/Content Security Policy|vscode-webview|vscode-resource|quota-?monitor/i.test(text)) errors.push(text);
  };
  page.on('pageerror', error => note(error.stack ?? error.message));
  page.on('console', message => {
    if (message.type() === 'error') note(`${message.text()} (${message.location().url})`);
  });
  return () => errors;
}

/** A modal dialog's button. */
export const dialogButton = ({ page }: EditorWindow, name: string): Locator => page.locator('.monaco-dialog-box').getByRole('button', { name, exact: true });

/**
 * The secrets that VS Code keeps, opened with the key of its server. In the browser they lie sealed in the local storage, under
 * `secrets.provider`, and in no file of the profile: half of the key in the item itself, half with the server.
 */
export async function keptSecrets({ page }: EditorWindow): Promise<Readonly<Record<string, string>>> {
  return page.evaluate(async () => {
    const item = localStorage.getItem('secrets.provider');
    if (item === null) return {};
    const sealed = Uint8Array.from(atob(item.replace(/-/g, '+').replace(/_/g, '/')), char => char.charCodeAt(0));
    const answer = await fetch('mint-key', { method: 'POST', credentials: 'include' });
    const serverPart = new Uint8Array(await answer.arrayBuffer());
    const keyBytes = sealed.slice(0, 32).map((byte, i) => byte ^ (serverPart[i] ?? 0));
    const key = await crypto.subtle.importKey('raw', keyBytes, { name: 'AES-GCM' }, false, ['decrypt']);
    const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.slice(32, 44) }, key, sealed.slice(44));
    return JSON.parse(new TextDecoder().decode(opened)) as Record<string, string>;
  });
}
