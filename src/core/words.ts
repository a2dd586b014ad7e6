/** The whole truth about an account in words: for screen readers, tooltips and the labels beside every number. */
import { activityLines } from './activity';
import { counted, formatAge, formatCount, formatFigureCost, formatMoney, formatPeriod, formatReset, formatTokens, formatUsed, formatWhen } from './format';
import type { Failure } from './errors';
import { MICROS_PER_UNIT } from './money';
import type { Provenance, Standing } from './reading';
import type { DisplaySettings } from './settings';
import type { AccountState, AccountView, Figure, MeterView } from './snapshot';
import type { EpochMs } from './time';
import { unreadText } from './unreadText';

/** What words need beside the thing they tell. `zone`: the snapshot's. */
export interface Wording extends DisplaySettings {
  readonly now: EpochMs;
  readonly zone: string;
}

const PROVENANCE: Record<Provenance, string> = {
  billed: 'billed by the vendor',
  reported: 'reported by the vendor',
  measured: 'counted from local logs',
  estimated: 'estimated',
  manual: 'entered by you',
};
export const provenanceLabel = (provenance: Provenance): string => PROVENANCE[provenance];

const STANDING: Record<Standing, string> = {
  'official': 'official API',
  'vendor-file': "file of the vendor's tool",
  'unofficial': 'unofficial source',
};
export const standingLabel = (standing: Standing): string => STANDING[standing];

const STATE: Record<AccountState, string> = {
  'waiting': 'Waiting',
  'ok': 'OK',
  'warning': 'Warning',
  'critical': 'Critical',
  'stale': 'Out of date',
  'error': 'Failed',
  'signed-out': 'Signed out',
};
export const stateLabel = (state: AccountState): string => STATE[state];

const ICON: Record<AccountState, string> = {
  'waiting': 'sync',
  'ok': 'pass',
  'warning': 'warning',
  'critical': 'error',
  'stale': 'history',
  'error': 'circle-slash',
  'signed-out': 'key',
};
/** The codicon that stands beside a state, since colour is never the only signal. */
export const stateIcon = (state: AccountState): string => ICON[state];

type Amount = Pick<MeterView, 'unit' | 'currency'>;
type Value = Amount & Pick<MeterView, 'used' | 'left' | 'cap' | 'ratio' | 'expired'>;
/** '$3.21', '1.2M tokens', '40 requests', '42%'. @param amount in the meter's unit. */
export function formatAmount(amount: number, { unit, currency }: Amount, locale: string): string {
  switch (unit) {
    case 'micros': return currency === null ? formatCount(amount / MICROS_PER_UNIT, locale) : formatMoney({ micros: amount, currency }, locale);
    case 'percent': return `${formatCount(amount, locale)}%`;
    case 'tokens': return counted(formatTokens(amount, locale), 'token');
    case 'requests': return counted(formatCount(amount, locale), 'request');
    case 'credits': return counted(formatCount(amount, locale), 'credit');
  }
}

/** '$12.40 of $50.00 used', '$37.60 left', '$3.00 used, no limit'. Null: the meter is a bare percent, or tells no amount. */
export function formatMeterAmount(meter: Value, locale: string): string | null {
  const { used, left, cap, unit, expired } = meter;
  if (unit === 'percent' || expired) return null;
  const text = (amount: number): string => formatAmount(amount, meter, locale);
  if (used !== null) {
    if (cap.kind === 'limited') return `${text(used)} of ${text(cap.amount)} used`;
    return cap.kind === 'unlimited' ? `${text(used)} used, no limit` : `${text(used)} used`;
  }
  if (left === null) return null;
  return cap.kind === 'limited' ? `${text(left)} of ${text(cap.amount)} left` : `${text(left)} left`;
}

/** The meter's value in its shortest honest form: '42% used', '$37.60 left', 'reset since', 'no limit', 'not reported'. */
export function meterValue(meter: Value, display: DisplaySettings): string {
  if (meter.expired) return 'reset since';
  return formatUsed(meter, display) ?? formatMeterAmount(meter, display.locale) ?? (meter.cap.kind === 'unlimited' ? 'no limit' : 'not reported');
}

/** '5-hour window: 42% used, resets in 2 h 10 min (14:00), reported by the vendor, 12 min ago'. */
export function meterText(meter: MeterView, wording: Wording): string {
  const { locale, now, zone } = wording;
  const share = formatUsed(meter, wording);
  const amount = formatMeterAmount(meter, locale);
  const values = [share, amount].filter(value => value !== null);
  const parts = [
    ...(values.length > 0 ? values : [meterValue(meter, wording)]),
    formatReset(meter, now, zone, locale),
    provenanceLabel(meter.provenance),
    formatAge(now - meter.trueAt),
  ];
  return `${meter.label}: ${parts.filter(part => part !== null).join(', ')}`;
}

/** 'Today (UTC): $3.21, billed by the vendor, 1.2M tokens, reported by the vendor'. */
export function figureText(figure: Figure, period: 'day' | 'month', { locale, now }: Wording): string {
  const parts = [
    formatFigureCost(figure, locale),
    figure.costs.length > 0 && figure.costProvenance !== null ? provenanceLabel(figure.costProvenance) : null,
    figureAge(figure, now),
    ...(figure.tokens === null ? [] : [counted(formatTokens(figure.tokens, locale), 'token'), figure.tokenProvenance === null ? null : provenanceLabel(figure.tokenProvenance)]),
  ];
  return `${formatPeriod(period, figure.dayZone, now, locale)}: ${parts.filter(part => part !== null).join(', ')}`;
}

/** 'last known 3 h ago'; null: it is as old as the account's reading. */
export const figureAge = ({ trueAt }: Pick<Figure, 'trueAt'>, now: EpochMs): string | null => (trueAt === undefined ? null : `last known ${formatAge(now - trueAt)}`);

/** 'The key was refused. Next try at 14:05'. */
export function failureText({ message, retryAt }: Failure, { now, zone, locale }: Wording): string {
  return retryAt === null || retryAt <= now ? message : `${message} Next try at ${formatWhen(retryAt, now, zone, locale)}.`;
}

/** How old the last good reading is: 'read 12 min ago', 'no reading yet'. */
export function ageText({ takenAt }: Pick<AccountView, 'takenAt'>, now: EpochMs): string {
  return takenAt === null ? 'no reading yet' : `read ${formatAge(now - takenAt)}`;
}

/** Everything that a card shows, as sentences for a screen reader. */
export function accountSummary(account: AccountView, wording: Wording): string {
  const sentences = [
    `${account.providerName}, ${account.alias}: ${stateLabel(account.state)}`,
    ...account.meters.map(meter => meterText(meter, wording)),
    account.today === null ? null : figureText(account.today, 'day', wording),
    account.month === null ? null : figureText(account.month, 'month', wording),
    ...(account.activity === null ? [] : activityLines(account.activity, wording)),
    account.unread === null ? null : unreadText(account.unread).replace(/\.$/, ''),
    account.failure === null ? null : failureText(account.failure, wording).replace(/\.$/, ''),
    ageText(account, wording.now),
  ];
  return `${sentences.filter(sentence => sentence !== null).join('. ')}.`;
}
