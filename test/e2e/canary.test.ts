/**
 * A key that is used in every way it can go wrong, then searched for in every byte that anything wrote or shows. VS Code's own
 * secret storage is the one place that has it: in the browser that is the item `secrets.provider` of the local storage, sealed, and
 * no file at all, so no file is left out of the search.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { type Editor, type EditorWindow, startEditor, temporaryDir, vsixPath } from '../editor';
import { type Simulator, startSimulator } from '../simulators';
import { addAccount, cardShows, giveKey, inputProblem, keptSecrets, openDashboard, type StartAccount, startingWith, statusShows } from './quotaMonitor';

/** What all keys of this test have in common. */
const CORE = `canary${randomBytes(12).toString('hex')}`;
const key = (name: string): string => `sk-or-v1-${CORE}${name}`;

/** The core as bytes may hold it: plain, as UTF-16, in hex, and in base64 wherever it stands. */
const FORMS: readonly Buffer[] = [
  Buffer.from(CORE), Buffer.from(CORE, 'utf16le'), Buffer.from(Buffer.from(CORE).toString('hex')),
  ...[0, 1, 2].map(before => Buffer.from(Buffer.from(' '.repeat(before) + CORE).toString('base64').slice(before === 0 ? 0 : 4, -4))),
];
const holdsKey = (bytes: Buffer | string): boolean => FORMS.some(form => (typeof bytes === 'string' ? Buffer.from(bytes) : bytes).includes(form));

/** Paths of files below a folder that hold the key. */
function filesWithKey(folder: string): { readonly searched: number; readonly found: string[] } {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => statSync(path.join(folder, file), { throwIfNoEntry: false })?.isFile() === true);
  return { searched: files.length, found: files.filter(file => holdsKey(file) || holdsKey(readFileSync(path.join(folder, file)))) };
}

/** The VSIX as it is installed, in a folder of its own, so that what an extension writes beside itself is found. */
function unpackVsix(): string {
  const folder = temporaryDir();
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(vsixPath)))) {
    if (!name.startsWith('extension/') || name.endsWith('/')) continue;
    const file = path.join(folder, name.slice('extension/'.length));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  return folder;
}

describe('R32: the canary', () => {
  const simulators: Record<string, Simulator> = {};
  let elsewhere: Simulator;
  let extension: string;
  let editor: Editor;
  let window: EditorWindow;

  before(async () => {
    extension = unpackVsix();
    for (const name of ['Good', 'Broken', 'Refusing', 'Echo', 'Moved', 'Mine']) {
      simulators[name] = await startSimulator('openrouter', { now: Date.now, keys: { [key(name)]: 'inference' } });
    }
    elsewhere = await startSimulator('openrouter', { now: Date.now, keys: {} });
    simulators['Broken']?.fault('*', { kind: 'status', status: 500 });
    simulators['Refusing']?.fault('*', { kind: 'status', status: 401 });
    simulators['Echo']?.fault('/key', { kind: 'change', change: body => ({ data: { ...(body as { data: object }).data, label: `the key ${key('Echo')}` } }) });
    simulators['Moved']?.fault('*', { kind: 'redirect', to: elsewhere.baseUrl.replace('127.0.0.1', 'localhost'), status: 307 });
    const accounts = ['Good', 'Broken', 'Refusing', 'Echo', 'Moved'].map((alias): StartAccount =>
      ({ providerId: 'openrouter', alias, options: { baseUrl: simulators[alias]?.baseUrl ?? '' }, secret: key(alias) }));
    editor = await startEditor({ extension: { folder: extension }, env: startingWith(accounts), settings: { 'quotaMonitor.statusBar.maxParts': 10 } });
    window = await editor.openWindow();
  });
  after(async () => {
    await editor?.close();
    for (const simulator of [...Object.values(simulators), elsewhere]) await simulator?.close();
  });

  const sent = (name: string): boolean => simulators[name]?.requests.some(({ headers }) => headers.authorization === `Bearer ${key(name)}`) === true;

  it('is used, and refused, echoed and sent elsewhere', async () => {
    await statusShows(window, /Good 26% used/);
    await openDashboard(window);
    for (const [alias, why] of [
      ['Good', /OK/], ['Broken', /HTTP 500/], ['Refusing', /does not accept the key \(HTTP 401\)/], ['Echo', /sent the key back/], ['Moved', /redirects to another address/],
    ] as const) {
      await cardShows(window, alias, why);
      assert.ok(sent(alias), alias);
    }
  });

  it('is typed in wrong, then right', async () => {
    await addAccount(window, { provider: 'OpenRouter', alias: 'Mine', key: key('Wrong'), baseUrl: simulators['Mine']?.baseUrl ?? '' });
    await inputProblem(window, /Wrong key/);
    await giveKey(window, key('Mine'), simulators['Mine']?.baseUrl ?? '');
    await cardShows(window, 'Mine', /26% used/);
    assert.ok(sent('Mine'));
  });

  it('lies in the secret storage', async () => {
    const kept = Object.values(await keptSecrets(window)).filter(holdsKey);
    assert.deepEqual(kept.sort(), ['Broken', 'Echo', 'Good', 'Mine', 'Moved', 'Refusing'].map(key));
  });

  it('is never sent where a redirect leads', () => {
    assert.deepEqual(elsewhere.requests.map(({ headers }) => headers.authorization ?? headers['x-api-key']), []);
  });

  it('is in no file of the profile, the logs, the home, the workspace and the extension', () => {
    const profile = filesWithKey(path.dirname(editor.userDataDir));
    assert.deepEqual(profile.found, []);
    assert.ok(profile.searched > 20, `${profile.searched} files`);
    assert.deepEqual(filesWithKey(extension).found, []);
    assert.match(editor.logs(), /Broken: OpenRouter has trouble/);
    assert.equal(holdsKey(editor.logs()), false);
  });

  it('is on no page, and in nothing that the browser keeps', async () => {
    const frames = window.page.frames();
    assert.ok(frames.length >= 3, `${frames.length} frames`);
    for (const frame of frames) {
      assert.equal(holdsKey(await frame.content()), false, frame.url());
      assert.equal(holdsKey(frame.url()), false);
    }
    const dashboard = await window.webview('Quota Monitor');
    assert.match(await dashboard.content(), /id="state"/);
    const kept = await window.page.evaluate(keptByBrowser);
    assert.ok(kept.some(entry => entry.startsWith('local storage secrets.provider')));
    assert.deepEqual(kept.filter(holdsKey), []);
    assert.deepEqual(window.consoleErrors().filter(holdsKey), []);
  });

  it('is in nothing that the command line prints or keeps', async () => {
    const state = temporaryDir();
    const accounts = ['Good', 'Broken', 'Echo', 'Moved'].flatMap(name => ['--account', `openrouter:${name}@${simulators[name]?.baseUrl}`]);
    const keys = Object.fromEntries(['Good', 'Broken', 'Echo', 'Moved'].map(name => [`QUOTA_MONITOR_KEY_${name.toUpperCase()}`, key(name)]));
    for (const format of [['--json'], []]) {
      const args = [path.join(extension, 'dist', 'cli.js'), 'snapshot', ...format, ...accounts, '--state', state];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...keys, HOME: temporaryDir() } });
      assert.match(stdout, format.length > 0 ? /"label":"Key limit/ : /Key limit \(monthly\): 26% used/);
      assert.match(stdout, /HTTP 500/);
      assert.equal(holdsKey(stdout + stderr), false);
    }
    assert.deepEqual(filesWithKey(state).found, []);
  });

  it('is found where it is', () => {
    const folder = temporaryDir();
    for (const [i, text] of [key('x'), Buffer.from(` ${key('x')}`).toString('base64'), Buffer.from(key('x')).toString('hex'), Buffer.from(key('x'), 'utf16le')].entries()) {
      writeFileSync(path.join(folder, String(i)), text);
    }
    assert.deepEqual(filesWithKey(folder).found, ['0', '1', '2', '3']);
  });
});

/** In the page: every entry of the local and session storage, and of all databases. */
async function keptByBrowser(): Promise<string[]> {
  const found: string[] = [];
  for (const [name, storage] of [['local', localStorage], ['session', sessionStorage]] as const) {
    for (let i = 0; i < storage.length; i++) found.push(`${name} storage ${storage.key(i)} ${storage.getItem(storage.key(i) ?? '')}`);
  }
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name ?? '');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error(`${name} does not open`));
    });
    for (const store of database.objectStoreNames) {
      const values = await new Promise<unknown[]>((resolve, reject) => {
        const request = database.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => resolve(request.result as unknown[]);
        request.onerror = () => reject(new Error(`${store} cannot be read`));
      });
      found.push(...values.map(value => `${name} ${store} ${JSON.stringify(value)}`));
    }
    database.close();
  }
  return found;
}
