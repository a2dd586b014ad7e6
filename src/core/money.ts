/**
 * The schemas are marked pure, so that a bundle which uses only the numbers below (the webview's) leaves them and zod out.
 */
import * as z from 'zod/mini';

/** ISO 4217, upper case. */
export const Currency = /* @__PURE__ */ z.string().check(/* @__PURE__ */ z.regex(/^[A-Z]{3}$/));

/**
 * An amount with its currency. `micros` are millionths of the currency's main unit (1 USD = 1_000_000); they may have a
 * fraction, since list prices go below a micro per token, and are rounded for display only. Negative amounts are credits.
 */
export const Money = /* @__PURE__ */ z.object({ micros: /* @__PURE__ */ z.number(), currency: Currency });
export type Money = Readonly<z.infer<typeof Money>>;

export const MICROS_PER_UNIT = 1_000_000;
export const MICROS_PER_CENT = 10_000;

/** @param amount in US dollars. */
export const usd = (amount: number): Money => ({ micros: amount * MICROS_PER_UNIT, currency: 'USD' });

/** Sums per currency: amounts in different currencies are never added. */
export class MoneySum {
  private readonly micros = new Map<string, number>();

  add(micros: number, currency: string): void {
    this.micros.set(currency, (this.micros.get(currency) ?? 0) + micros);
  }

  /** One for each currency, in the order of first appearance. */
  get totals(): Money[] {
    return [...this.micros].map(([currency, micros]) => ({ micros, currency }));
  }
}

/** See `MoneySum`. */
export function sumMoney(amounts: Iterable<Money>): readonly Money[] {
  const sum = new MoneySum();
  for (const { micros, currency } of amounts) sum.add(micros, currency);
  return sum.totals;
}

/** All digits, in units: 1.5 micros are '0.0000015'. `parseDecimal` gives the same number back. */
export function decimalOf(micros: number): string {
  if (micros === 0) return '0';
  const [mantissa = '', power = '0'] = Math.abs(micros).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const point = Number(power) + 1 - Math.log10(MICROS_PER_UNIT);
  const whole = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0');
  const rest = point <= 0 ? '0'.repeat(-point) + digits : digits.slice(point);
  return `${micros < 0 ? '-' : ''}${whole}${rest === '' ? '' : `.${rest}`}`;
}

/** Micros of a decimal number of units. NaN when it is none. */
export const parseDecimal = (text: string): number => (/^-?\d{1,30}(\.\d{1,350})?$/.test(text) ? Number(`${text}e6`) : NaN);
