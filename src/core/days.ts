/** Calendar days of a zone as keys such as '2026-10-31', and the instants at which they begin. */
import { dayOf } from './format';
import { DAY_MS, HOUR_MS, MINUTE_MS, type EpochMs } from './time';

/** Offsets of zones lie between -12 h and +14 h. */
const MAX_OFFSET_MINUTES = 15 * 60;

const starts = new Map<string, EpochMs>();
const MAX_KEPT = 5_000;

const zones = new Map<string, string>();
const MAX_ZONES = 1_000;

/** The zone of this machine by its IANA name. One that has none, such as that of TZ=:/etc/localtime, has a name that nobody knows. */
export function localZone(): string {
  const { timeZone }: { readonly timeZone?: string } = Intl.DateTimeFormat().resolvedOptions();
  return timeZone ?? 'Etc/Unknown';
}

/** The zone itself, or 'UTC' for one that this machine does not know. */
export function knownZone(zone: string): string {
  let known = zones.get(zone);
  if (known === undefined) {
    if (zones.size >= MAX_ZONES) zones.clear();
    zones.set(zone, known = isZone(zone) ? zone : 'UTC');
  }
  return known;
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** @param count may be negative. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/** The first instant of a day; not always midnight, since summer time begins at midnight in some zones. */
export function startOfDay(day: string, zone: string): EpochMs {
  const key = `${zone} ${day}`;
  const kept = starts.get(key);
  if (kept !== undefined) return kept;
  const midnightUtc = Date.parse(`${day}T00:00:00Z`);
  let before = -MAX_OFFSET_MINUTES;
  let after = MAX_OFFSET_MINUTES;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dayOf(midnightUtc + middle * MINUTE_MS, zone) >= day) after = middle;
    else before = middle;
  }
  if (starts.size >= MAX_KEPT) starts.clear();
  const at = midnightUtc + after * MINUTE_MS;
  starts.set(key, at);
  return at;
}

/** From the first instant to the first one after it. */
export interface Span { readonly fromAt: EpochMs; readonly toAt: EpochMs }

/** The whole hours, of UTC, that a span touches. */
export const wholeHours = ({ fromAt, toAt }: Span): Span => ({ fromAt: Math.floor(fromAt / HOUR_MS) * HOUR_MS, toAt: Math.ceil(toAt / HOUR_MS) * HOUR_MS });

export function daySpan(day: string, zone: string): Span {
  return { fromAt: startOfDay(day, zone), toAt: startOfDay(addDays(day, 1), zone) };
}

/** The calendar month that `day` lies in. */
export function monthSpan(day: string, zone: string): Span {
  const first = `${day.slice(0, 7)}-01`;
  const next = `${addDays(first, 31).slice(0, 7)}-01`;
  return { fromAt: startOfDay(first, zone), toAt: startOfDay(next, zone) };
}
