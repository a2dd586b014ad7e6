import vscode = require('vscode');
import { UserError } from './monitor';

/**
 * Opens what the engine wrote down on how to point tools at its receiver, with the token in it.
 * @param storage the extension's global storage folder. @throws {UserError} when nothing is received.
 */
export async function showTelemetrySetup(storage: vscode.Uri): Promise<void> {
  const guide = vscode.Uri.joinPath(storage, 'otlp', 'setup.md');
  const written = await vscode.workspace.fs.stat(guide).then(() => true, () => false);
  if (!written || vscode.workspace.getConfiguration('quotaMonitor').get('otlp.enabled') !== true) {
    throw new UserError(vscode.l10n.t('No telemetry is received here. Turn on the setting quotaMonitor.otlp.enabled first; should that not help, the log tells why.'));
  }
  await vscode.window.showTextDocument(guide);
}
