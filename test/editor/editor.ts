/** VS Code as a user has it: a server with its own home and profile, and windows in Chromium. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { launchBrowser } from './browser';
import { extensionsDirFor } from './extensions';
import { installCodeServer } from './install';
import { freePort, type Server, startServer, temporaryDir, waitForUrl } from './processes';
import { EditorWindow } from './window';

/** What to start. Everything left out is made fresh and thrown away at the end. */
export interface EditorOptions {
  /** The extension: a VSIX to install (by default the one `npm run package` wrote) or an unpacked folder to link. */
  readonly extension?: { readonly vsix: string } | { readonly folder: string };
  /** HOME of the extension host, such as one with sample logs. */
  readonly home?: string;
  /** User settings on top of the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The folder to open. */
  readonly workspace?: string;
  /** Environment of the extension host on top of this process's. */
  readonly env?: Readonly<Record<string, string>>;
  /** A profile kept from an earlier editor (its `userDataDir`), to see what survives a restart. It is not deleted. */
  readonly userDataDir?: string;
  /** The browser's profile, which keeps the key of SecretStorage (`browserState()` of an earlier editor). */
  readonly browserState?: BrowserState;
  /** Device pixels per CSS pixel, for pictures; 1 by default. */
  readonly scale?: number;
  /** Port to ask for; a free one otherwise. */
  readonly port?: number;
}

/** Cookies and local storage of the browser. */
export type BrowserState = Awaited<ReturnType<BrowserContext['storageState']>>;

/** How a new window looks. */
export interface WindowOptions {
  readonly width?: number;
  readonly height?: number;
}

/** Quiet enough for tests and clean enough for pictures. */
const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'git.enabled': false,
  'window.restoreWindows': 'none',
};

const open = new Set<Editor>();

/** The editors that are open now: what to photograph when a test fails. */
export const openEditors: ReadonlySet<Editor> = open;

/** A running VS Code. Close it, or its server and browser live as long as this process. */
export class Editor {
  readonly windows: EditorWindow[] = [];
  #browser: Browser | undefined;
  #context: BrowserContext | undefined;

  private constructor(
    /** The address of the server, with the workspace open. */
    readonly url: string,
    readonly home: string,
    readonly workspace: string,
    /** The profile: `User/settings.json`, `User/globalStorage`, `logs`. */
    readonly userDataDir: string,
    private readonly server: Server,
    private readonly scratch: string,
    private readonly state: BrowserState | undefined,
    private readonly scale: number,
  ) {}

  /** Use `startEditor`. */
  static async start(options: EditorOptions): Promise<Editor> {
    const { entry } = installCodeServer();
    const scratch = temporaryDir();
    const home = options.home ?? path.join(scratch, 'home');
    const workspace = options.workspace ?? path.join(scratch, 'workspace');
    const userDataDir = options.userDataDir ?? path.join(scratch, 'ud');
    for (const folder of [home, workspace, path.join(userDataDir, 'User')]) mkdirSync(folder, { recursive: true });
    writeSettings(path.join(userDataDir, 'User', 'settings.json'), options.settings);
    const port = await freePort(options.port);
    const server = startServer(entry, [
      '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`,
      '--user-data-dir', userDataDir, '--extensions-dir', extensionsDirFor(options.extension, scratch),
      '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', '--disable-getting-started-override',
      workspace,
    ], { HOME: home, USERPROFILE: home, ...options.env });
    const url = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}`;
    const editor = new Editor(url, home, workspace, userDataDir, server, scratch, options.browserState, options.scale ?? 1);
    open.add(editor);
    try {
      await waitForUrl(`http://127.0.0.1:${port}/healthz`, server);
    } catch (error) {
      await editor.close();
      throw error;
    }
    return editor;
  }

  /** Global storage of an extension, by default Quota Monitor's. */
  globalStorageDir(extensionId = 'quota-monitor.quota-monitor'): string {
    return path.join(this.userDataDir, 'User', 'globalStorage', extensionId);
  }

  /** Opens a window and waits until the workbench is drawn. The second one is a second window with its own extension host. */
  async openWindow({ width = 1280, height = 800 }: WindowOptions = {}): Promise<EditorWindow> {
    this.#browser ??= await launchBrowser();
    this.#context ??= await this.#browser.newContext({ deviceScaleFactor: this.scale, ...(this.state === undefined ? {} : { storageState: this.state }) });
    const page = await this.#context.newPage();
    await page.setViewportSize({ width, height });
    const window = new EditorWindow(page);
    this.windows.push(window);
    page.on('close', () => this.windows.splice(this.windows.indexOf(window), 1));
    await page.goto(this.url);
    await window.ready();
    return window;
  }

  /** Cookies and local storage, for the `browserState` of a later editor on the same port. */
  async browserState(): Promise<BrowserState> {
    if (this.#context === undefined) throw new Error('No window was opened');
    return this.#context.storageState();
  }

  /** All logs as one text: the server's output, then every file of the extension hosts (output channels among them). */
  logs(): string {
    const folder = path.join(this.userDataDir, 'logs');
    const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.log')) : [];
    return [this.server.output(), ...files.map(file => `--- ${file}\n${readFileSync(path.join(folder, file), 'utf8')}`)].join('\n');
  }

  /** Ends the windows, the browser and the server's whole process group; deletes what was made for this editor. */
  async close(): Promise<void> {
    open.delete(this);
    await this.#browser?.close();
    await this.server.stop();
    rmSync(this.scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What a kept profile says stays, unless the caller says otherwise. */
function writeSettings(file: string, settings: EditorOptions['settings']): void {
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {};
  writeFileSync(file, JSON.stringify({ ...QUIET_SETTINGS, ...kept, ...settings }, null, 2));
}

/** Starts VS Code with the extension, ready for `openWindow()`. Takes 2 to 5 s. */
export async function startEditor(options: EditorOptions = {}): Promise<Editor> {
  return Editor.start(options);
}
