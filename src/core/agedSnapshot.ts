/** A snapshot that nobody keeps up to date any more, as it has to be shown later. */
import { daySpan, monthSpan } from './days';
import { dayOf } from './format';
import { aged, isOf, type ZoneSpans } from './glance';
import type { Snapshot } from './snapshot';
import type { EpochMs } from './time';

/** The days and months that the figures of a snapshot are about. */
export function spansOf({ accounts, madeAt }: Pick<Snapshot, 'accounts' | 'madeAt'>): readonly ZoneSpans[] {
  const zones = new Set(accounts.flatMap(({ today, month }) => [today, month]).flatMap(figure => figure?.dayZone ?? []));
  return [...zones].map((zone): ZoneSpans => {
    const day = dayOf(madeAt, zone);
    return { zone, day: daySpan(day, zone), month: monthSpan(day, zone) };
  });
}

/** Last values with their age, and nothing that was true of another day or window only: no lines of the last hours, nothing under way or planned. */
export function agedSnapshot(snapshot: Snapshot, spans: readonly ZoneSpans[], now: EpochMs): Snapshot {
  return {
    ...snapshot,
    accounts: snapshot.accounts.map(account => ({
      ...aged(account, spans, snapshot, now), month: isOf(account.month, 'month', spans, now) ? account.month : null,
      sparkline: null, nextPollAt: null, refreshing: false, unread: null, failure: account.failure === null ? null : { ...account.failure, retryAt: null },
    })),
  };
}
