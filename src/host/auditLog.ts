import vscode = require('vscode');
import type { AuditEntry } from '../core/historyTools';
import type { Monitor } from './monitor';

const SCHEME = 'quota-monitor';
const PAGE = vscode.Uri.from({ scheme: SCHEME, path: '/Quota Monitor Audit Log.log' });

/** The audit log as a page that cannot be edited; showing it again reads it again. */
export class AuditPage implements vscode.Disposable, vscode.TextDocumentContentProvider {
  private text = '';
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration: vscode.Disposable;

  readonly onDidChange = this.changed.event;

  constructor(private readonly monitor: Monitor) {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  async show(): Promise<void> {
    await this.monitor.whenRunning();
    this.text = auditPageText((await this.monitor.request('auditLog', {})).entries);
    this.changed.fire(PAGE);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(PAGE), { preview: true });
  }

  provideTextDocumentContent(): string {
    return this.text;
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

/** A line an entry, the newest last; times are UTC. */
export function auditPageText(entries: readonly AuditEntry[]): string {
  if (entries.length === 0) return `${vscode.l10n.t('Nothing has been done yet.')}\n`;
  const words = wordsOf();
  const lines = entries.map(({ at, what, accountId, providerId, detail }) => [
    new Date(at).toISOString(), words[what], ...(accountId === undefined ? [] : [providerId === undefined ? accountId : `${accountId} (${providerId})`]), ...(detail === undefined ? [] : [detail]),
  ].join('  '));
  return `${lines.join('\n')}\n`;
}

const wordsOf = (): Record<AuditEntry['what'], string> => ({
  'account-added': vscode.l10n.t('Account added'),
  'account-changed': vscode.l10n.t('Account changed'),
  'account-removed': vscode.l10n.t('Account removed'),
  'key-rotated': vscode.l10n.t('Key replaced'),
  'consent-given': vscode.l10n.t('Reading allowed'),
  'history-forgotten': vscode.l10n.t('History of an account deleted'),
  'exported': vscode.l10n.t('Exported'),
  'imported': vscode.l10n.t('Imported'),
  'backed-up': vscode.l10n.t('Backed up'),
  'restored': vscode.l10n.t('Restored'),
});
