/**
 * What the status bar says of the stored snapshot, without what takes long in a process that has just begun: neither zod nor `Intl` is
 * behind this. The whole snapshot is parsed later, by `parseStored`.
 */
import { jsonOf } from './json';
import { meterView } from './levels';
import type { AccountView, Figure, MeterView, Snapshot } from './snapshot';
import type { EpochMs } from './time';

/** In the storage folder. */
export const STORED_SNAPSHOT = 'snapshot.json';
/** 50 accounts need some 100 KB. */
export const MAX_STORED_BYTES = 1024 * 1024;
export const STORED_VERSION = 2;

/** The day and the month of the snapshot in a zone, so that whoever reads them needs no calendar. Ends are not included. */
export interface ZoneSpans {
  readonly zone: string;
  readonly day: { readonly fromAt: EpochMs; readonly toAt: EpochMs };
  readonly month: { readonly fromAt: EpochMs; readonly toAt: EpochMs };
}

export type GlanceMeter = Pick<MeterView, 'label' | 'kind' | 'unit' | 'currency' | 'used' | 'left' | 'cap' | 'resetsAt' | 'trueAt' | 'ratio' | 'level' | 'expired'>;
type GlanceFigure = Pick<Figure, 'costs' | 'costKind' | 'unpriced' | 'dayZone' | 'trueAt'>;
export interface GlanceAccount extends Pick<AccountView, 'alias' | 'providerId' | 'state' | 'takenAt' | 'oldFigures'> {
  readonly meters: readonly GlanceMeter[];
  readonly today: GlanceFigure | null;
}
/** Every snapshot is one. */
export interface Glance extends Pick<Snapshot, 'storeWarning'> {
  readonly accounts: readonly GlanceAccount[];
}
type StoredAccount = Omit<GlanceAccount, 'oldFigures'>;
interface Stored {
  readonly version: typeof STORED_VERSION;
  readonly spans: readonly ZoneSpans[];
  readonly snapshot: Pick<Snapshot, 'warningRatio' | 'criticalRatio'> & { readonly accounts: readonly StoredAccount[] };
}

/** Nobody has looked since: what was well is stale until somebody has, and what was true of another day is not told. */
export function aged<A extends StoredAccount>(account: A, spans: readonly ZoneSpans[], ratios: Pick<Snapshot, 'warningRatio' | 'criticalRatio'>, now: EpochMs): A & Pick<GlanceAccount, 'oldFigures'> {
  return {
    ...account,
    state: ['ok', 'warning', 'critical'].includes(account.state) ? 'stale' : account.state,
    meters: account.meters.map(meter => meterView(meter, ratios, now)),
    oldFigures: true,
    today: isOf(account.today, 'day', spans, now) ? account.today : null,
  };
}

/** False also for a figure that is not known, and for a zone of which nothing is told. */
export function isOf(figure: Pick<Figure, 'dayZone'> | null, period: 'day' | 'month', spans: readonly ZoneSpans[], now: EpochMs): boolean {
  const span = spans.find(({ zone }) => zone === figure?.dayZone)?.[period];
  return span !== undefined && span.fromAt <= now && now < span.toAt;
}

/** Null: not what this version writes. */
export function parseGlance(text: string, now: EpochMs): Glance | null {
  const json = jsonOf(text);
  if (!isStored(json)) return null;
  const { spans, snapshot } = json;
  return { storeWarning: null, accounts: snapshot.accounts.map(account => aged(account, spans, snapshot, now)) };
}

type Guard<T> = (value: unknown) => value is T;
const isNumber: Guard<number> = (value): value is number => Number.isFinite(value);
const isText: Guard<string> = (value): value is string => typeof value === 'string';
const isFlag: Guard<boolean> = (value): value is boolean => typeof value === 'boolean';
const isCurrency: Guard<string> = (value): value is string => isText(value) && /^[A-Z]{3}$/.test(value);
const isVersion: Guard<typeof STORED_VERSION> = (value): value is typeof STORED_VERSION => value === STORED_VERSION;
const orNull = <T>(guard: Guard<T>): Guard<T | null> => (value): value is T | null => value === null || guard(value);
const list = <T>(guard: Guard<T>): Guard<T[]> => (value): value is T[] => Array.isArray(value) && value.every(guard);
/** The words are the object's keys, so that none can be forgotten. */
const oneOf = <T extends string>(words: Readonly<Record<T, 0>>): Guard<T> => (value): value is T => isText(value) && Object.hasOwn(words, value);
function record<T extends object>(fields: { readonly [K in keyof T]: Guard<T[K]> }): Guard<T> {
  const entries = Object.entries<Guard<unknown>>(fields);
  return (value): value is T => typeof value === 'object' && value !== null && entries.every(([name, guard]) => guard((value as Record<string, unknown>)[name]));
}

const isSpan = record<ZoneSpans['day']>({ fromAt: isNumber, toAt: isNumber });
const isCap: Guard<MeterView['cap']> = (value): value is MeterView['cap'] =>
  record<{ kind: MeterView['cap']['kind'] }>({ kind: oneOf({ limited: 0, unlimited: 0, unknown: 0 }) })(value) && (value.kind !== 'limited' || isNumber((value as { amount?: unknown }).amount));
const isStored = record<Stored>({
  version: isVersion,
  spans: list(record<ZoneSpans>({ zone: isText, day: isSpan, month: isSpan })),
  snapshot: record<Stored['snapshot']>({
    warningRatio: isNumber, criticalRatio: isNumber,
    accounts: list(record<StoredAccount>({
      alias: isText, providerId: isText, takenAt: orNull(isNumber),
      state: oneOf({ 'waiting': 0, 'ok': 0, 'warning': 0, 'critical': 0, 'stale': 0, 'error': 0, 'signed-out': 0 }),
      meters: list(record<GlanceMeter>({
        label: isText, used: orNull(isNumber), left: orNull(isNumber), cap: isCap, resetsAt: orNull(isNumber), trueAt: isNumber, ratio: orNull(isNumber), expired: isFlag,
        kind: oneOf({ window: 0, balance: 0, limit: 0, budget: 0, rate: 0 }),
        unit: oneOf({ percent: 0, requests: 0, tokens: 0, credits: 0, micros: 0 }),
        currency: orNull(isCurrency), level: oneOf({ ok: 0, warning: 0, critical: 0 }),
      })),
      today: orNull(record<GlanceFigure>({
        costs: list(record<Figure['costs'][number]>({ micros: isNumber, currency: isCurrency })),
        costKind: oneOf({ spent: 0, equivalent: 0 }),
        unpriced: list(record<Figure['unpriced'][number]>({ model: isText, tokens: isNumber })),
        dayZone: isText,
        trueAt: (value): value is number | undefined => value === undefined || isNumber(value),
      })),
    })),
  }),
});
