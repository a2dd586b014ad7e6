import { steadyMs } from '../core/time';

/** A fraction of the seconds for which an owner must hang before another process may take over. */
const SURE_MS = 20;

/** For what is asked of vendors, in bursts: a guard that let one pass lets pass what comes right after it, without asking the disk. Not for writes. */
export function guardOfBursts(guard: () => void): () => void {
  let sureUntil = -Infinity;
  return () => {
    const now = steadyMs();
    if (now < sureUntil) return;
    guard();
    sureUntil = now + SURE_MS;
  };
}
