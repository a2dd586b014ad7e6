/** When to ask again. Pure: time and chance are handed in. */
import type { Account } from './account';
import type { FailureKind } from './errors';
import type { Standing } from './reading';
import type { EngineSettings } from './settings';
import type { ProviderInfo } from './snapshot';
import { HOUR_MS, MINUTE_MS, QUARTER_MS, SECOND_MS, type EpochMs } from './time';

/** No credential is used more often, whatever a provider, a user or a Retry-After says. */
export const FLOOR_MS = MINUTE_MS;
/** The longest that back-off or a Retry-After holds an account. */
export const BACKOFF_CAP_MS = 6 * HOUR_MS;
/** The longest that back-off holds an account whose vendor heard nothing: it costs nobody anything, and nothing tells that the network is back. */
const UNHEARD_CAP_MS = QUARTER_MS;
const JITTER = 0.1;
/** For so long, as a share of its interval and at most, who is due waits for others: one burst costs a machine less than many polls. */
const PATIENCE = 1 / 30;
const MAX_PATIENCE_MS = 30 * SECOND_MS;
/** Nobody waits much longer than the interval that was wished for. */
const MAX_LATE_MS = SECOND_MS;

export interface Pace {
  /** The wished time between polls. */
  readonly intervalMs: number;
  /** The least time between two, also when the user asks. */
  readonly floorMs: number;
  /** How long a planned poll may wait for those that are due soon after it. */
  readonly patienceMs: number;
}

/** Its reads look at this machine alone, which costs no vendor anything. */
export const asksNobody = ({ credential, baseUrl }: Pick<ProviderInfo, 'credential' | 'baseUrl'>): boolean => credential.kind === 'local' && baseUrl === null;

export function paceOf(info: ProviderInfo, { options }: Pick<Account, 'options'>, settings: Pick<EngineSettings, 'intervalMinutes'>): Pace {
  const floorMs = Math.max(FLOOR_MS, info.minIntervalMs);
  const minutes = options.intervalMinutes ?? settings.intervalMinutes;
  const intervalMs = Math.max(floorMs, minutes === null ? info.defaultIntervalMs : minutes * MINUTE_MS);
  return { floorMs, intervalMs, patienceMs: Math.min(MAX_PATIENCE_MS, PATIENCE * intervalMs) };
}

/** When to poll: when the first one is due and those for which it has patience. Who is due alone waits for nobody. Infinity: nothing is planned. */
export function togetherAt(due: readonly { readonly at: EpochMs; readonly patienceMs: number }[]): EpochMs {
  const first = due.reduce((one, other) => (other.at < one.at ? other : one), { at: Infinity, patienceMs: 0 });
  return due.reduce((last, { at }) => (at <= first.at + first.patienceMs ? Math.max(last, at) : last), first.at);
}

/** How one read ended, as far as the schedule cares. */
export type Ending =
  | { readonly ok: true }
  | {
    readonly ok: false;
    readonly kind: FailureKind;
    /** What the vendor asked for; null: nothing. */
    readonly retryAfterMs: number | null;
    /** Its vendor has most likely heard nothing: there was no network, or no window that could give the key. */
    readonly unheard: boolean;
  };

/** What the schedule remembers of a credential. */
export interface Pause {
  /** Failed reads in a row. */
  readonly failures: number;
  /** Nobody asks before this instant, not even the user: the floor, and as long as a vendor that says too much wants. */
  readonly notBefore: EpochMs;
}

export interface Plan extends Pause {
  /** Null: not before the user acts. */
  readonly nextPollAt: EpochMs | null;
}

/** A vendor that said so means the credential, whatever it was asked for. */
export const toldToWait = ({ kind, retryAfterMs }: Pick<Ending & { readonly ok: false }, 'kind' | 'retryAfterMs'>): boolean => kind === 'rate-limited' || retryAfterMs !== null;

/** @param random 0 up to but not including 1. @param failures failed reads in a row before this one. */
export function planNext(ending: Ending, failures: number, pace: Omit<Pace, 'patienceMs'>, now: EpochMs, random: number): Plan {
  const soonest = now + pace.floorMs;
  if (ending.ok) return { failures: 0, notBefore: soonest, nextPollAt: now + Math.max(pace.floorMs, Math.min(spread(pace.intervalMs, random), pace.intervalMs + MAX_LATE_MS)) };
  if (ending.kind === 'auth' || ending.kind === 'wrong-key') return { failures: failures + 1, notBefore: soonest, nextPollAt: null };
  const capMs = ending.unheard ? UNHEARD_CAP_MS : Math.max(BACKOFF_CAP_MS, pace.intervalMs);
  const doubled = Math.min(pace.intervalMs * 2 ** Math.min(failures + 1, 20), capMs);
  const backOffMs = Math.max(pace.floorMs, Math.min(spread(doubled, random), capMs));
  const askedMs = ending.retryAfterMs === null ? 0 : Math.min(BACKOFF_CAP_MS, ending.retryAfterMs * (1 + JITTER * random)); // never before the vendor said
  const nextPollAt = now + Math.max(askedMs, backOffMs); // a Retry-After of 0 shortens nothing
  return { failures: failures + 1, notBefore: toldToWait(ending) ? nextPollAt : soonest, nextPollAt };
}

/** +-10 %, so that many accounts or machines do not ask in step. */
const spread = (ms: number, random: number): number => ms * (1 - JITTER + 2 * JITTER * random);

const OFFICIAL_FIRST: readonly Standing[] = ['official', 'vendor-file', 'unofficial'];

/** Whether a source of this standing may be read under the user's setting. */
export const isAllowed = (source: Standing, leastOfficial: Standing): boolean =>
  OFFICIAL_FIRST.indexOf(source) <= OFFICIAL_FIRST.indexOf(leastOfficial);
