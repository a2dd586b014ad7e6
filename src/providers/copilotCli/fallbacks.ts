/**
 * What other files than the session store tell of a session that the store has rows of is the same usage, told worse. So that it
 * counts once whichever file is read first, the fallbacks tell a session in a few responses with ids that the store can name.
 */
import type { LogSink } from '../logSource';

/** Runs of a session's event log that are told apart, of one model each; the last one takes all that follow. */
export const MAX_RUNS = 8;

/** @param run 0 to MAX_RUNS - 1. */
export const runId = (session: string, run: number): string => `run ${run} ${session}`;
export const desktopId = (session: string): string => `desktop ${session}`;

/** The store has this session: what its event log and the desktop app tell counts nothing. */
export function dropFallbacks(session: string, emit: LogSink): void {
  for (let run = 0; run < MAX_RUNS; run++) emit.replay(runId(session, run));
  emit.replay(desktopId(session));
}
