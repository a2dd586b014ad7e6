/**
 * Percents, money and counts as `Intl` writes them in American English, but without it: its first use takes an editor's thread 20 ms,
 * just when it starts. Null: `Intl` is to be asked, for another language, a number below zero, very large or very small, or another currency.
 */
const LOCALES = ['en', 'en-US'];
/** Currencies of two digits behind the point. */
const SIGNS = new Map([['USD', '$'], ['EUR', '€'], ['GBP', '£']]);
/** Above it a number's digits do not tell hundredths any more. */
const MAX = 1e12;

/** Rounded as `Intl` rounds: the shortest digits that mean this very number, halves away from zero. */
function hundredths(value: number, locale: string): number | null {
  if (!LOCALES.includes(locale) || !(value >= 0 && value < MAX) || Object.is(value, -0)) return null;
  const [whole = '', fraction = '', ...more] = String(value).split('.');
  if (more.length > 0 || fraction.includes('e') || whole.includes('e')) return null;
  return Number(whole + fraction.slice(0, 2).padEnd(2, '0')) + (fraction.charAt(2) >= '5' ? 1 : 0);
}

const grouped = (whole: number): string => String(whole).replace(/\B(?=(?:\d{3})+$)/g, ',');
const digits = (parts: number): string => String(parts % 100).padStart(2, '0');

/** '42%', '1,200%'. */
export function plainPercent(ratio: number, locale: string): string | null {
  const percent = hundredths(ratio, locale);
  return percent === null ? null : `${grouped(percent)}%`;
}

/** '$1,234.50'. @param amount in the currency's main unit. */
export function plainMoney(amount: number, currency: string, locale: string): string | null {
  const sign = SIGNS.get(currency);
  const coins = sign === undefined ? null : hundredths(amount, locale);
  return coins === null ? null : `${sign}${grouped(Math.floor(coins / 100))}.${digits(coins)}`;
}

/** '1,234.5': two digits behind the point at most. */
export function plainCount(count: number, locale: string): string | null {
  const parts = hundredths(count, locale);
  return parts === null ? null : `${grouped(Math.floor(parts / 100))}.${digits(parts)}`.replace(/\.?0+$/, '');
}
