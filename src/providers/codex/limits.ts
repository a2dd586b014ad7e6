/**
 * The rate limits that Codex's service told with a response, from the newest `token_count` event of any rollout log.
 * Units: percent used 0-100, window length in minutes, reset as epoch seconds (older logs: seconds from the event). Windows
 * come and go in either slot, so a window is what its length says. Other `limit_id`s are other limits, and are left alone.
 */
import * as z from 'zod/mini';
import type { Meter } from '../../core/reading';
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from '../../core/time';
import { type LogLine, type LogSink, moment } from '../logSource';
import type { Sighting } from '../provider';

/** What is kept of a window. Percent 0 and up; null: not told. */
const WindowSighting = /* @__PURE__ */ z.object({ percent: /* @__PURE__ */ z.number(), resetsAt: /* @__PURE__ */ z.nullable(/* @__PURE__ */ z.number()), minutes: /* @__PURE__ */ z.nullable(/* @__PURE__ */ z.number()) });
const AccountSighting = /* @__PURE__ */ z.object({ plan: /* @__PURE__ */ z.nullable(/* @__PURE__ */ z.string()), credits: /* @__PURE__ */ z.nullable(/* @__PURE__ */ z.union([/* @__PURE__ */ z.literal('unlimited'), /* @__PURE__ */ z.number()])) });

/** The sighting of the newest event; windows have a sighting each, under "window ". */
const ACCOUNT = 'account';
const WINDOW = 'window ';

/** Fields of a `rate_limits` object, below its own path. */
export const LIMIT_FIELDS = [
  'limit_id', 'plan_type', 'credits.has_credits', 'credits.unlimited', 'credits.balance',
  ...(['primary', 'secondary'] as const).flatMap(slot => (['used_percent', 'window_minutes', 'resets_at', 'resets_in_seconds'] as const).map(name => `${slot}.${name}` as const)),
] as const;

/** Notices the limits that lines tell. By hand rather than by a schema: every response tells limits, mostly the same again. What does not fit is not told. */
export class LimitsNotice {
  readonly #limitId: number;
  readonly #planType: number;
  readonly #credits: { readonly has: number; readonly unlimited: number; readonly balance: number };
  readonly #primary: WindowNotice;
  readonly #secondary: WindowNotice;
  #account: z.infer<typeof AccountSighting> = { plan: null, credits: null };

  /** @param field the number of each of LIMIT_FIELDS. */
  constructor(field: (name: (typeof LIMIT_FIELDS)[number]) => number) {
    [this.#limitId, this.#planType] = [field('limit_id'), field('plan_type')];
    this.#credits = { has: field('credits.has_credits'), unlimited: field('credits.unlimited'), balance: field('credits.balance') };
    const window = (slot: 'primary' | 'secondary'): WindowNotice => new WindowNotice(slot, {
      percent: field(`${slot}.used_percent`), minutes: field(`${slot}.window_minutes`), resetsAt: field(`${slot}.resets_at`), inSeconds: field(`${slot}.resets_in_seconds`),
    });
    this.#primary = window('primary');
    this.#secondary = window('secondary');
  }

  notice(line: LogLine, at: EpochMs, emit: LogSink): void {
    const limitId = line.json(this.#limitId);
    if (typeof limitId === 'string' && limitId !== 'codex') return;
    let told = line.has(this.#limitId) || line.has(this.#planType) || line.has(this.#credits.has) || line.has(this.#credits.unlimited);
    told = this.#primary.notice(line, at, emit) || told;
    told = this.#secondary.notice(line, at, emit) || told;
    if (!told) return;
    const plan = line.text(this.#planType);
    const credits = this.#creditsIn(line);
    if (plan !== this.#account.plan || credits !== this.#account.credits) this.#account = { plan, credits };
    emit.sighting(ACCOUNT, { at, value: this.#account });
  }

  #creditsIn(line: LogLine): number | 'unlimited' | null {
    if (line.json(this.#credits.unlimited) === true) return 'unlimited';
    if (line.json(this.#credits.has) !== true) return null;
    return amount(Number(line.text(this.#credits.balance) ?? amount(line.json(this.#credits.balance)) ?? NaN));
  }
}

interface WindowFields { readonly percent: number; readonly minutes: number; readonly resetsAt: number; readonly inSeconds: number }

class WindowNotice {
  readonly #slot: string;
  readonly #fields: WindowFields;
  #key: string;
  #value: z.infer<typeof WindowSighting> = { percent: NaN, resetsAt: null, minutes: null };

  constructor(slot: string, fields: WindowFields) {
    [this.#slot, this.#fields, this.#key] = [slot, fields, `${WINDOW}${slot}`];
  }

  /** Whether the line tells of this window. */
  notice(line: LogLine, at: EpochMs, emit: LogSink): boolean {
    const percent = amount(line.json(this.#fields.percent));
    if (percent === null || percent < 0) return percent !== null;
    const length = amount(line.json(this.#fields.minutes));
    const minutes = length !== null && length > 0 ? length : null;
    const reset = amount(line.json(this.#fields.resetsAt));
    const inSeconds = amount(line.json(this.#fields.inSeconds));
    const resetsAt = reset !== null ? moment(reset) : inSeconds !== null ? moment(at + inSeconds * 1000) : null;
    if (minutes !== this.#value.minutes) this.#key = `${WINDOW}${minutes ?? this.#slot}`;
    if (percent !== this.#value.percent || resetsAt !== this.#value.resetsAt || minutes !== this.#value.minutes) this.#value = { percent, resetsAt, minutes };
    emit.sighting(this.#key, { at, value: this.#value });
    return true;
  }
}

/** No percent, length, instant or balance is greater. */
const MAX = 1e13;
const amount = (value: unknown): number | null => (typeof value === 'number' && Math.abs(value) <= MAX ? value : null);

/** What the sightings say of the account now. */
export function codexLimits(sightings: ReadonlyMap<string, Sighting>): { readonly meters: readonly Meter[]; readonly plan: string | null } {
  const newest = sightings.get(ACCOUNT);
  const account = z.safeParse(AccountSighting, newest?.value);
  if (newest === undefined || !account.success) return { meters: [], plan: null };
  const windows = [...sightings].filter(([key]) => key.startsWith(WINDOW)).map(([key, sighting]) => windowMeter(key.slice(WINDOW.length), sighting, newest.at));
  const { plan, credits } = account.data;
  return {
    meters: [...windows, creditsMeter(credits, newest.at)].filter(meter => meter !== null).sort((a, b) => (a.durationMs ?? Infinity) - (b.durationMs ?? Infinity)),
    plan: plan === null ? null : plan.charAt(0).toUpperCase() + plan.slice(1),
  };
}

/**
 * An event may leave a window out because it did not change, or because it no longer exists: one that has been reset since it
 * was last told, and that the newest event does not tell, is gone.
 */
function windowMeter(key: string, { at, value }: Sighting, newestAt: EpochMs): Meter | null {
  const window = z.safeParse(WindowSighting, value);
  if (!window.success) return null;
  const { percent, resetsAt, minutes } = window.data;
  if (at < newestAt && (resetsAt === null || resetsAt <= newestAt)) return null;
  const durationMs = minutes === null ? null : minutes * MINUTE_MS;
  return {
    id: `window-${key}`, label: durationMs === null ? `Limit (${key})` : windowLabel(durationMs), kind: 'window', unit: 'percent', currency: null,
    used: percent, left: null, cap: { kind: 'limited', amount: 100 }, resetsAt, durationMs, trueAt: at, provenance: 'reported', standing: 'vendor-file',
  };
}

function windowLabel(durationMs: number): string {
  if (durationMs === 7 * DAY_MS) return 'Weekly window';
  if (durationMs % DAY_MS === 0) return `${durationMs / DAY_MS}-day window`;
  if (durationMs % HOUR_MS === 0) return `${durationMs / HOUR_MS}-hour window`;
  return `${Math.round(durationMs / MINUTE_MS)}-minute window`;
}

function creditsMeter(credits: number | 'unlimited' | null, trueAt: EpochMs): Meter | null {
  if (credits === null) return null;
  return {
    id: 'credits', label: 'Credits', kind: 'balance', unit: 'credits', currency: null, used: null, left: credits === 'unlimited' ? null : credits,
    cap: { kind: credits === 'unlimited' ? 'unlimited' : 'unknown' }, resetsAt: null, durationMs: null, trueAt, provenance: 'reported', standing: 'vendor-file',
  };
}
