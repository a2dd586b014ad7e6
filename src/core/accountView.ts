/** What is shown of one account, put together from what is known of it. Pure. */
import type { Account } from './account';
import type { Failure } from './errors';
import { canRunOut, meterView, usedRatio } from './levels';
import { MICROS_PER_UNIT } from './money';
import type { Meter, Reading } from './reading';
import { isAllowed } from './schedule';
import type { EngineSettings } from './settings';
import type { AccountState, AccountView, Figure, MeterView, ProviderInfo, Sparkline, UnreadLogs } from './snapshot';
import { HOUR_MS, type EpochMs } from './time';
import { dayOf } from './format';
import { monthSpan } from './days';

/** A reading without its usage, which goes to the history, and with its gaps filled. */
export type LastReading = Omit<Reading, 'usage' | 'gaps'>;

export interface AccountFacts {
  readonly account: Account;
  readonly info: ProviderInfo;
  /** The last good one; null: none yet. */
  readonly reading: LastReading | null;
  /** The last read's, or null when it went well or there was none. */
  readonly failure: Failure | null;
  readonly nextPollAt: EpochMs | null;
  readonly refreshing: boolean;
  readonly today: Figure | null;
  readonly month: Figure | null;
  readonly sparkline: Sparkline | null;
  readonly unread: UnreadLogs | null;
  /** The wished time between polls. */
  readonly intervalMs: number;
}

export function accountView(facts: AccountFacts, settings: EngineSettings, now: EpochMs): AccountView {
  const { account, info, reading } = facts;
  const budget = budgetMeter(facts, now);
  const meters = [...(reading?.meters ?? []), ...(budget === null ? [] : [budget])].map(meter => meterView(meter, settings, now));
  const notRead = isAllowed(info.standing, settings.standing) ? []
    : [`Not read: the setting for sources leaves out ${info.standing === 'unofficial' ? 'unofficial endpoints' : 'files of other tools'}.`];
  return {
    ...account,
    providerName: info.name,
    standing: info.standing,
    state: stateOf(facts, meters, now),
    identity: reading?.identity ?? null,
    plan: reading?.plan ?? null,
    meters,
    today: facts.today,
    month: facts.month,
    sparkline: facts.sparkline,
    takenAt: reading?.takenAt ?? null,
    oldFigures: [facts.today, facts.month].some(figure => figure?.trueAt !== undefined) || (reading !== null && now > reading.takenAt + patienceMs(info, facts.intervalMs)),
    nextPollAt: facts.nextPollAt,
    refreshing: facts.refreshing,
    failure: facts.failure,
    notes: [...notRead, ...(reading?.notes ?? [])],
    activity: reading?.activity ?? null,
    unread: facts.unread,
  };
}

/** The next instant at which time alone changes what is shown of an account, but for its figures and its budget. Infinity: none does. */
export function turnsAt({ reading, info, intervalMs }: Pick<AccountFacts, 'reading' | 'info' | 'intervalMs'>, now: EpochMs): EpochMs {
  if (reading === null) return Infinity;
  const instants = [
    oldAfter(reading, reading.meters, info, intervalMs) + 1, reading.takenAt + patienceMs(info, intervalMs) + 1, ...reading.meters.map(({ resetsAt }) => resetsAt ?? Infinity),
  ];
  return Math.min(...instants.filter(at => at > now));
}

const tellsState = (meter: Meter): boolean => meter.kind !== 'budget' && canRunOut(meter);

/** How old numbers may be and still count as those of now. */
const patienceMs = ({ standing }: ProviderInfo, intervalMs: number): number => Math.max(3 * intervalMs, standing === 'vendor-file' ? HOUR_MS : 0);

/** The last instant at which a reading is not yet old. */
function oldAfter({ takenAt }: LastReading, meters: readonly Meter[], info: ProviderInfo, intervalMs: number): EpochMs {
  const told = meters.filter(tellsState);
  return (told.length === 0 ? takenAt : Math.max(...told.map(({ trueAt }) => trueAt))) + patienceMs(info, intervalMs);
}

function stateOf({ reading, failure, info, intervalMs }: AccountFacts, meters: readonly MeterView[], now: EpochMs): AccountState {
  if (failure !== null) return failure.kind === 'auth' || failure.kind === 'wrong-key' ? 'signed-out' : 'error';
  if (reading === null) return 'waiting';
  const told = meters.filter(tellsState);
  if (now > oldAfter(reading, meters, info, intervalMs) || (told.length > 0 && told.every(({ expired }) => expired))) return 'stale';
  const levels = meters.map(({ level }) => level);
  return levels.includes('critical') ? 'critical' : levels.includes('warning') ? 'warning' : 'ok';
}

/** The user's own monthly limit in US dollars, held against the money spent; list-price equivalents are not spending. */
function budgetMeter({ account, info, month, reading }: AccountFacts, now: EpochMs): Meter | null {
  const budgetUsd = account.options.monthlyBudgetUsd;
  if (budgetUsd === undefined || month === null || reading === null) return null;
  const spent = month.costKind === 'spent' ? month.costs.find(({ currency }) => currency === 'USD') : undefined;
  const span = monthSpan(dayOf(now, month.dayZone), month.dayZone);
  return {
    id: 'budget-month', label: 'Monthly budget', kind: 'budget', unit: 'micros', currency: 'USD',
    used: spent?.micros ?? null, left: null,
    cap: { kind: 'limited', amount: budgetUsd * MICROS_PER_UNIT },
    resetsAt: span.toAt, durationMs: span.toAt - span.fromAt, trueAt: Math.max(month.trueAt ?? reading.takenAt, span.fromAt),
    // Without a known cost, the limit is the only number.
    provenance: (spent === undefined ? null : month.costProvenance) ?? 'manual', standing: info.standing,
  };
}

/** The meter that an account's small picture is about: the first, as providers put the most important one first. Null: none has a ratio. */
export function primaryMeter(meters: readonly Meter[]): Meter | null {
  const drawable = meters.filter(meter => canRunOut(meter) && meter.kind !== 'budget' && usedRatio(meter) !== null);
  return drawable[0] ?? null;
}
