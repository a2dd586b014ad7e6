import * as z from 'zod/mini';
import { Account, ProviderId } from './account';
import { Failure } from './errors';
import { Money } from './money';
import { Activity, CostKind, Meter, Provenance, Standing } from './reading';

/** What the editor needs to know of a provider. Comes from `src/providers/index.ts` through the engine. */
export const ProviderInfo = z.object({
  id: ProviderId,
  name: z.string(),
  /** One short line: what it shows. */
  summary: z.string(),
  standing: Standing,
  credential: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('api-key'),
      /** Where to make the key and which kind is needed. */
      hint: z.string(),
      /** The vendor's page for keys. */
      url: z.string(),
      /** What a right key looks like: "sk-ant-admin…". A hint, never a reason to refuse. */
      example: z.string(),
    }),
    z.object({
      kind: z.literal('local'),
      /** What is read after a yes, in words: "Token counts in ~/.claude/projects". */
      reads: z.string(),
    }),
  ]),
  /** The provider's own address; null: nothing is asked over the network. */
  baseUrl: z.nullable(z.string()),
  minIntervalMs: z.number(),
  defaultIntervalMs: z.number(),
});
export type ProviderInfo = Readonly<z.infer<typeof ProviderInfo>>;

/** 'ok' < 'warning' < 'critical' by share used. */
export const Level = z.enum(['ok', 'warning', 'critical']);
export type Level = z.infer<typeof Level>;

/**
 * One word for a card. 'waiting': no outcome yet. 'stale': the last good value is old, or out of date by its own reset time.
 * 'signed-out': no key, or the vendor refuses it. 'error': the last read failed otherwise. The rest by the fullest meter.
 */
export const AccountState = z.enum(['waiting', 'ok', 'warning', 'critical', 'stale', 'error', 'signed-out']);
export type AccountState = z.infer<typeof AccountState>;

export const MeterView = z.extend(Meter, {
  /** 0 and up; null: nothing to draw. */
  ratio: z.nullable(z.number()),
  level: Level,
  /** The reset time has passed since the numbers were true: say "reset", show no percent. */
  expired: z.boolean(),
});
export type MeterView = Readonly<z.infer<typeof MeterView>>;

/** What a span of time cost. */
export const Figure = z.object({
  /** One per currency; empty: no money known. */
  costs: z.array(Money),
  costKind: CostKind,
  costProvenance: z.nullable(Provenance),
  /** All tokens but reasoning (which is inside output); null: not counted. */
  tokens: z.nullable(z.number()),
  tokenProvenance: z.nullable(Provenance),
  requests: z.nullable(z.number()),
  /** Models without a known price, with their tokens: counted above, missing in `costs`. */
  unpriced: z.array(z.object({ model: z.string(), tokens: z.number() })),
  /** The zone of the day or month meant. */
  dayZone: z.string(),
  /** When `costs` were true, which could not be read since. Absent: with the account's last reading. */
  trueAt: z.optional(z.number()),
});
export type Figure = Readonly<z.infer<typeof Figure>>;

/** 24 points or so, oldest first; null: nothing known there (a gap, not a zero). */
export const Sparkline = z.object({
  /** "5-hour window, used %" or "tokens per hour". */
  label: z.string(),
  unit: z.enum(['ratio', 'tokens', 'micros']),
  startAt: z.number(),
  stepMs: z.number(),
  values: z.array(z.nullable(z.number())).check(z.maxLength(200)),
});
export type Sparkline = Readonly<z.infer<typeof Sparkline>>;

/** Logs of which not all was read yet. */
export const UnreadLogs = z.object({
  /** The share of their bytes that was read, 0 to 1. */
  readShare: z.number(),
  /** The user stopped the reading: it goes on with a refresh. */
  stopped: z.boolean(),
});
export type UnreadLogs = Readonly<z.infer<typeof UnreadLogs>>;

export const AccountView = z.extend(Account, {
  providerName: z.string(),
  standing: Standing,
  state: AccountState,
  identity: z.nullable(z.string()),
  plan: z.nullable(z.string()),
  meters: z.array(MeterView),
  today: z.nullable(Figure),
  month: z.nullable(Figure),
  sparkline: z.nullable(Sparkline),
  /** When the last good reading was taken; null: none yet. */
  takenAt: z.nullable(z.number()),
  /** What was spent is older than it should be, with the last good reading or without; the meters tell their own age. */
  oldFigures: z._default(z.boolean(), false),
  /** When the next poll is planned; null: not before the user acts. */
  nextPollAt: z.nullable(z.number()),
  refreshing: z.boolean(),
  failure: z.nullable(Failure),
  notes: z.array(z.string()),
  /** What goes on now, from logs; null: nothing is known to. */
  activity: z._default(z.nullable(Activity), null),
  /** Null: all logs were read, or there are none, or it is not known. */
  unread: z._default(z.nullable(UnreadLogs), null),
});
export type AccountView = Readonly<z.infer<typeof AccountView>>;

/** All that is shown. Pushed whole, never as a delta. */
export const Snapshot = z.object({
  /** When this was put together, epoch ms. */
  madeAt: z.number(),
  zone: z.string(),
  warningRatio: z.number(),
  criticalRatio: z.number(),
  providers: z.array(ProviderInfo),
  accounts: z.array(AccountView),
  /** Something is wrong with the store (read-only, damaged and restored, disk full), for people; null: all is well. */
  storeWarning: z.nullable(z.string()),
  /** The day of the price table that list prices come from, "2026-09-23"; null: there is none. */
  priceDate: z.nullable(z.string()),
});
export type Snapshot = Readonly<z.infer<typeof Snapshot>>;

/** One day of one account for the charts. */
export const UsageRow = z.object({
  /** "2026-10-31" in `dayZone`. */
  day: z.string(),
  accountId: z.string(),
  providerId: z.string(),
  model: z.nullable(z.string()),
  project: z.nullable(z.string()),
  tokens: z.nullable(z.number()),
  requests: z.nullable(z.number()),
  cost: z.nullable(Money),
  costKind: CostKind,
  costProvenance: Provenance,
  unpriced: z.boolean(),
  dayZone: z.string(),
});
export type UsageRow = Readonly<z.infer<typeof UsageRow>>;
