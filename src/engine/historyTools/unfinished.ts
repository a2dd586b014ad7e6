import { removeUnfinished } from './outFile';
import { finishPurge } from './purge';
import { finishRestore } from './replaceFiles';

/**
 * Call before the files of a storage folder are opened: finishes what a process that was killed had begun, be it a purge or a restore,
 * and removes what it left elsewhere, which nobody waits for: that disk may be slow, or away.
 * @param guard throws when another process has taken the folder over. @returns a sentence for the log; null: there is nothing to say.
 */
export async function finishBegun(storageDir: string, guard: () => void): Promise<string | null> {
  void removeUnfinished(storageDir);
  const left = await finishPurge(storageDir, guard);
  finishRestore(storageDir, guard);
  return left.length === 0 ? null : `All data was to be deleted, and these could not be: ${left.join(', ')}.`;
}
