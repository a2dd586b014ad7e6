/**
 * The dashboard's own page in Chromium: built by esbuild, served from loopback under the host's policy, with VS Code's side of a webview
 * played: theme tokens on the root, `acquireVsCodeApi`, and the host's own message handling over a client that records.
 */
import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { DashboardState, EngineRequestName } from '../../src/core/protocol';
import { dashboardHtml } from '../../src/host/dashboardHtml';
import { answerDashboard, dashboardHandlers, type DashboardDeps } from '../../src/host/dashboardMessages';
import { launchBrowser } from '../editor/browser';
import { SAMPLE_NOW, sampleState, sampleUsage } from './sampleSnapshot';
import { bodyClass, themeTokens, type ThemeKind } from './vscodeThemes';

const root = path.join(__dirname, '../..');

/** The transform that the tests run through marks functions by this helper, which a page does not have. */
const KEEP_NAMES = 'globalThis.__name = target => target;';

export interface OpenOptions {
  readonly theme?: ThemeKind;
  readonly width?: number;
  readonly height?: number;
  /** What the first page carries; `undefined`: the sample. */
  readonly state?: DashboardState | null;
  readonly usage?: ReturnType<typeof sampleUsage> | Error;
  /** What `getState` gives, as after a reload. */
  readonly ui?: unknown;
  readonly reducedMotion?: boolean;
  /** When a refresh ends; at once otherwise. */
  readonly refreshing?: Promise<void>;
}

/** One page that is open, and what it asked. */
export interface OpenDashboard {
  readonly page: Page;
  /** 'refresh {"accountId":null}' and the like, in order. */
  readonly asked: string[];
  /** Log lines of the host. */
  readonly logged: string[];
  /** Policy violations and page errors; should stay empty. */
  readonly troubles: string[];
  push(state: DashboardState): Promise<void>;
  setTheme(theme: ThemeKind): Promise<void>;
}

export class DashboardRig {
  private server: Server | null = null;
  private browser: Browser | null = null;
  private files = new Map<string, { type: string; body: Uint8Array | string }>();

  /** Bundles, serves and starts the browser: some seconds. */
  async start(): Promise<void> {
    const { outputFiles } = await build({
      entryPoints: [path.join(root, 'webview/main.ts')], outdir: '/', bundle: true, write: false, minify: true, format: 'esm', splitting: true,
      target: 'chrome114', chunkNames: 'chunks/[name]-[hash]', tsconfig: path.join(root, 'webview/tsconfig.json'), logLevel: 'error',
    });
    for (const { path: file, contents } of outputFiles) this.files.set(file, { type: 'text/javascript', body: contents });
    const font = await readFile(path.join(root, 'node_modules/@vscode/codicons/dist/codicon.ttf'));
    this.files.set('/codicon.ttf', { type: 'font/ttf', body: font });
    this.files.set('/favicon.ico', { type: 'image/x-icon', body: '' });
    this.server = createServer((request, response) => {
      const file = this.files.get(new URL(request.url ?? '/', 'http://loopback').pathname);
      response.writeHead(file === undefined ? 404 : 200, { 'content-type': file?.type ?? 'text/plain' }).end(file?.body);
    });
    await new Promise<void>(resolve => this.server?.listen(0, '127.0.0.1', resolve));
    this.browser = await launchBrowser();
  }

  async stop(): Promise<void> {
    await this.browser?.close();
    this.server?.closeAllConnections();
    await new Promise<void>(resolve => (this.server === null ? resolve() : this.server.close(() => resolve())));
  }

  get origin(): string {
    const address = this.server?.address() as AddressInfo | null | undefined;
    if (address == null) throw new Error('The rig is not started');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Serves a file from now on. @returns its address. */
  serve(body: string, file = '/', type = 'text/html'): string {
    this.files.set(file, { type, body });
    return `${this.origin}${file}`;
  }

  /** A blank page with VS Code's side of a webview in it, in a context of its own. */
  async newPage({ theme = 'dark', width = 1000, height = 900, reducedMotion = true, ui = null }: OpenOptions = {}): Promise<Page> {
    if (this.browser === null) throw new Error('The rig is not started');
    const context = await this.browser.newContext({ viewport: { width, height }, reducedMotion: reducedMotion ? 'reduce' : 'no-preference' });
    const page = await context.newPage();
    await page.addInitScript({ content: KEEP_NAMES });
    await page.addInitScript(playVsCode, { tokens: themeTokens[theme], bodyClass: bodyClass[theme], ui });
    return page;
  }

  /** Bytes of the served bundle by name. */
  sizes(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.files].map(([name, { body }]) => [name, body.length]));
  }

  async open(options: OpenOptions = {}): Promise<OpenDashboard> {
    const { usage = sampleUsage() } = options;
    const state = options.state === undefined ? sampleState() : options.state;
    const page = await this.newPage(options);
    const open = await this.play(page, usage, () => state, options.refreshing);
    await page.clock.install({ time: SAMPLE_NOW });
    await page.goto(this.serve(dashboardHtml({ cspSource: this.origin, nonce: 'bm9uY2U', scriptUri: `${this.origin}/main.js`, state })));
    await page.evaluate(async () => document.fonts.load('16px codicon'));
    return open;
  }

  /** The host's side of the page. */
  private async play(page: Page, usage: ReturnType<typeof sampleUsage> | Error, state: () => DashboardState | null, refreshing?: Promise<void>): Promise<OpenDashboard> {
    const asked: string[] = [];
    const logged: string[] = [];
    const troubles: string[] = [];
    const deliver = async (frame: unknown): Promise<void> => page.evaluate(data => window.postMessage(data, '*'), frame);
    const deps: DashboardDeps = {
      client: {
        request: async (name: EngineRequestName, params: unknown) => {
          asked.push(`${name} ${JSON.stringify(params)}`);
          if (name === 'refresh') await refreshing;
          if (usage instanceof Error) throw usage;
          return (name === 'usage' ? usage : {}) as never;
        },
      },
      runCommand: async (name, accountId) => { asked.push(`${name} ${accountId}`); },
      log: line => logged.push(line),
    };
    const handlers = dashboardHandlers(deps, () => {
      const current = state();
      if (current !== null) void deliver({ type: 'event', name: 'state', data: current });
    });
    await page.exposeFunction('hostReceives', async (message: unknown) => {
      const reply = await answerDashboard(message, handlers, deps.log);
      if (reply !== null) await deliver(reply);
    });
    page.on('pageerror', error => troubles.push(String(error)));
    page.on('console', message => { if (message.type() === 'error') troubles.push(message.text()); });
    return {
      page, asked, logged, troubles,
      push: data => deliver({ type: 'event', name: 'state', data }),
      setTheme: theme => page.evaluate(changeTheme, { tokens: themeTokens[theme], bodyClass: bodyClass[theme] }),
    };
  }
}

interface Played {
  readonly tokens: Readonly<Record<string, string>>;
  readonly bodyClass: string;
}

/** Runs in the page, before anything else. */
function playVsCode({ tokens, bodyClass: className, ui }: Played & { readonly ui: unknown }): void {
  let kept: unknown = ui;
  const page = window as unknown as { hostReceives(message: unknown): void; acquireVsCodeApi(): unknown; keptUi(): unknown };
  page.keptUi = () => kept;
  page.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => page.hostReceives(message), getState: () => kept, setState: (next: unknown) => { kept = next; },
  });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:root { ${Object.entries(tokens).map(([name, value]) => `--vscode-${name}: ${value};`).join(' ')} }
    @layer vscode-default { html { scrollbar-color: #888 transparent } body { margin: 0; padding: 0 20px; background: var(--vscode-editor-background) } }`);
  document.adoptedStyleSheets.push(sheet);
  document.addEventListener('DOMContentLoaded', () => { document.body.className = className; });
}

/** Runs in the page. */
function changeTheme({ tokens, bodyClass: className }: Played): void {
  document.documentElement.removeAttribute('style');
  for (const [name, value] of Object.entries(tokens)) document.documentElement.style.setProperty(`--vscode-${name}`, value);
  document.body.className = className;
}
