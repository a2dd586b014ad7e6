import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import vscode = require('vscode');
import { UserError } from '../../src/host/monitor';
import { showTelemetrySetup } from '../../src/host/telemetrySetup';

describe('the telemetry setup', () => {
  const turnOn = (value: true | undefined) => vscode.workspace.getConfiguration('quotaMonitor').update('otlp.enabled', value, vscode.ConfigurationTarget.Global);
  let storage: string;
  beforeEach(() => { storage = mkdtempSync(path.join(tmpdir(), 'qm-telemetry-')); });
  afterEach(async () => {
    await turnOn(undefined);
    rmSync(storage, { recursive: true, force: true });
  });

  it('is shown while telemetry is received, and else what to turn on', async () => {
    const uri = vscode.Uri.file(storage);
    mkdirSync(path.join(storage, 'otlp'));
    writeFileSync(path.join(storage, 'otlp/setup.md'), '# How to\n');
    await assert.rejects(showTelemetrySetup(uri), UserError);
    await turnOn(true);
    await showTelemetrySetup(uri);
    assert.equal(vscode.window.activeTextEditor?.document.getText(), '# How to\n');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    rmSync(path.join(storage, 'otlp/setup.md'));
    await assert.rejects(showTelemetrySetup(uri), UserError);
  });
});
