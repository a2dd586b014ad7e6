import { homedir } from 'node:os';
import vscode = require('vscode');
import { UserError } from './monitor';
import { ask, inform, warn } from './notifications';

/** A kind of file, for the dialogs. */
export interface FileKind {
  /** For people. */
  readonly label: string;
  /** Without the dot. */
  readonly extension: string;
}

export interface Pick<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** What a task that takes its time shows. */
export interface ProgressBar {
  /** 0 to 100; never falls. */
  report(percent: number): void;
  readonly cancelled: boolean;
  onCancel(listener: () => void): vscode.Disposable;
}

/** The questions that the commands on the history ask; tests answer them without a person. */
export interface HistoryUi {
  /** The path of the chosen file; null: cancelled. */
  saveFile(title: string, name: string, kind: FileKind): Promise<string | null>;
  openFile(title: string, kind: FileKind): Promise<string | null>;
  /** Null: cancelled. */
  pickOne<T>(title: string, items: readonly Pick<T>[]): Promise<T | null>;
  pickMany<T>(title: string, items: readonly Pick<T>[]): Promise<readonly T[] | null>;
  /** The chosen button of a modal warning; null: cancelled. */
  confirm(message: string, detail: string, ...buttons: readonly string[]): Promise<string | null>;
  progress<T>(title: string, run: (bar: ProgressBar) => Promise<T>): Promise<T>;
  inform(message: string): void;
  warn(message: string): void;
}

/** A modal message is no place for hundreds of lines. */
const MAX_LINES = 20;
export const bulletList = (items: readonly string[]): readonly string[] => [
  ...items.slice(0, MAX_LINES).map(item => `• ${item}`), ...(items.length > MAX_LINES ? [vscode.l10n.t('• and {0} more', items.length - MAX_LINES)] : []),
];

export const vscodeUi: HistoryUi = {
  saveFile: async (title, name, { label, extension }) => {
    const defaultUri = vscode.Uri.joinPath(vscode.Uri.file(homedir()), `${name}.${extension}`);
    return onDisk(await vscode.window.showSaveDialog({ title, defaultUri, filters: { [label]: [extension] } }));
  },
  openFile: async (title, { label, extension }) =>
    onDisk((await vscode.window.showOpenDialog({ title, canSelectMany: false, filters: { [label]: [extension] } }))?.[0]),
  pickOne: async (title, items) => (await vscode.window.showQuickPick(items, { title, ignoreFocusOut: true }))?.value ?? null,
  pickMany: async (title, items) => {
    const ask = (hint: vscode.QuickPickOptions) => vscode.window.showQuickPick(items, { title, ignoreFocusOut: true, ...hint, canPickMany: true });
    let chosen = await ask({});
    while (chosen?.length === 0) chosen = await ask({ placeHolder: vscode.l10n.t('Tick at least one') });
    return chosen?.map(({ value }) => value) ?? null;
  },
  confirm: async (message, detail, ...buttons) => await ask(message, detail, ...buttons) ?? null,
  progress: async (title, run) => vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, (bar, cancellation) => {
    let shown = 0;
    return run({
      report: percent => {
        bar.report({ increment: percent - shown, message: `${Math.floor(percent)} %` });
        shown = percent;
      },
      get cancelled() { return cancellation.isCancellationRequested; },
      onCancel: listener => cancellation.onCancellationRequested(listener),
    });
  }),
  inform: message => void inform(message),
  warn: message => void warn(message),
};

/** @throws {UserError} for a place that only the editor can reach. */
function onDisk(uri: vscode.Uri | undefined): string | null {
  if (uri === undefined) return null;
  if (uri.scheme !== 'file') throw new UserError(vscode.l10n.t('Choose a file on the disk of the machine that the extension runs on.'));
  return uri.fsPath;
}
