/** As much of an editor as the extension needs to run as it ships in a bare Node, where what is measured is ours alone. */
const { mkdirSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

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
const editor = settings => ({
  EventEmitter,
  window: { state: { focused: true }, onDidChangeWindowState: () => nothing, createStatusBarItem: item, createOutputChannel: () => channel, registerWebviewPanelSerializer: () => nothing, showInformationMessage: async () => undefined, showWarningMessage: async () => undefined },
  workspace: { getConfiguration: () => ({ get: name => settings[name] }), onDidChangeConfiguration: () => nothing, registerTextDocumentContentProvider: () => nothing, fs: { readFile: async ({ fsPath }) => readFileSync(fsPath) } },
  commands: { registerCommand: () => nothing, executeCommand: async () => undefined },
  env: { language: 'en' }, l10n: { t: text => text }, Uri: { file: uri, from: uri, joinPath: ({ fsPath }, ...parts) => uri(path.join(fsPath, ...parts)) },
  StatusBarAlignment: { Left: 1, Right: 2 }, ExtensionMode: { Production: 1, Development: 2, Test: 3 },
  MarkdownString: class { constructor(value) { this.value = value; } }, ThemeColor: class {},
});

/** Activates the extension. @returns its API, and what ends it. */
function activateAlone(extension, storage, settings) {
  const [load, vscode] = [Module._load, editor(settings)];
  Module._load = function pretend(name, ...rest) { return name === 'vscode' ? vscode : load.call(this, name, ...rest); };
  mkdirSync(storage, { recursive: true });
  const secrets = new Map();
  const { activate, deactivate } = require(path.join(extension, 'dist/extension.js'));
  const api = activate({
    subscriptions: [], extensionMode: vscode.ExtensionMode.Production, extension: { id: 'quota-monitor.quota-monitor' }, extensionUri: uri(extension), globalStorageUri: uri(storage),
    asAbsolutePath: file => path.join(extension, file), globalState: { get: (_, instead) => instead, update: async () => undefined },
    secrets: { get: async key => secrets.get(key), store: async (key, value) => void secrets.set(key, value), delete: async key => void secrets.delete(key), onDidChange: () => nothing },
  });
  return { api, deactivate };
}

/** Of the accounts, how many have been read. */
const countRead = api => api.snapshot()?.accounts.filter(({ takenAt }) => takenAt !== null).length ?? 0;

module.exports = { activateAlone, countRead };
