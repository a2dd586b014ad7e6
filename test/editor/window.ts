/** One window of VS Code: what a user sees and does in it. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { ConsoleMessage, Frame, Locator, Page } from 'playwright-core';
import { waitFor } from './processes';

/** Time for something VS Code draws: generous, for two busy cores. */
const LIMIT_MS = 30_000;

/** Spaces as one kind: VS Code writes no-break spaces into the status bar. */
export function plainText(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A pattern for `text` whatever kind of spaces the page uses. */
function spaceless(text: string): RegExp {
  return new RegExp(text.trim().split(/\s+/).map(word => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s+'));
}

/** A VS Code window. Everything waits for what it asks for, up to 30 s, and throws after that. */
export class EditorWindow {
  readonly #errors: string[] = [];

  /** @param page the Playwright page, for all this class does not offer */
  constructor(readonly page: Page) {
    page.setDefaultTimeout(LIMIT_MS);
    page.on('console', (message: ConsoleMessage) => {
      if (message.type() === 'error') this.#errors.push(message.text());
    });
    page.on('pageerror', error => this.#errors.push(error.message));
  }

  /** Waits until the workbench is drawn. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .statusbar-item').first().waitFor({ timeout: 60_000 });
  }

  /** Reloads the window, as "Developer: Reload Window" does, and waits until it is drawn. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Waits until the editor has kept something that `pattern` finds for after a reload. It does so every few seconds, when it has time. */
  async kept(pattern: RegExp): Promise<void> {
    await waitFor(`the editor to keep ${String(pattern)}`, LIMIT_MS, async () => pattern.test(await this.page.evaluate<string>(STORED_STATE)));
  }

  /** Errors on the page's console and in its frames so far, a breach of a webview's CSP among them. */
  consoleErrors(): readonly string[] {
    return [...this.#errors];
  }

  /** The status bar item that shows `text` (a part of it is enough). */
  async statusItem(text: string | RegExp): Promise<Locator> {
    const item = this.page.locator('.statusbar-item', { hasText: typeof text === 'string' ? spaceless(text) : text }).first();
    await item.waitFor();
    return item;
  }

  /** What that item shows, with plain spaces. */
  async statusText(text: string | RegExp): Promise<string> {
    return plainText((await (await this.statusItem(text)).textContent()) ?? '');
  }

  /** Rests the mouse on a status bar item; gives its tooltip. */
  async tooltip(text: string | RegExp): Promise<Locator> {
    const item = await this.statusItem(text);
    const hover = this.page.locator('.monaco-hover:visible').last();
    await waitFor('the tooltip', LIMIT_MS, async () => {
      await this.page.mouse.move(400, 300);
      await item.hover();
      await hover.waitFor({ timeout: 3_000 });
      return true;
    });
    return hover;
  }

  /** Runs a command through the palette by its whole title, such as 'Quota Monitor: Refresh'; retries while it is not there yet. */
  async runCommand(title: string): Promise<void> {
    const row = this.page.locator('.quick-input-widget .quick-input-list .monaco-list-row', { has: this.page.getByText(title, { exact: true }) }).first();
    await waitFor(`the command "${title}"`, LIMIT_MS, async () => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('F1');
      const input = this.page.locator('.quick-input-widget input:visible').first();
      await input.waitFor({ timeout: 2_000 });
      await input.fill(`>${title}`, { timeout: 2_000 });
      await row.waitFor({ timeout: 2_000 });
      return true;
    });
    await row.click();
  }

  /** Chooses the row of the open quick pick that shows `label`. */
  async pick(label: string | RegExp): Promise<void> {
    await this.page.locator('.quick-input-widget .quick-input-list .monaco-list-row', { hasText: typeof label === 'string' ? spaceless(label) : label }).first().click();
  }

  /**
   * Types into the open input box and presses Enter.
   * @param prompt part of what the box shows (prompt or placeholder): waits for that box, so that two in a row are not mixed up
   */
  async fillInput(value: string, prompt: string | RegExp): Promise<void> {
    const input = await this.inputBox(prompt);
    await input.fill(value);
    await input.press('Enter');
  }

  /** The field of the open input box whose title, prompt or placeholder shows `prompt`. */
  async inputBox(prompt: string | RegExp): Promise<Locator> {
    const pattern = typeof prompt === 'string' ? spaceless(prompt) : prompt;
    const widget = this.page.locator('.quick-input-widget:visible').first();
    const input = widget.locator('input:visible').first();
    await waitFor(`an input box for ${String(prompt)}`, LIMIT_MS, async () => {
      await input.waitFor({ timeout: 1_000 });
      return pattern.test(`${await widget.innerText()} ${(await input.getAttribute('placeholder')) ?? ''} ${(await input.getAttribute('aria-label')) ?? ''}`);
    });
    return input;
  }

  /** The toast that shows `text`. Its buttons: `(await toast('…')).getByRole('button', { name: 'Yes' })`. */
  async toast(text: string | RegExp): Promise<Locator> {
    const toast = this.page.locator('.notifications-toasts .notification-list-item', { hasText: typeof text === 'string' ? spaceless(text) : text }).first();
    await toast.waitFor();
    return toast;
  }

  /** The inner frame of the webview whose panel has this title: query it as a page, or run axe-core in it. */
  async webview(title: string): Promise<Frame> {
    return waitFor(`the webview "${title}"`, LIMIT_MS, async () => {
      for (const frame of this.page.frames()) {
        if (frame.parentFrame()?.parentFrame() == null) continue;
        const element = await frame.frameElement();
        if ((await element.getAttribute('id')) === 'active-frame' && (await element.getAttribute('title')) === title) return frame;
      }
      return undefined;
    });
  }

  /** Writes a picture of the window, or of `clip` in it, as PNG. */
  async screenshot(file: string, clip?: Locator): Promise<void> {
    mkdirSync(path.dirname(file), { recursive: true });
    await (clip === undefined ? this.page.screenshot({ path: file }) : clip.screenshot({ path: file }));
  }

  /** Closes the window. Its extension host lives on for a while, as when a user closes a tab. */
  async close(): Promise<void> {
    await this.page.close();
  }
}

/** Runs in the page, as text since what compiles these files adds helpers to functions: the workbench's own state, of this workspace and of the profile. */
const STORED_STATE = `(async () => {
  const settled = request => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  let text = '';
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('vscode-web-state-db-')) continue;
    const database = await settled(indexedDB.open(name));
    for (const store of database.objectStoreNames) text += JSON.stringify(await settled(database.transaction(store).objectStore(store).getAll()));
    database.close();
  }
  return text;
})()`;
