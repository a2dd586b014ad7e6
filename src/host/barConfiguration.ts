import vscode = require('vscode');
import { readBarSettings, type BarSettings } from '../core/barSettings';

/** What the status bar needs, for a start: `readConfiguration` tells what is wrong in it. */
export function readBarConfiguration(): BarSettings {
  const configuration = vscode.workspace.getConfiguration();
  return readBarSettings({ get: name => configuration.get<unknown>(name), locale: vscode.env.language }).settings;
}
