/**
 * The usage that Claude Code fetched for itself and keeps in `.claude.json` under `cachedUsageUtilization`: percent used of the
 * 5-hour and weekly windows and what extra usage cost. It is as old as `fetchedAtMs` says, hours or days on some machines.
 * Units: percent 0-100 used; ISO 8601 reset times; money in minor units with an exponent. Every field may be missing or null,
 * which is "not told", never 0. All other keys of the file are none of our business.
 */
import * as z from 'zod/mini';
import { Amount as Figure, MAX_AMOUNT, type Meter } from '../../core/reading';
import { DAY_MS, HOUR_MS } from '../../core/time';
import { instant, moment } from '../logSource';

const maybe = <T extends z.core.$ZodType>(schema: T) => z.catch(z.nullish(schema), null);
const Window = z.object({ utilization: maybe(Figure), resets_at: maybe(z.string()) });
const Limit = z.object({
  kind: maybe(z.string()),
  percent: maybe(Figure),
  resets_at: maybe(z.string()),
  scope: maybe(z.object({ model: maybe(z.object({ id: maybe(z.string()), display_name: maybe(z.string()) })), surface: maybe(z.string()) })),
});
type Limit = z.infer<typeof Limit>;
const Amount = z.object({ amount_minor: z.number(), currency: z.string().check(z.regex(/^[A-Z]{3}$/)), exponent: z.number().check(z.int(), z.minimum(0), z.maximum(6)) });
const Utilization = z.object({
  five_hour: maybe(Window), seven_day: maybe(Window), seven_day_opus: maybe(Window), seven_day_sonnet: maybe(Window),
  limits: maybe(z.array(z.catch(z.nullable(Limit), null))),
  spend: maybe(z.object({ used: maybe(Amount), limit: maybe(Amount), enabled: maybe(z.boolean()) })),
  extra_usage: maybe(z.object({
    is_enabled: maybe(z.boolean()), used_credits: maybe(z.number()), monthly_limit: z.catch(z.optional(z.nullable(z.number())), undefined),
    currency: maybe(z.string().check(z.regex(/^[A-Z]{3}$/))), decimal_places: maybe(z.number().check(z.int(), z.minimum(0), z.maximum(6))),
  })),
});
type Utilization = z.infer<typeof Utilization>;
const ClaudeFile = z.object({
  oauthAccount: maybe(z.object({
    accountUuid: maybe(z.string()), emailAddress: maybe(z.string()), organizationName: maybe(z.string()),
    organizationType: maybe(z.string()), organizationRateLimitTier: maybe(z.string()),
  })),
  cachedUsageUtilization: maybe(z.object({ fetchedAtMs: maybe(z.number()), accountUuid: maybe(z.string()), utilization: maybe(Utilization) })),
});

/** What `.claude.json` tells. */
export interface ClaudeStatus {
  readonly meters: readonly Meter[];
  readonly identity: string | null;
  /** "Max 20x"; null: not told. */
  readonly plan: string | null;
  /** Nobody is signed in, or the limits that are kept are another account's: so may be what the logs tell of limits. */
  readonly ofAnother: boolean;
  /** Why there are no meters, for people; null: there are some. */
  readonly note: string | null;
}

/** @param json the parsed file. Never throws: what does not fit is not told. */
export function claudeStatus(json: unknown): ClaudeStatus {
  const parsed = z.safeParse(ClaudeFile, json);
  if (!parsed.success) return { meters: [], identity: null, plan: null, ofAnother: false, note: "Claude Code's .claude.json does not have the expected form." };
  const { oauthAccount: account, cachedUsageUtilization: cache } = parsed.data;
  const who = { identity: account?.organizationName ?? account?.emailAddress ?? null, plan: planName(account?.organizationType, account?.organizationRateLimitTier) };
  const none = (note: string, ofAnother = false): ClaudeStatus => ({ meters: [], ...who, ofAnother, note });
  if (account?.accountUuid == null) return none('Claude Code is not signed in to a plan here: limits are not known.', true);
  if (cache == null) return none('Claude Code has not kept any limits here: run /usage in Claude Code once.');
  if (cache.accountUuid !== account.accountUuid) return none('The limits that Claude Code kept belong to another account.', true);
  const fetchedAt = moment(cache.fetchedAtMs);
  if (fetchedAt === null || cache.utilization == null) return none('The limits that Claude Code kept do not have the expected form.');
  const meters = toMeters(cache.utilization, fetchedAt);
  return meters.length === 0 ? none('Claude Code kept an answer without limits.') : { meters, ...who, ofAnother: false, note: null };
}

/** "claude_max" with "default_claude_max_20x" is "Max 20x". */
function planName(type: string | null | undefined, tier: string | null | undefined): string | null {
  if (type == null) return null;
  const words = type.replace(/^claude_/, '').split('_').map(word => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
  const size = /_(\d+x)$/.exec(tier ?? '')?.[1];
  return size === undefined ? words : `${words} ${size}`;
}

function toMeters(usage: Utilization, trueAt: number): readonly Meter[] {
  const limits = (usage.limits ?? []).filter(limit => limit !== null);
  const told = (id: string, label: string, durationMs: number, kind: string, window: z.infer<typeof Window> | null | undefined): Meter | null => {
    const limit = limits.find(limit => limit.kind === kind && limit.percent != null);
    return windowMeter(id, label, durationMs, limit?.percent ?? window?.utilization, limit === undefined ? window?.resets_at : limit.resets_at, trueAt);
  };
  const scoped = scopedMeters(limits, trueAt);
  return [
    told('five-hour', '5-hour window', 5 * HOUR_MS, 'session', usage.five_hour),
    told('weekly', 'Weekly window', 7 * DAY_MS, 'weekly_all', usage.seven_day),
    ...(scoped.length > 0 ? scoped : [
      windowMeter('weekly-opus', 'Weekly window, Opus', 7 * DAY_MS, usage.seven_day_opus?.utilization, usage.seven_day_opus?.resets_at, trueAt),
      windowMeter('weekly-sonnet', 'Weekly window, Sonnet', 7 * DAY_MS, usage.seven_day_sonnet?.utilization, usage.seven_day_sonnet?.resets_at, trueAt),
    ]),
    spendMeter(usage, trueAt),
  ].filter(meter => meter !== null);
}

/** One per model or surface; of two with one name the fuller. */
function scopedMeters(limits: readonly Limit[], trueAt: number): readonly Meter[] {
  const byId = new Map<string, Meter>();
  for (const { kind, percent, resets_at: resetsAt, scope } of limits) {
    const name = scope?.model?.display_name ?? scope?.model?.id ?? scope?.surface;
    if (kind !== 'weekly_scoped' || name == null) continue;
    const id = `weekly-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.slice(0, 60);
    const meter = windowMeter(id, `Weekly window, ${name}`.slice(0, 100), 7 * DAY_MS, percent, resetsAt, trueAt);
    if (meter !== null && (meter.used ?? 0) >= (byId.get(id)?.used ?? 0)) byId.set(id, meter);
  }
  return [...byId.values()];
}

/** Null without a percent: unknown is neither 0 nor 100. */
function windowMeter(
  id: string, label: string, durationMs: number, percent: number | null | undefined, resets: string | null | undefined, trueAt: number,
): Meter | null {
  if (percent == null || percent < 0) return null;
  return {
    id, label, kind: 'window', unit: 'percent', currency: null, used: percent, left: null, cap: { kind: 'limited', amount: 100 },
    resetsAt: instant(resets), durationMs, trueAt, provenance: 'reported', standing: 'vendor-file',
  };
}

/** Money for use beyond the plan, in its own currency. `spend` is typed and wins over the older `extra_usage`. */
function spendMeter({ spend, extra_usage: extra }: Utilization, trueAt: number): Meter | null {
  const meter = (used: number | null, currency: string, cap: Meter['cap']): Meter | null => (used === null ? null : {
    id: 'extra-usage', label: 'Extra usage', kind: 'limit', unit: 'micros', currency, used, left: null, cap,
    resetsAt: null, durationMs: null, trueAt, provenance: 'reported', standing: 'vendor-file',
  });
  if (spend?.used != null) {
    if (spend.enabled === false && spend.used.amount_minor === 0) return null;
    const { used, limit } = spend;
    const known = limit?.currency === used.currency ? limit : null;
    return meter(micros(used.amount_minor, used.exponent), used.currency, known === null ? { kind: 'unknown' } : capOf(known.amount_minor, known.exponent));
  }
  if (extra?.used_credits == null || extra.currency == null || extra.decimal_places == null) return null;
  if (extra.is_enabled === false && extra.used_credits === 0) return null;
  const { used_credits: used, monthly_limit: limit, currency, decimal_places: places } = extra;
  const cap: Meter['cap'] = limit === undefined ? { kind: 'unknown' } : limit === null ? { kind: 'unlimited' } : capOf(limit, places);
  return meter(micros(used, places), currency, cap);
}

/** Null: more than an amount can be. @param exponent decimal places of the minor unit. */
function micros(minor: number, exponent: number): number | null {
  const amount = minor * 10 ** (6 - exponent);
  return Math.abs(amount) <= MAX_AMOUNT ? amount : null;
}

function capOf(minor: number, exponent: number): Meter['cap'] {
  const amount = micros(minor, exponent);
  return amount === null ? { kind: 'unknown' } : { kind: 'limited', amount };
}
