import assert from 'node:assert/strict';
import vscode = require('vscode');
import type { TestApi } from '../../src/extension';
import type { Snapshot } from '../../src/core/snapshot';

export const EXTENSION_ID = 'quota-monitor.quota-monitor';

/** The activated extension, with the parts it shows in test mode. */
export async function extensionApi(): Promise<TestApi> {
  const extension = vscode.extensions.getExtension<TestApi>(EXTENSION_ID);
  assert.ok(extension, `${EXTENSION_ID} is not installed`);
  return extension.activate();
}

/** The first snapshot for which `wanted` holds. @throws after 15 s. */
export async function snapshotWith(api: TestApi, what: string, wanted: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  const limit = Date.now() + 15_000;
  for (;;) {
    const snapshot = api.snapshot();
    if (snapshot !== null && wanted(snapshot)) return snapshot;
    if (Date.now() > limit) throw new Error(`No snapshot with ${what}; the engine is ${JSON.stringify(api.testing.monitor.engine)}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
