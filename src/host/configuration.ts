import vscode = require('vscode');
import { localZone } from '../core/days';
import { readUserSettings, type UserSettings } from '../core/userSettings';

/** Reads the settings anew. @param report gets a sentence for each one whose value is no good. */
export function readConfiguration(report: (problem: string) => void): UserSettings {
  const configuration = vscode.workspace.getConfiguration();
  const { settings, problems } = readUserSettings({
    get: name => configuration.get<unknown>(name),
    locale: vscode.env.language,
    zone: localZone(),
  });
  problems.forEach(report);
  return settings;
}

/** Calls `listener` when a setting changed that `readConfiguration` reads. */
export function onConfigurationChange(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration(event => {
    if (event.affectsConfiguration('quotaMonitor') || event.affectsConfiguration('http')) listener();
  });
}
