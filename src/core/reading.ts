import * as z from 'zod/mini';
import { COST_KINDS } from './costKinds';
import { knownZone } from './days';
import { FailureKind } from './errors';
import { Currency, Money } from './money';

/** No vendor counts or bills as much. A greater number would make sums that are none, and a snapshot that no window takes. */
export const MAX_AMOUNT = 1e18;
export const Amount = z.number().check(z.minimum(-MAX_AMOUNT), z.maximum(MAX_AMOUNT));
/** What a date can be. */
const MAX_INSTANT = 8.64e15;
const Instant = z.number().check(z.minimum(-MAX_INSTANT), z.maximum(MAX_INSTANT));
const Cost = z.extend(Money, { micros: Amount });
/** An IANA zone that this machine knows: days cannot be told in another. */
export const Zone = z.string().check(z.maxLength(60), z.refine(zone => knownZone(zone) === zone));

/**
 * Where a number comes from. `billed`: the vendor's bill or cost API. `reported`: the vendor's own percent or balance.
 * `measured`: counted from local logs. `estimated`: tokens x price table, or any inference. `manual`: entered by the user.
 */
export const Provenance = z.enum(['billed', 'reported', 'measured', 'estimated', 'manual']);
export type Provenance = z.infer<typeof Provenance>;

export const CostKind = z.enum(COST_KINDS);
export type CostKind = z.infer<typeof CostKind>;

/** What a source is: a documented API, a file that the vendor's tool wrote, or an endpoint nobody promised. */
export const Standing = z.enum(['official', 'vendor-file', 'unofficial']);
export type Standing = z.infer<typeof Standing>;

/** `amount` is in the unit of its meter. 'unknown': the provider did not say. */
export const Cap = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('limited'), amount: Amount }),
  z.object({ kind: z.literal('unlimited') }),
  z.object({ kind: z.literal('unknown') }),
]);
export type Cap = Readonly<z.infer<typeof Cap>>;

/** How full something is now. */
export const Meter = z.object({
  /** Stable within its provider: history and alert rules are keyed on it. */
  id: z.string().check(z.maxLength(120)),
  /** For people: "5-hour window", "Credits". */
  label: z.string().check(z.maxLength(120)),
  kind: z.enum(['window', 'balance', 'limit', 'budget', 'rate']),
  unit: z.enum(['percent', 'requests', 'tokens', 'credits', 'micros']),
  /** Set when and only when the unit is micros. */
  currency: z.nullable(Currency),
  /** Null: not reported; 0: really zero. Percent is 0-100 and more with overage. */
  used: z.nullable(Amount),
  /** What is left, where the vendor says it instead of `used`. Null: not reported. */
  left: z.nullable(Amount),
  cap: Cap,
  /** Null: not reported, or never. A past instant means that the window was reset and `used` is out of date. */
  resetsAt: z.nullable(Instant),
  /** The window's length. Null: not a window, or not reported. */
  durationMs: z.nullable(Amount),
  /** When the numbers were true at the vendor, not when they were read. */
  trueAt: Instant,
  provenance: Provenance,
  standing: Standing,
});
export type Meter = Readonly<z.infer<typeof Meter>>;

/** Disjoint parts, but for `reasoning`, which lies inside `output`. Null: not reported; 0: really zero. */
export const TokenCounts = z.object({
  /** Uncached input. */
  input: z.nullable(Amount),
  cacheRead: z.nullable(Amount),
  cacheWrite: z.nullable(Amount),
  output: z.nullable(Amount),
  reasoning: z.nullable(Amount),
});
export type TokenCounts = Readonly<z.infer<typeof TokenCounts>>;

/**
 * What was consumed in a closed span of time. Writing it again replaces it, never adds to it; all branches of one span, model and
 * project are written together.
 */
export const UsageBucket = z.object({
  startAt: Instant,
  /** One hour or one day. */
  spanMs: Amount,
  /** Null: the source does not split by model. */
  model: z.nullable(z.string()),
  /** Null: the source does not split by project. */
  project: z.nullable(z.string()),
  /** The branch that was checked out in the project's folder. Null: the source does not split by branch, or it is not known. */
  branch: z._default(z.nullable(z.string()), null),
  /** Null: the source does not count tokens. */
  tokens: z.nullable(TokenCounts),
  requests: z.nullable(Amount),
  /** Null: the source does not give money, or (with `unpriced`) no price is known. Never a stand-in zero. */
  cost: z.nullable(Cost),
  /** True: tokens whose price nobody knows are in here; `cost`, if any, is the part that has one. */
  unpriced: z.boolean(),
});
export type UsageBucket = Readonly<z.infer<typeof UsageBucket>>;

/** The buckets of one source of one account. Two sources of an account never both give cost, nor both give tokens, for one span. */
export const UsageReport = z.object({
  /** Stable id within the provider: 'costs', 'usage', 'logs'. */
  source: z.string().check(z.maxLength(40)),
  /**
   * The span that this report tells wholly: what is recorded in it and not listed here is dropped. Null: only the listed
   * buckets are restated, and all others stay (logs that the vendor's tool deleted).
   */
  covers: z.nullable(z.object({ fromAt: Instant, toAt: Instant })),
  costKind: CostKind,
  costProvenance: Provenance,
  tokenProvenance: Provenance,
  /** The zone whose days the buckets follow: 'UTC' for vendors' daily data; null: hourly, fits any zone of whole hours. */
  dayZone: z.nullable(Zone),
  buckets: z.array(UsageBucket),
});
export type UsageReport = Readonly<z.infer<typeof UsageReport>>;

/** A total that the vendor itself reports, for sources whose days we cannot sum. Wins over our own sum of its period. */
export const SpendTotal = z.object({
  period: z.enum(['day', 'month']),
  /** First instant of the period in the vendor's zone. */
  startAt: Instant,
  cost: Cost,
  dayZone: Zone,
  provenance: Provenance,
  /** When it was true. Absent: when its reading was taken. */
  trueAt: z.optional(Instant),
});
export type SpendTotal = Readonly<z.infer<typeof SpendTotal>>;

/** What goes on in a tool now, from its logs. Not kept in the history. */
export const Activity = z.object({
  block: z.nullable(z.object({
    kind: z.literal('block'), startAt: z.number(), endAt: z.number(), firstAt: z.number(), lastAt: z.number(), entries: z.number(), tokens: z.number(), fresh: z.number(),
    costMicros: z.nullable(z.number()), unpriced: z.boolean(),
    /** The vendor told when it ends; otherwise it is an inference. */
    told: z.boolean(),
  })),
  /** The whole prompt of the newest response, when that was, and how many tokens its window holds; null: not known. */
  context: z.object({ at: z.number(), tokens: z.number(), window: z._default(z.nullable(z.number()), null) }),
});
export type Activity = Readonly<z.infer<typeof Activity>>;

/** Characters of a note. Names and paths in it are of any length: a longer one is cut by whoever takes the reading. */
export const MAX_NOTE = 300;

/** A part that could not be read, though the rest was: what was told of it last goes on, as old as it is by then. */
export const Gap = z.object({
  /** 'meters': all that the reading has not. */
  part: z.union([z.enum(['meters', 'totals', 'identity', 'plan']), z.object({ meter: z.string() })]),
  kind: FailureKind,
  /** A sentence for people. */
  message: z.string(),
  /** As of ProviderError. */
  retryAfterMs: z.nullable(z.number()),
});
export type Gap = Readonly<z.infer<typeof Gap>>;

/** What one read of one account gave. */
export const Reading = z.object({
  takenAt: Instant,
  meters: z.array(Meter),
  usage: z.array(UsageReport),
  totals: z.array(SpendTotal),
  /** Who the vendor says this is (organisation, key label); never a secret. Null: not told. */
  identity: z.nullable(z.string()),
  plan: z.nullable(z.string()),
  /** Sentences for people on what this account cannot show and why. */
  notes: z.array(z.string().check(z.maxLength(MAX_NOTE))),
  /** What goes on now, from logs. Null: nothing, or not known. Not kept in the history. */
  activity: z._default(z.nullable(Activity), null),
  /** Not kept in the history. */
  gaps: z._default(z.array(Gap), []),
});
export type Reading = Readonly<z.infer<typeof Reading>>;

/** The whole prompt and answer: every reported part but reasoning, which is inside output. Null when nothing is reported. */
export function totalTokens({ input, cacheRead, cacheWrite, output }: TokenCounts): number | null {
  const parts = [input, cacheRead, cacheWrite, output].filter(part => part !== null);
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0);
}
