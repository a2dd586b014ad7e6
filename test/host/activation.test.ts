import assert from 'node:assert/strict';
import vscode = require('vscode');

const ID = 'quota-monitor.quota-monitor';

describe('activation', () => {
  it('finds the extension and activates it', async () => {
    const extension = vscode.extensions.getExtension(ID);
    assert.ok(extension, `${ID} is not installed`);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('registers every command it contributes', async () => {
    const { contributes } = vscode.extensions.getExtension(ID)!.packageJSON as { contributes: { commands?: { command: string }[] } };
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual((contributes.commands ?? []).map(({ command }) => command).filter(command => !registered.has(command)), []);
  });
});
