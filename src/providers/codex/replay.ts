/**
 * A session that was forked or spawned from another begins with its parent's history, token counts and all, and goes on from the
 * parent's totals. What of it is replay:
 * - newer logs give turns an id that holds their time (UUIDv7), or a start time: all before the first turn of the child's own is replay;
 * - in older logs a replay is stamped with the moment in which it is written, in one go from when the thread was created;
 * - what is stamped with a time before that is a verbatim copy, as forks of older versions are: it is told like any other response, since it
 *   has the id that it has in the parent, and counts nothing twice. To call it a replay would take it from the parent.
 */
import type { EpochMs } from '../../core/time';
import { isJson, text } from '../logSource';

export interface Replay {
  readonly createdAt: EpochMs;
  /** Of the last token count that was replay; before the first one as `createdAt`. */
  readonly lastAt: EpochMs;
  /** A thread of its own beside the parent; else a fork that the user made. */
  readonly spawned: boolean;
  /** Turn ids tell whose turns they are: nothing else needs to. */
  readonly byTurnId: boolean;
}

export const isReplay = (value: unknown): value is Replay =>
  isJson(value) && typeof value['createdAt'] === 'number' && typeof value['lastAt'] === 'number' && typeof value['spawned'] === 'boolean' && typeof value['byTurnId'] === 'boolean';

/** What a session says of itself in its first line; times in epoch ms, null: not told. */
export interface SessionStart {
  readonly id: string | null;
  readonly forkedFrom: string | null;
  readonly parent: string | null;
  readonly source: unknown;
  readonly threadSource: string | null;
  readonly createdAt: EpochMs | null;
  /** Of the line itself. */
  readonly at: EpochMs | null;
}

/** The session that a thread says it was spawned from: {"subagent": {"thread_spawn": {"parent_thread_id"}}}; null: it says none. */
export function spawnedFrom(source: unknown): string | null {
  const subagent = isJson(source) ? source['subagent'] : null;
  const spawn = isJson(subagent) ? subagent['thread_spawn'] : null;
  return isJson(spawn) ? text(spawn['parent_thread_id']) : null;
}

/** Null: the session begins from nothing. */
export function beginReplay({ id, forkedFrom, parent, source, threadSource, createdAt, at }: SessionStart): Replay | null {
  const spawned = (isJson(source) && source['subagent'] !== undefined) || threadSource === 'subagent' || threadSource === 'guardian_review';
  const beganAt = createdAt ?? idTime(id) ?? at;
  return (spawned || forkedFrom !== null || parent !== null) && beganAt !== null ? { createdAt: beganAt, lastAt: beganAt, spawned, byTurnId: false } : null;
}

/**
 * A turn begins, the child's own or a replayed one. Null: the child's own, so the replay is over.
 * @param started seconds since the epoch, where a number; null: not told.
 */
export function seeTurn(replay: Replay | null, turnId: string | null, started: unknown): Replay | null {
  if (replay === null) return null;
  const startedAt = typeof started === 'number' ? started * 1000 : idTime(turnId);
  if (startedAt === null) return replay;
  return second(startedAt) >= second(replay.createdAt) ? null : { ...replay, byTurnId: true };
}

/** No model answers as soon after a history was written down, whose parts follow each other in far less. */
const GAP_MS = 500;

/** Whether a token count of this time is a replay that counts nothing. */
export const inReplay = (replay: Replay | null, at: EpochMs): boolean => replay !== null && !isVerbatim(replay, at)
  && (replay.byTurnId || second(at) === second(replay.createdAt) || (at >= replay.lastAt && at - replay.lastAt <= GAP_MS));

/** A spawned thread's stamps may be of whole seconds. */
const isVerbatim = ({ createdAt, spawned }: Replay, at: EpochMs): boolean => (spawned ? second(at) < second(createdAt) : at < createdAt);

const second = (at: EpochMs): number => Math.floor(at / 1000);

/** The time in a UUIDv7; null for other ids. */
function idTime(id: string | null): EpochMs | null {
  if (id === null || !/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/i.test(id)) return null;
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
