/** The host's bundle in a bare Node with a pretend `vscode`: what it holds, and what it does before and during activation. */
import assert from 'node:assert/strict';
import { build, type Metafile } from 'esbuild';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { STORED_SNAPSHOT } from '../src/core/glance';
import { storedText } from '../src/core/storedSnapshot';
import { sampleAccount, sampleFigure, sampleMeter, sampleSnapshot } from './support/sampleSnapshot';
import { useTempDir } from './support/tempDir';

const root = path.resolve(__dirname, '..');
const nodeRequire = createRequire(__filename);

interface World {
  readonly module: { exports: { activate(context: unknown): unknown; deactivate(): unknown } };
  /** The item of the status bar, and all that it has said. */
  readonly item: { text: string };
  readonly texts: string[];
  /** Parts of `Intl` that were asked for. */
  readonly intl: string[];
  /** Modules asked for, and what was done that touches a file, a process or a thread. */
  readonly required: string[];
  readonly deeds: string[];
}

/** Anything that is asked of it gives itself; calls are answered with itself too. */
function pretend(answers: Readonly<Record<string, unknown>> = {}): unknown {
  const target = function target() { /* callable and constructible */ };
  const self: unknown = new Proxy(target, {
    get: (_, key) => (typeof key === 'string' && key in answers ? answers[key] : key === Symbol.toPrimitive ? () => '' : key === 'then' ? undefined : self),
    set: () => true,
    apply: () => self,
    construct: () => self as object,
  });
  return self;
}

/**
 * Loads the bundle with a `require` that records, and a `process` on which Electron's own properties throw.
 * @param window what `vscode.window` answers otherwise than usual.
 */
function load(code: string, window: Readonly<Record<string, unknown>> = {}): World {
  const world: World = { module: { exports: {} as World['module']['exports'] }, required: [], deeds: [], intl: [], texts: [], item: { get text() { return world.texts.at(-1) ?? ''; }, set text(text: string) { world.texts.push(text); } } };
  const names = ['commands', 'Uri', 'MarkdownString', 'StatusBarAlignment', 'ViewColumn', 'ProgressLocation', 'ThemeColor', 'ThemeIcon', 'QuickInputButtons'];
  const vscode = {
    ...Object.fromEntries(names.map(name => [name, pretend()])),
    window: pretend({ createStatusBarItem: () => Object.assign(world.item, { show() { /* drawn */ }, hide() { /* gone */ }, dispose() { /* gone */ } }), ...window }),
    workspace: pretend({ getConfiguration: () => ({ get: () => undefined }) }),
    env: pretend({ language: 'en' }),
    l10n: { t: (text: string) => text },
    ExtensionMode: { Production: 1, Development: 2, Test: 3 },
    EventEmitter: class {
      listeners: ((data: unknown) => void)[] = [];
      event = (listener: (data: unknown) => void) => { this.listeners.push(listener); return { dispose() { /* heard to the end */ } }; };
      fire(data: unknown) { for (const listener of this.listeners) listener(data); }
      dispose() { /* nothing to end */ }
    },
    Disposable: { from: () => ({ dispose() { /* nothing to end */ } }) },
  };
  class Worker {
    constructor() { world.deeds.push('worker'); }
    on() { /* never says anything */ }
    postMessage() { /* nobody there */ }
    terminate() { /* never lived */ }
  }
  const watched = (name: string): unknown => new Proxy(nodeRequire(name) as object, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? (...args: unknown[]) => (world.deeds.push(`${name}.${String(key)}`), (value as (...args: unknown[]) => unknown)(...args)) : value;
    },
  });
  const require = (name: string): unknown => {
    world.required.push(name);
    const plain = name.replace(/^node:/, '');
    if (plain === 'vscode') return vscode;
    if (plain === 'worker_threads') return { Worker };
    return ['path', 'url', 'os', 'crypto'].includes(plain) ? nodeRequire(name) : watched(name);
  };
  const process = new Proxy(globalThis.process, {
    get: (target, key) => {
      if (['resourcesPath', 'type', 'getSystemVersion'].includes(String(key))) throw new Error(`process.${String(key)} is Electron's`);
      return Reflect.get(target, key) as unknown;
    },
  });
  const intl = new Proxy(Intl, {
    get: (target, key) => {
      world.intl.push(String(key));
      return Reflect.get(target, key) as unknown;
    },
  });
  new Function('require', 'module', 'exports', 'process', 'Intl', code)(require, world.module, world.module.exports, process, intl);
  return world;
}

const context = (storage = '/nowhere'): unknown => pretend({
  subscriptions: [], asAbsolutePath: (file: string) => file, globalStorageUri: { fsPath: storage }, extensionUri: {}, extension: { id: 'x' }, extensionMode: 1,
});

describe('the extension host bundle', () => {
  let code = '';
  let metafile: Metafile;
  const dir = useTempDir();
  before(async () => {
    const result = await build({
      absWorkingDir: root, entryPoints: ['src/extension.ts'], bundle: true, platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'],
      mainFields: ['module', 'main'], minify: true, metafile: true, write: false, logLevel: 'error',
    });
    ({ metafile } = result);
    code = result.outputFiles[0]?.text ?? '';
  });

  it('holds neither sql.js, classic zod, Chart.js nor Lit', () => {
    const heavy = /node_modules\/(?:sql\.js|chart\.js|lit|lit-html)\/|node_modules\/zod\/v4\/classic\//;
    assert.deepEqual(Object.keys(metafile.inputs).filter(file => heavy.test(file)), []);
  });

  it('stays below 150 KB', () => assert.ok(code.length < 150_000, `${code.length} bytes`));

  it('R37: loads, activates and starts the engine where Electron is not', async () => {
    const { module, item, deeds } = load(code);
    assert.equal(typeof module.exports.activate, 'function');
    assert.doesNotThrow(() => module.exports.activate(context()));
    for (let turn = 0; turn < 100 && !deeds.includes('worker') && !item.text.includes('error'); turn++) await new Promise(resolve => setTimeout(resolve, 5));
    assert.ok(deeds.includes('worker'), item.text);
  });

  it('R29: reads no file and starts no engine before activation has returned', async () => {
    const world = load(code);
    assert.equal(world.deeds.length, 0, 'while loading');
    world.module.exports.activate(context());
    assert.equal(world.deeds.length, 0, 'while activating');
    for (let turn = 0; turn < 100 && !world.deeds.includes('worker'); turn++) await new Promise(resolve => setTimeout(resolve, 5));
    assert.deepEqual(
      [...world.deeds].sort(), ['node:fs.openSync', 'node:fs/promises.lstat', 'node:fs/promises.lstat', 'worker'],
      'after that a look at the last snapshot and for another window, the engine, and nothing else',
    );
  });

  it('P14: shows the values of the last snapshot with their age right after activation has returned, without Intl', async () => {
    const takenAt = Date.now() - 20 * 60_000;
    const storage = dir();
    const meters = [sampleMeter({ used: 42, ratio: 0.42, trueAt: takenAt, resetsAt: null })];
    const snapshot = sampleSnapshot({ madeAt: Date.now(), zone: 'Europe/Berlin', accounts: [sampleAccount({ id: 'a-1', alias: 'Work', takenAt, meters, today: sampleFigure({ dayZone: 'Europe/Berlin' }) })] });
    writeFileSync(path.join(storage, STORED_SNAPSHOT), storedText(snapshot) ?? '');
    const { module, item, intl, required } = load(code);
    module.exports.activate(context(storage));
    assert.equal(item.text, '', 'activation waits for no file');
    await Promise.resolve();
    assert.match(item.text, /42% used \(20 min\) · \$3\.21/);
    assert.deepEqual(intl, []);
    assert.deepEqual(required.filter(name => !['vscode', 'node:path', 'node:fs'].includes(name)), []);
  });

  it('shows no last values on when the rest cannot be started', async () => {
    const storage = dir();
    writeFileSync(path.join(storage, STORED_SNAPSHOT), storedText(sampleSnapshot({ madeAt: Date.now() })) ?? '');
    const { module, item, texts } = load(code, { createOutputChannel: () => { throw new Error('no channel'); } });
    module.exports.activate(context(storage));
    for (let turn = 0; turn < 100 && texts.length < 2; turn++) await new Promise(resolve => setTimeout(resolve, 5));
    assert.equal(item.text, '$(error) Quota Monitor');
  });

  it('shows the last values on as what is loaded later reads them whole', async () => {
    const now = Date.now();
    const storage = dir();
    writeFileSync(path.join(storage, STORED_SNAPSHOT), storedText(sampleSnapshot({ madeAt: now, accounts: [sampleAccount({ id: 'a-1', alias: 'Work', takenAt: now })] })) ?? '');
    const { module, texts, deeds } = load(code);
    const api = module.exports.activate(context(storage)) as { snapshot(): { accounts: { id: string }[] } | null };
    for (let turn = 0; turn < 100 && !deeds.includes('worker'); turn++) await new Promise(resolve => setTimeout(resolve, 5));
    assert.equal(texts.length, 1, texts.join(' | '));
    assert.match(texts[0] ?? '', /Work/);
    assert.equal(api.snapshot()?.accounts[0]?.id, 'a-1');
  });
});
