import type { Account } from '../core/account';
import type { EngineSettings } from '../core/settings';
import type { Snapshot } from '../core/snapshot';
import { systemClock } from '../core/time';
import { providers } from '../providers';
import type { Machine } from '../providers/provider';
import { Accounts } from './accounts';
import { Engine } from './engine';
import { finishBegun } from './historyTools/unfinished';
import { claim } from './ownership';
import { makeParts, telemetryDir } from './parts';

export interface OnceOptions {
  readonly machine: Machine;
  /** Where history is kept; null, or while another process owns the folder: nothing is written. */
  readonly storageDir: string | null;
  readonly accounts: readonly Account[];
  /** Null: none is kept. */
  readonly secrets: (accountId: string) => Promise<string | null>;
  readonly settings: EngineSettings;
  /** Ids of the accounts to read; the others show what the history has. All when not given. */
  readonly only?: readonly string[];
  /** The folder of the bundles, with prices.json and sql-wasm.wasm in it. */
  readonly assetsDir: string;
}

/** Reads every account once, in this thread, and tells what is known then. A failed account is in the snapshot as such. */
export async function readOnce({ machine, storageDir, accounts, secrets, settings, only, assetsDir }: OnceOptions): Promise<Snapshot> {
  const claimed = storageDir === null ? null : await claim(storageDir, { onWindow: socket => socket.destroy() });
  const guard = (): void => {
    if (claimed?.kind === 'owner' && !claimed.owns()) throw new Error('Another process has taken over'); // while this one was stopped
  };
  if (storageDir !== null && claimed?.kind === 'owner') await finishBegun(storageDir, guard);
  const engine = new Engine({
    ...await makeParts(assetsDir, settings, machine),
    machine: storageDir === null ? machine : { ...machine, telemetryDir: telemetryDir(storageDir) }, receiver: null,
    settings, providers, accounts: new Accounts(null, accounts), clock: systemClock, random: Math.random,
    storageDir: claimed?.kind === 'owner' ? storageDir : null,
    secret: secrets, tell: () => undefined, guard, watch: null,
  });
  try {
    await Promise.all((only ?? [null]).map(accountId => engine.refresh(accountId)));
    const snapshot = engine.snapshot();
    return claimed?.kind === 'elsewhere' ? { ...snapshot, storeWarning: 'Another process keeps the history in this folder: what was read now is not kept.' } : snapshot;
  } finally {
    engine.dispose();
    if (claimed?.kind === 'owner') claimed.release();
    else claimed?.socket?.destroy();
  }
}
