/**
 * The extension as it ships in a bare Node, with a pretended editor: what is read off this process is ours alone, where an extension
 * host burns some percent of a core by itself. Linux: CPU time comes from /proc.
 * node alone.cjs <extension> <storage> <settings as JSON> <minutes to wait> <minutes to measure>
 * Prints CPU ms per minute of each kind of thread, as JSON: { engine: [...], editor: [...], v8: [...], pushes: [...], read }.
 */
const { mkdirSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { setTimeout: wait } = require('node:timers/promises');
const { perMinute } = require('./threads.cjs');

const [extension, storage, settingsText, waitMinutes, minutes] = process.argv.slice(2);
const settings = JSON.parse(settingsText);
const nothing = { dispose() { /* nothing to end */ } };

class EventEmitter {
  listeners = new Set();
  event = listener => { this.listeners.add(listener); return nothing; };
  fire(data) { for (const listener of this.listeners) listener(data); }
  dispose() { this.listeners.clear(); }
}
const item = () => ({ show() { /* nobody sees it */ }, hide() { /* nobody sees it */ }, dispose() { /* nothing to end */ } });
const channel = { ...Object.fromEntries(['trace', 'debug', 'info', 'show', 'dispose'].map(name => [name, () => undefined])), warn: console.error, error: console.error };
const uri = file => ({ fsPath: file });
const vscode = {
  EventEmitter,
  window: { state: { focused: true }, onDidChangeWindowState: () => nothing, createStatusBarItem: item, createOutputChannel: () => channel, registerWebviewPanelSerializer: () => nothing, showInformationMessage: async () => undefined, showWarningMessage: async () => undefined },
  workspace: { getConfiguration: () => ({ get: name => settings[name] }), onDidChangeConfiguration: () => nothing, registerTextDocumentContentProvider: () => nothing, fs: { readFile: async ({ fsPath }) => readFileSync(fsPath) } },
  commands: { registerCommand: () => nothing, executeCommand: async () => undefined },
  env: { language: 'en' }, l10n: { t: text => text }, Uri: { file: uri, from: uri, joinPath: ({ fsPath }, ...parts) => uri(path.join(fsPath, ...parts)) },
  StatusBarAlignment: { Left: 1, Right: 2 }, ExtensionMode: { Production: 1, Development: 2, Test: 3 },
  MarkdownString: class { constructor(value) { this.value = value; } }, ThemeColor: class {},
};
const load = Module._load;
Module._load = function pretend(name, ...rest) { return name === 'vscode' ? vscode : load.call(this, name, ...rest); };

async function main() {
  mkdirSync(storage, { recursive: true });
  const secrets = new Map();
  const { activate, deactivate } = require(path.join(extension, 'dist/extension.js'));
  const api = activate({
    subscriptions: [], extensionMode: vscode.ExtensionMode.Production, extension: { id: 'quota-monitor.quota-monitor' }, extensionUri: uri(extension), globalStorageUri: uri(storage),
    asAbsolutePath: file => path.join(extension, file), globalState: { get: (_, instead) => instead, update: async () => undefined },
    secrets: { get: async key => secrets.get(key), store: async (key, value) => void secrets.set(key, value), delete: async key => void secrets.delete(key), onDidChange: () => nothing },
  });
  let pushes = 0;
  api.onDidChange(() => pushes++);
  await wait(Number(waitMinutes) * 60_000);
  pushes = 0;
  const counted = [];
  const result = await perMinute(Number(minutes), () => { counted.push(pushes); pushes = 0; });
  console.log(JSON.stringify({ ...result, pushes: counted, read: api.snapshot()?.accounts.filter(({ takenAt }) => takenAt !== null).length ?? 0 }));
  await deactivate();
  process.exit(0);
}
void main();
