import { BACKOFF_CAP_MS, type Pace } from '../core/schedule';
import type { EpochMs } from '../core/time';
import { heardBy, type PollMark } from './pollMarks';

/** What an earlier run of the program recorded of an account; null: nothing. */
export interface EarlierRun {
  /** When its last outcome was. */
  readonly askedAt: EpochMs | null;
  /** Until when its back-off lasts. */
  readonly notBefore: EpochMs | null;
  /** No vendor asked to wait for so long: the user may ask sooner. Absent: not known to be so. */
  readonly mayAsk?: boolean;
}

export interface Resumed {
  /** Null: the account was never asked. */
  readonly askedAt: EpochMs | null;
  readonly notBefore: EpochMs;
  /** Until when its back-off lasts; 0: there is none. */
  readonly retryAt: EpochMs;
  /** When it is due, apart from these; 0: as soon as may be. */
  readonly dueAt: EpochMs;
}

/** Floor, interval and back-off go on over restarts and crashes. A request whose answer nobody lived to see is repeated soon. */
export function resumeFrom(earlier: EarlierRun, mark: PollMark | null, { intervalMs, floorMs }: Pace, now: EpochMs): Resumed {
  const past = [earlier.askedAt, mark?.lastAt ?? null].filter(at => at !== null).filter(at => at <= now); // later: before the clock was set back
  const askedAt = past.length === 0 ? null : Math.max(...past);
  const last = mark?.lastAt === askedAt ? mark : null;
  const unanswered = last?.answered === false;
  const floorAt = askedAt === null ? 0 : (last === null ? askedAt : heardBy(last)) + floorMs;
  const latest = now + Math.max(BACKOFF_CAP_MS, intervalMs);
  const retryAt = Math.min(earlier.notBefore ?? 0, latest);
  return {
    askedAt, retryAt,
    notBefore: Math.min(Math.max(floorAt, earlier.mayAsk === true ? 0 : retryAt), latest),
    dueAt: askedAt === null || earlier.notBefore !== null || unanswered ? 0 : askedAt + intervalMs,
  };
}
