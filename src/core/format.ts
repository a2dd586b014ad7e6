/**
 * Numbers, money and times as text, for the host and the webview alike. Pure: the locale, the zone and `now` are handed in.
 * The words are English; numbers and dates follow the locale. Clock times have 24 hours, so that they are short and need no AM.
 */
import { MICROS_PER_UNIT, type Money } from './money';
import { plainCount, plainMoney, plainPercent } from './plainNumbers';
import type { DisplaySettings } from './settings';
import type { Figure, MeterView } from './snapshot';
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from './time';

const DEFAULT_LOCALE = 'en-US';

/** `Intl` objects cost some 50 us each: one is kept for each locale and set of options. */
const kept = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();
function keep<T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T {
  const found = kept.get(key) ?? make();
  kept.set(key, found);
  return found as T;
}

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return keep(`n ${locale} ${JSON.stringify(options)}`, () => {
    try {
      return new Intl.NumberFormat(locale, options);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return new Intl.NumberFormat(DEFAULT_LOCALE, options);
    }
  });
}

/** A locale or zone that this machine does not know becomes English or UTC, and the text then names UTC. */
function dateFormat(locale: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return keep(`d ${locale} ${zone} ${JSON.stringify(options)}`, () => {
    for (const [tag, timeZone] of [[locale, zone], [DEFAULT_LOCALE, zone]] as const) {
      try {
        return new Intl.DateTimeFormat(tag, { ...options, timeZone });
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
    return new Intl.DateTimeFormat(DEFAULT_LOCALE, { ...options, timeZone: 'UTC' });
  });
}

/** A value in words, but '<1%' or '>-1%', of one `step`, where it is nearer to zero than `least`; zero itself has no sign. */
function neverZero(value: number, least: number, step: number, text: (value: number) => string): string {
  if (value === 0 || Math.abs(value) >= least) return text(value === 0 ? 0 : value);
  return value > 0 ? `<${text(step)}` : `>${text(-step)}`;
}

/**
 * '42%'. Never 0% for what is above zero and never 100% for what is below the cap: '<1%', '99%'.
 * @param ratio 1.2 is '120%'; below zero where credits are greater than what was used, or more is left than the cap.
 */
export function formatPercent(ratio: number, locale: string): string {
  const text = (share: number): string => plainPercent(share, locale) ?? numberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share);
  return neverZero(ratio < 1 && ratio > 0.99 ? 0.99 : ratio, 0.005, 0.01, text);
}

/** '42% used', or '58% left' where the user wants that: the word stands beside every percent. Overage is '120% used', '20% over'. */
export function formatShare(ratio: number, { locale, percent }: DisplaySettings): string {
  if (percent === 'used') return `${formatPercent(ratio, locale)} used`;
  return ratio > 1 ? `${formatPercent(ratio - 1, locale)} over` : `${formatPercent(1 - ratio, locale)} left`;
}

/** '42% used'. Null when there is no percent to say: no cap, not reported, or out of date by its own reset time. */
export function formatUsed(meter: Pick<MeterView, 'ratio' | 'expired'>, display: DisplaySettings): string | null {
  return meter.ratio === null || meter.expired ? null : formatShare(meter.ratio, display);
}

/** '$3.21'. What is below the smallest coin is '<$0.01', never '$0.00'; credits are negative. */
export function formatMoney({ micros, currency }: Money, locale: string): string {
  const intl = (): Intl.NumberFormat => numberFormat(locale, { style: 'currency', currency });
  const text = (units: number): string => plainMoney(units, currency, locale) ?? intl().format(units);
  const amount = micros / MICROS_PER_UNIT;
  const coin = plainMoney(0, currency, locale) === null ? 10 ** -(intl().resolvedOptions().maximumFractionDigits ?? 2) : 0.01;
  return neverZero(amount, coin, coin, text);
}

const MAX_DIGITS = 20;

/** '$0.005': an amount on an axis, with as many digits as tell it from its neighbours. @param stepMicros how far away they are. */
export function formatMoneyTick({ micros, currency }: Money, stepMicros: number, locale: string): string {
  const step = stepMicros / MICROS_PER_UNIT;
  const usual = numberFormat(locale, { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  let digits = usual;
  while (digits < MAX_DIGITS && Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) > 1e-6) digits++;
  if (digits === usual) return formatMoney({ micros, currency }, locale);
  return numberFormat(locale, { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(micros / MICROS_PER_UNIT);
}

/** '740 MB', '10.3 GB', of 1000 each. Whole below a gigabyte. */
export function formatBytes(bytes: number, locale: string): string {
  const big = bytes >= 1e9;
  return numberFormat(locale, { style: 'unit', unit: big ? 'gigabyte' : 'megabyte', maximumFractionDigits: big ? 1 : 0 }).format(bytes / (big ? 1e9 : 1e6));
}

/** One text for amounts in several currencies, which are never added: '$3.21 + €1.00'. Null for none. */
export function formatMoneys(amounts: readonly Money[], locale: string): string | null {
  return amounts.length === 0 ? null : amounts.map(amount => formatMoney(amount, locale)).join(' + ');
}

/** '1.23M', '950': three digits, for tokens and other large counts. */
export function formatTokens(count: number, locale: string): string {
  return numberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 }).format(count);
}

/** '1,234,567', '0.25': every digit, for tables, credits and screen readers. What is below a hundredth is '<0.01', never '0'. */
export function formatCount(count: number, locale: string): string {
  const text = (value: number): string => plainCount(value, locale) ?? numberFormat(locale, { maximumFractionDigits: 2 }).format(value);
  return neverZero(count, 0.005, 0.01, text);
}

/** '1 token', '1.2M tokens'. @param noun of one. */
export const counted = (count: string, noun: string): string => `${count} ${noun}${count === '1' ? '' : 's'}`;

/** '2 h 10 min', '3 d 4 h', '12 min', 'less than a minute': the largest units, cut and not rounded. @param units how many, 1 or 2. */
export function formatDuration(ms: number, units = 2): string {
  if (ms < MINUTE_MS) return 'less than a minute';
  const days = Math.floor(ms / DAY_MS);
  const hours = Math.floor((ms % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  const parts = days > 0 ? [[days, 'd'], [hours, 'h']] as const : [[hours, 'h'], [minutes, 'min']] as const;
  return parts.filter(([count]) => count > 0).slice(0, units).map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** '12 min ago', 'just now'. @param ms below zero (the clock was set back) counts as now. */
export function formatAge(ms: number): string {
  return ms < MINUTE_MS ? 'just now' : `${formatDuration(ms)} ago`;
}

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const INSTANT = { weekday: 'short', month: 'short', day: 'numeric', ...CLOCK, timeZoneName: 'short' } as const;
/** Under whatever name: nobody can tell a time of UTC from a local one. */
const isUtc = (zone: string, at: EpochMs): boolean => formatZone(zone, at, DEFAULT_LOCALE) === 'UTC';

/** '14:00', '14:00 UTC': local times go without their zone. */
export function formatClock(at: EpochMs, zone: string, locale: string): string {
  return dateFormat(locale, zone, isUtc(zone, at) ? { ...CLOCK, timeZoneName: 'short' } : CLOCK).format(at);
}

/** '10:00–15:00', '10:00–15:00 UTC' */
export function formatClocks(fromAt: EpochMs, toAt: EpochMs, zone: string, locale: string): string {
  return `${dateFormat(locale, zone, CLOCK).format(fromAt)}–${formatClock(toAt, zone, locale)}`;
}

/** '2026-10-31' as the zone's calendar has it: a key to compare and to look up by, not for display. */
export function dayOf(at: EpochMs, zone: string): string {
  if (zone === 'UTC') return new Date(at).toISOString().slice(0, 10);
  return dateFormat('sv-SE', zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
}

/** 'Sat, Oct 31, 14:00 GMT+1': a day is never shown without its zone. */
export function formatInstant(at: EpochMs, zone: string, locale: string): string {
  return dateFormat(locale, zone, INSTANT).format(at);
}

/** 'Fri, Oct 31, 2025, 14:00 GMT+1': an instant that may lie years back. */
export function formatDated(at: EpochMs, zone: string, locale: string): string {
  return dateFormat(locale, zone, { ...INSTANT, year: 'numeric' }).format(at);
}

/** '14:00', '14:00 UTC' on the day of `now`, the whole instant otherwise. */
export function formatWhen(at: EpochMs, now: EpochMs, zone: string, locale: string): string {
  return dayOf(at, zone) === dayOf(now, zone) ? formatClock(at, zone, locale) : formatInstant(at, zone, locale);
}

/** 'resets in 2 h 10 min (14:00)', 'was reset at 14:00 UTC'. Null: no reset is known. */
export function formatReset(meter: Pick<MeterView, 'resetsAt'>, now: EpochMs, zone: string, locale: string): string | null {
  if (meter.resetsAt === null) return null;
  const when = formatWhen(meter.resetsAt, now, zone, locale);
  return meter.resetsAt <= now ? `was reset at ${when}` : `resets in ${formatDuration(meter.resetsAt - now)} (${when})`;
}

/** 'Oct 31' for a day key such as '2026-10-31'. The zone of the days stands once beside the table or the axis. */
export function formatDay(day: string, locale: string): string {
  return dateFormat(locale, 'UTC', { month: 'short', day: 'numeric' }).format(Date.parse(`${day}T00:00:00Z`));
}

/** 'UTC', 'GMT+1', 'PST': the zone's short name at an instant. */
export function formatZone(zone: string, at: EpochMs, locale: string): string {
  const parts = dateFormat(locale, zone, { timeZoneName: 'short' }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

/** 'October 2026': the month of an instant in a zone. */
export function formatMonth(zone: string, at: EpochMs, locale: string): string {
  return dateFormat(locale, zone, { month: 'long', year: 'numeric' }).format(at);
}

/** 'Today (GMT+1)', 'October 2026 (UTC)': the span that a figure is about, by its own zone. */
export function formatPeriod(period: 'day' | 'month', dayZone: string, now: EpochMs, locale: string): string {
  const name = period === 'day' ? 'Today' : formatMonth(dayZone, now, locale);
  return `${name} (${formatZone(dayZone, now, locale)})`;
}

const MAX_UNPRICED = 5;

/** 'unpriced: 903M tokens of model-x, 2K tokens of model-y', those with the most tokens, then '4K tokens of 3 more models'. Null when every model has a price. */
export function formatUnpriced({ unpriced }: Pick<Figure, 'unpriced'>, locale: string): string | null {
  if (unpriced.length === 0) return null;
  const named = (tokens: number, whose: string): string => `${counted(formatTokens(tokens, locale), 'token')} of ${whose}`;
  const all = unpriced.toSorted((a, b) => b.tokens - a.tokens);
  const shown = all.slice(0, all.length <= MAX_UNPRICED ? MAX_UNPRICED : MAX_UNPRICED - 1);
  const rest = all.slice(shown.length);
  return `unpriced: ${[
    ...shown.map(({ model, tokens }) => named(tokens, model)),
    ...(rest.length === 0 ? [] : [named(rest.reduce((sum, { tokens }) => sum + tokens, 0), `${rest.length} more models`)]),
  ].join(', ')}`;
}

/** '$3.21', '$3.21 API equivalent', with what has no price behind it. 'cost unknown' when no money is known. */
export function formatFigureCost(figure: Pick<Figure, 'costs' | 'costKind' | 'unpriced'>, locale: string): string {
  const money = formatMoneys(figure.costs, locale);
  const amount = money === null ? null : figure.costKind === 'equivalent' ? `${money} API equivalent` : money;
  const unpriced = formatUnpriced(figure, locale);
  if (amount === null) return unpriced ?? 'cost unknown';
  return unpriced === null ? amount : `${amount}, ${unpriced}`;
}
