import { randomUUID } from 'node:crypto';
import { SECOND_MS, systemClock } from '../core/time';
import type { HistoryUi } from './historyUi';
import type { Monitor } from './monitor';

/** What takes longer shows how far it is, and can be cancelled. */
const SILENT_MS = SECOND_MS;

export interface TaskDeps {
  readonly monitor: Pick<Monitor, 'request' | 'onProgress'>;
  readonly ui: Pick<HistoryUi, 'progress'>;
}

/**
 * Runs a task of the engine. Null: the user cancelled it.
 * @throws what the engine says went wrong.
 */
export async function runTask<T>({ monitor, ui }: TaskDeps, title: string, ask: (task: string) => Promise<T>): Promise<T | null> {
  const task = randomUUID();
  const asked = ask(task);
  const isSlow = await new Promise<boolean>(resolve => {
    const timer = systemClock.after(SILENT_MS, () => resolve(true));
    asked.catch(() => undefined).finally(() => {
      timer.dispose();
      resolve(false);
    });
  });
  if (!isSlow) return asked;
  return ui.progress(title, async bar => {
    let percent = 0;
    const hearing = monitor.onProgress(({ task: id, done, total }) => {
      if (id !== task || total === null || total === 0) return;
      percent = Math.min(100, Math.max(percent, (100 * done) / total));
      bar.report(percent);
    });
    const cancelling = bar.onCancel(() => void monitor.request('cancelTask', { task }).catch(() => undefined)); // the task's own end tells more
    try {
      return await asked;
    } catch (error) {
      if (bar.cancelled) return null;
      throw error;
    } finally {
      hearing.dispose();
      cancelling.dispose();
    }
  });
}
