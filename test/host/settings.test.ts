import assert from 'node:assert/strict';
import vscode = require('vscode');
import { readUserSettings } from '../../src/core/userSettings';
import { extensionApi } from './extensionApi';

const configuration = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('quotaMonitor');

describe('settings', () => {
  afterEach(() => configuration().update('percent', undefined, vscode.ConfigurationTarget.Global));

  it('have the defaults of the core', () => {
    const fromEditor = readUserSettings({ get: name => vscode.workspace.getConfiguration().inspect(name)?.defaultValue, locale: 'en', zone: 'UTC' });
    assert.deepEqual(fromEditor, readUserSettings({ get: () => undefined, locale: 'en', zone: 'UTC' }));
  });

  for (const name of ['sources.standing', 'pollInterval', 'unfocusedPollFactor', 'scanThreads', 'otlp.enabled', 'otlp.port', 'retentionDays', 'notifyAt', 'warningPercent', 'criticalPercent', 'zone']) {
    it(`lets no workspace set ${name}`, async () => {
      await assert.rejects(async () => configuration().update(name, configuration().inspect(name)?.defaultValue, vscode.ConfigurationTarget.Workspace));
    });
  }

  it('lets a workspace choose the parts of the status bar', async () => {
    await configuration().update('statusBar.parts', ['spend'], vscode.ConfigurationTarget.Workspace);
    assert.deepEqual(configuration().get('statusBar.parts'), ['spend']);
    await configuration().update('statusBar.parts', undefined, vscode.ConfigurationTarget.Workspace);
  });

  it('reach the engine when they change', async () => {
    const { testing: { monitor } } = await extensionApi();
    const snapshot = await monitor.whenRunning();
    assert.equal(snapshot.warningRatio, 0.7);
    const changed = new Promise<void>(resolve => {
      const listener = monitor.onDidChange(() => {
        if (monitor.snapshot?.warningRatio !== 0.6) return;
        listener.dispose();
        resolve();
      });
    });
    await configuration().update('warningPercent', 60, vscode.ConfigurationTarget.Global);
    await changed;
    await configuration().update('warningPercent', undefined, vscode.ConfigurationTarget.Global);
  });
});
