/**
 * Requests that were refused because a window was full: a line of a session log with `error: "rate_limit"` and `quotaLimits`. Nothing
 * is logged below the limit. A refusal tells that a window is full until `resetsAt`; what comes after that, it does not tell. Such lines are
 * notices with a usage of zeros, by which they are found; older versions told the reset in the text alone, which is not read.
 */
import type { Meter } from '../../core/reading';
import { DAY_MS, type EpochMs, HOUR_MS } from '../../core/time';
import { isJson, type LogSink, moment, text } from '../logSource';
import type { Sighting } from '../provider';

const KEY = 'refused ';
/** By `rateLimitType`; the ids and labels are those of the same windows where Claude Code keeps what it fetched. Others are left alone. */
const WINDOWS: Readonly<Record<string, Pick<Meter, 'id' | 'label'> & { readonly durationMs: number }>> = {
  five_hour: { id: 'five-hour', label: '5-hour window', durationMs: 5 * HOUR_MS },
  seven_day: { id: 'weekly', label: 'Weekly window', durationMs: 7 * DAY_MS },
  seven_day_opus: { id: 'weekly-opus', label: 'Weekly window, Opus', durationMs: 7 * DAY_MS },
  seven_day_sonnet: { id: 'weekly-sonnet', label: 'Weekly window, Sonnet', durationMs: 7 * DAY_MS },
};

/** @param limits what JSON gave of `quotaLimits`; what does not fit, or ends when no window of its kind can, is not told. */
export function noticeRefusal(limits: unknown, at: EpochMs | null, emit: LogSink): void {
  if (!isJson(limits) || limits['status'] !== 'rejected' || at === null) return;
  const [type, resetsAt] = [text(limits['rateLimitType']), moment(limits['resetsAt'])];
  if (type === null || !Object.hasOwn(WINDOWS, type) || resetsAt === null || resetsAt <= at || resetsAt > at + 8 * DAY_MS) return;
  emit.sighting(`${KEY}${type}`, { at, value: resetsAt });
}

/**
 * The windows that a refusal proves to be full now, so that this is true until their reset.
 * @param fetched what Claude Code fetched itself: it wins over a refusal from before.
 */
export const fullWindows = (sightings: ReadonlyMap<string, Sighting>, fetched: readonly Meter[], now: EpochMs): readonly Meter[] =>
  Object.entries(WINDOWS).flatMap(([type, window]): Meter[] => {
    const refusal = sightings.get(`${KEY}${type}`);
    if (refusal === undefined || typeof refusal.value !== 'number' || refusal.value <= now) return [];
    if ((fetched.find(({ id }) => id === window.id)?.trueAt ?? -Infinity) >= refusal.at) return [];
    return [{
      ...window, kind: 'window', unit: 'percent', currency: null, used: 100, left: null, cap: { kind: 'limited', amount: 100 },
      resetsAt: refusal.value, trueAt: now, provenance: 'reported', standing: 'vendor-file',
    }];
  });

/** Each window once, in the order in which they are fetched: the shortest first, those of one model behind that of all, money last. */
export function withFull(fetched: readonly Meter[], full: readonly Meter[]): readonly Meter[] {
  const place = ({ id, durationMs }: Meter): number => (durationMs ?? Number.MAX_VALUE) + (id.startsWith('weekly-') ? 1 : 0);
  return [...fetched.filter(({ id }) => full.every(meter => meter.id !== id)), ...full].sort((a, b) => place(a) - place(b));
}
