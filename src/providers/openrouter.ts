/**
 * OpenRouter: a key's limit and spend, or with a management key the account's credits and activity.
 * Source: GET /key, /credits, /activity, /keys of https://openrouter.ai/api/v1; the vendor's OpenAPI file of 2026-08-22 and
 *         openrouter.ai/docs/api-reference; test/fixtures/openrouter.
 * Units:  US dollars as numbers there, micro-dollars here. Days, weeks (Monday to Sunday) and months are UTC.
 * Standing: official. Traffic on the user's own vendor keys (`byok_*`) is billed elsewhere and never added.
 */
import * as z from 'zod/mini';
import type { Meter, SpendTotal } from '../core/reading';
import { DAY_MS, MINUTE_MS, type EpochMs } from '../core/time';
import { dollarsToMicros } from './decimal';
import { foreignKey } from './keyForms';
import { BALANCE, readAccount, readBalance } from './openrouterAccount';
import { nothingLeft, optional } from './optional';
import { emptyReading, parseBody, type Provider } from './provider';
import { startOfUtcDay, startOfUtcMonth } from './utcDays';

const Key = z.object({
  data: z.object({
    label: z.optional(z.nullable(z.string())),
    /** Null: no limit on this key, which says nothing about the account's balance. */
    limit: z.nullable(z.number()),
    limit_remaining: z.nullable(z.number()),
    limit_reset: z.optional(z.nullable(z.string())),
    usage_daily: z.optional(z.nullable(z.number())),
    usage_monthly: z.optional(z.nullable(z.number())),
    is_free_tier: z.optional(z.boolean()),
    is_management_key: z.optional(z.boolean()),
    /** The older name of the same. */
    is_provisioning_key: z.optional(z.boolean()),
  }),
});
type Key = z.infer<typeof Key>['data'];

const KEY_ALONE = 'This key shows its own limit and spend; balance and history by model need a management key.';

export const openrouter: Provider = {
  info: {
    id: 'openrouter',
    name: 'OpenRouter',
    summary: 'Key limit and spend; with a management key also balance and activity by model',
    standing: 'official',
    credential: {
      kind: 'api-key',
      hint: "Any key shows its own limit and spend. A management key (Settings > Management keys) shows the account's balance and history; it can also manage keys.",
      url: 'https://openrouter.ai/settings/keys',
      example: 'sk-or-v1-…',
    },
    baseUrl: 'https://openrouter.ai/api/v1',
    minIntervalMs: MINUTE_MS,
    defaultIntervalMs: 15 * MINUTE_MS,
  },
  hosts: ['openrouter.ai'],
  authorize: secret => ({ authorization: `Bearer ${secret}` }),
  refuseKey: secret => foreignKey(secret, 'OpenRouter'),
  async read(context) {
    const { now } = context;
    const key = parseBody(Key, await context.getJson('/key')).data;
    // Both kinds of key look alike.
    const isManagement = key.is_management_key ?? key.is_provisioning_key ?? null;
    const own = {
      ...emptyReading(now),
      meters: limitMeters(key, now),
      // The label of an unnamed key is a part of the key.
      identity: key.label && !key.label.startsWith('sk-') ? key.label.slice(0, 100) : null,
      plan: key.is_free_tier === true ? 'Free tier' : null,
    };
    if (isManagement === true) {
      const account = await readAccount(context);
      return { ...own, ...account, meters: [...account.meters, ...own.meters] };
    }
    const left = nothingLeft();
    const balance = isManagement === false ? null : await optional(context.signal, left, { what: 'The balance', part: { meter: BALANCE } }, () => readBalance(context, { believeZero: false }));
    return { ...own, ...left, meters: [...(balance ?? []), ...own.meters], totals: keyTotals(key, now), notes: [KEY_ALONE, ...left.notes] };
  },
};

function limitMeters({ limit, limit_remaining, limit_reset }: Key, now: EpochMs): Meter[] {
  if (limit === null) return [];
  const period = resetPeriod(limit_reset ?? null, now);
  return [{
    id: 'key-limit',
    label: period === null ? 'Key limit' : `Key limit (${limit_reset})`,
    kind: 'limit',
    unit: 'micros',
    currency: 'USD',
    used: null,
    left: limit_remaining === null ? null : dollarsToMicros(limit_remaining, 'limit_remaining'),
    cap: { kind: 'limited', amount: dollarsToMicros(limit, 'limit') },
    resetsAt: period?.endAt ?? null,
    durationMs: period && period.endAt - period.startAt,
    trueAt: now,
    provenance: 'reported',
    standing: 'official',
  }];
}

/** The vendor names the reset, not its instant: it documents UTC days, weeks from Monday, and months. Null: never, or a new name. */
function resetPeriod(reset: string | null, now: EpochMs): { startAt: EpochMs; endAt: EpochMs } | null {
  const today = startOfUtcDay(now);
  if (reset === 'daily') return { startAt: today, endAt: today + DAY_MS };
  if (reset === 'monthly') return { startAt: startOfUtcMonth(now), endAt: startOfUtcMonth(now, 1) };
  if (reset !== 'weekly') return null;
  const monday = today - ((new Date(today).getUTCDay() + 6) % 7) * DAY_MS;
  return { startAt: monday, endAt: monday + 7 * DAY_MS };
}

function keyTotals(key: Key, now: EpochMs): SpendTotal[] {
  const total = (period: SpendTotal['period'], startAt: EpochMs, field: 'usage_daily' | 'usage_monthly'): SpendTotal[] => {
    const dollars = key[field];
    return dollars == null ? [] : [{ period, startAt, cost: { micros: dollarsToMicros(dollars, field), currency: 'USD' }, dayZone: 'UTC', provenance: 'billed' }];
  };
  return [...total('day', startOfUtcDay(now), 'usage_daily'), ...total('month', startOfUtcMonth(now), 'usage_monthly')];
}
