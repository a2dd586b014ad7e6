import vscode = require('vscode');
import type { EngineEvent, EngineParams, EngineRequestName, EngineResult } from '../core/protocol';
import type { Snapshot } from '../core/snapshot';
import type { EngineClient } from '../engine/client';

/** Something the user is told as it stands: no engine, a wrong address. Not a bug. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The engine as the views see it: the newest snapshot, the engine's state, and when either changed. */
export class Monitor implements vscode.Disposable {
  snapshot: Snapshot | null = null;
  engine: EngineEvent<'engineState'> = { state: 'starting', message: null };
  /** False: there is none, or one that an engine left in its file. */
  private live = false;
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly listeners: readonly { dispose(): void }[];

  readonly onDidChange = this.changed.event;

  constructor(private readonly client: Pick<EngineClient, 'request' | 'onEvent' | 'setFocused'>) {
    client.setFocused(vscode.window.state.focused);
    this.listeners = [
      vscode.window.onDidChangeWindowState(({ focused }) => client.setFocused(focused)),
      client.onEvent('snapshot', snapshot => {
        this.snapshot = snapshot;
        this.live = true;
        this.changed.fire();
      }),
      client.onEvent('engineState', engine => {
        this.engine = engine;
        this.changed.fire();
      }),
    ];
  }

  /** What was shown last, until an engine tells what is true now. */
  showStored(snapshot: Snapshot): void {
    if (this.live) return;
    this.snapshot = snapshot;
    this.changed.fire();
  }

  /** @throws {PeerError} a sentence for people. */
  request<K extends EngineRequestName>(name: K, params: EngineParams<K>): Promise<EngineResult<K>> {
    return this.client.request(name, params);
  }

  /** Tells of the tasks of all windows. */
  onProgress(listener: (progress: EngineEvent<'progress'>) => void): vscode.Disposable {
    return this.client.onEvent('progress', listener);
  }

  /** How far a long read of logs has come, when this is the window to show it; null: nothing is to be shown. */
  onLogReading(listener: (reading: EngineEvent<'logReading'>) => void): vscode.Disposable {
    return this.client.onEvent('logReading', listener);
  }

  /** The first snapshot, once the engine runs. @throws {UserError} when it runs in another window or not at all. */
  async whenRunning(): Promise<Snapshot> {
    for (;;) {
      const { state, message } = this.engine;
      if (state === 'elsewhere') throw new UserError(vscode.l10n.t('Quota Monitor runs in another window. Please use that one.'));
      if (state === 'failed') throw new UserError(vscode.l10n.t('Quota Monitor does not run: {0}', message ?? vscode.l10n.t('the log tells more.')));
      if (state === 'running' && this.live && this.snapshot !== null) return this.snapshot;
      await new Promise<void>(resolve => {
        const once = this.onDidChange(() => {
          once.dispose();
          resolve();
        });
      });
    }
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.changed.dispose();
  }
}
