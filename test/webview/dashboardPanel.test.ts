/** The panel over a pretend `vscode` that has only what the panel may use. */
import assert from 'node:assert/strict';
import { build } from 'esbuild';
import path from 'node:path';
import type { DashboardState } from '../../src/core/protocol';
import type { DashboardPanel } from '../../src/host/dashboard';
import { sampleSnapshot, sampleState } from '../support/sampleSnapshot';

type Listener = (event?: unknown) => unknown;
interface Delivery { readonly message: { type: string; name?: string; data?: DashboardState }; arrive(): void }

function pretendPanel() {
  const listeners: Record<'message' | 'view' | 'dispose', Listener[]> = { message: [], view: [], dispose: [] };
  const sent: Delivery[] = [];
  const listen = (kind: keyof typeof listeners) => (listener: Listener) => {
    listeners[kind].push(listener);
    return { dispose: () => { listeners[kind] = listeners[kind].filter(each => each !== listener); } };
  };
  const panel = {
    visible: true, revealed: 0, disposed: false, pages: [] as string[], sent, listeners,
    reveal() { panel.revealed++; },
    dispose() { panel.disposed = true; for (const listener of listeners.dispose) listener(); },
    onDidDispose: listen('dispose'), onDidChangeViewState: listen('view'),
    webview: {
      options: {} as { localResourceRoots?: { path: string }[]; enableScripts?: boolean }, cspSource: 'https://webview.test', onDidReceiveMessage: listen('message'),
      set html(html: string) { panel.pages.push(html); },
      asWebviewUri: (uri: { path: string }) => ({ toString: () => `https://webview.test${uri.path}` }),
      postMessage: (message: Delivery['message']) => new Promise<boolean>(resolve => sent.push({ message, arrive: () => resolve(true) })),
    },
    say: async (method: string) => { for (const listener of listeners.message) void listener({ type: 'request', id: 1, method, params: {} }); await settle(); },
    states: () => sent.filter(({ message }) => message.type === 'event').map(({ message }) => message.data?.snapshot?.madeAt),
    async show(visible: boolean) { panel.visible = visible; for (const listener of listeners.view) listener(); await settle(); },
  };
  return panel;
}
const settle = () => new Promise<void>(resolve => setImmediate(resolve));
const at = (madeAt: number) => sampleState({ snapshot: sampleSnapshot({ madeAt, accounts: [] }) });

describe('The dashboard panel', () => {
  let code = '';
  let panels: ReturnType<typeof pretendPanel>[];
  let dashboard: DashboardPanel;

  before(async () => {
    const { outputFiles } = await build({
      entryPoints: [path.join(__dirname, '../../src/host/dashboard.ts')], bundle: true, write: false, platform: 'node', format: 'cjs', external: ['vscode'],
    });
    code = outputFiles[0]?.text ?? '';
  });

  beforeEach(() => {
    panels = [];
    const vscode = {
      ViewColumn: { Active: -1 },
      Uri: { joinPath: (uri: { path: string }, ...parts: string[]) => ({ path: [uri.path, ...parts].join('/') }) },
      window: {
        createWebviewPanel: () => { const panel = pretendPanel(); panels.push(panel); return panel; },
      },
    };
    const module = { exports: {} as { DashboardPanel: new (deps: unknown) => DashboardPanel } };
    new Function('module', 'exports', 'require', code)(module, module.exports, (name: string) => (name === 'vscode' ? vscode : require(name)));
    dashboard = new module.exports.DashboardPanel({
      extensionUri: { path: '/ext' }, client: { request: async () => ({}) }, runCommand: async () => undefined, log: () => undefined,
    });
  });

  const open = () => { dashboard.show(); return panels[0]!; };

  it('opens once in a window and is brought to the front after that', () => {
    const panel = open();
    dashboard.show();
    assert.deepEqual([panels.length, panel.revealed], [1, 1]);
    panel.dispose();
    dashboard.show();
    assert.equal(panels.length, 2);
  });

  it('may load from dist/webview alone', () => {
    assert.deepEqual(open().webview.options.localResourceRoots, [{ path: '/ext/dist/webview' }]);
  });

  it('carries the state in its first page and pushes nothing before the page listens', async () => {
    dashboard.update(at(1));
    const panel = open();
    dashboard.update(at(2));
    assert.match(panel.pages[0] ?? '', /"madeAt":1/);
    assert.deepEqual(panel.sent, []);
    await panel.say('ready');
    assert.deepEqual(panel.states(), [2]);
  });

  it('sends one state at a time and then the newest', async () => {
    const panel = open();
    dashboard.update(at(1));
    await panel.say('ready');
    for (const time of [2, 3, 4]) dashboard.update(at(time));
    assert.deepEqual(panel.states(), [1]);
    for (const { arrive } of panel.sent) arrive();
    await settle();
    assert.deepEqual(panel.states(), [1, 4]);
  });

  it('sends nothing while hidden, and the newest when the page is back', async () => {
    const panel = open();
    dashboard.update(at(1));
    await panel.say('ready');
    await panel.show(false);
    for (const { arrive } of panel.sent) arrive();
    dashboard.update(at(2));
    dashboard.update(at(3));
    await settle();
    assert.deepEqual(panel.states(), [1]);
    assert.match(panel.pages[1] ?? '', /id="state">null</);
    await panel.show(true);
    await panel.say('ready');
    assert.deepEqual(panel.states(), [1, 3]);
  });

  it('is restored after a reload, in place of a tab that is open', async () => {
    const first = open();
    const restored = pretendPanel();
    dashboard.adopt(restored as never);
    assert.equal(first.disposed, true);
    dashboard.update(at(5));
    await restored.say('ready');
    assert.deepEqual(restored.states(), [5]);
    assert.equal(restored.webview.options.enableScripts, true);
  });

  it('leaves its tab to the next session when the extension ends, and listens no more', () => {
    const panel = open();
    dashboard.dispose();
    dashboard.dispose();
    assert.deepEqual([panel.disposed, panel.listeners.message.length, panel.listeners.view.length], [false, 0, 0]);
  });
});
