import { rmSync } from 'node:fs';
import path from 'node:path';
import type { EngineEvent } from '../core/protocol';
import type { Snapshot } from '../core/snapshot';
import { STORED_SNAPSHOT } from '../core/glance';
import { storedText } from '../core/storedSnapshot';
import { MINUTE_MS, type Clock, type Disposable, type EpochMs } from '../core/time';
import { replaceFile } from './atomicFile';

/** Writing it with each snapshot would write more in a day than the whole history does. */
const EVERY_MS = 30 * MINUTE_MS;

export interface SnapshotFileOptions {
  /** Null: none is kept. */
  readonly storageDir: string | null;
  readonly clock: Clock;
  /** @throws once another process has taken the folder over. */
  readonly guard: () => void;
  readonly tell: (name: 'log', data: EngineEvent<'log'>) => void;
}

/** Keeps the last snapshot for windows that come before an engine runs: now and then, and when accounts come, go, or are read first. */
export class SnapshotFile implements Disposable {
  private what = '';
  private writtenAt: EpochMs = -Infinity;
  /** Shown later than what is written. */
  private newer: Snapshot | null = null;

  constructor(private readonly options: SnapshotFileOptions) {}

  /** Takes what is shown now, and writes it when it is time. @returns the same. */
  pass(snapshot: Snapshot): Snapshot {
    const now = this.options.clock.now();
    const what = JSON.stringify(snapshot.accounts.map(({ id, alias, takenAt }) => [id, alias, takenAt !== null]));
    this.newer = snapshot;
    if (what === this.what && now >= this.writtenAt && now - this.writtenAt < EVERY_MS) return snapshot;
    [this.what, this.writtenAt] = [what, now];
    this.write(snapshot);
    return snapshot;
  }

  dispose(): void {
    if (this.newer !== null) this.write(this.newer);
  }

  /** A failure is told and changes nothing: the file is a convenience. */
  private write(snapshot: Snapshot): void {
    this.newer = null;
    if (this.options.storageDir === null) return;
    const file = path.join(this.options.storageDir, STORED_SNAPSHOT);
    try {
      this.options.guard();
      const text = storedText(snapshot);
      if (text === null) rmSync(file, { force: true });
      else replaceFile(file, Buffer.from(text), this.options.guard);
    } catch (error) {
      this.options.tell('log', { level: 'warn', message: `The last snapshot could not be kept: ${error instanceof Error ? error.message : 'no error'}` });
    }
  }
}
