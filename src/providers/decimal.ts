import { ProviderError } from '../core/errors';
import { MAX_AMOUNT } from '../core/reading';

/** Digits with an optional fraction and exponent, as JSON numbers and vendors' strings have them; bounded. */
const DECIMAL = /^(-?)(\d{1,30})(?:\.(\d{1,60}))?(?:[eE]([+-]?\d{1,4}))?$/;
const MAX_EXPONENT = 99;

/** Sums decimals without rounding: billing APIs give cents with many fractions, in which floats lose count. */
export class ExactSum {
  #units = 0n;
  /** Decimal places of `#units`. */
  #scale = 0;
  /** What was added, for errors. */
  readonly #fields = new Set<string>();

  /** @throws {ProviderError} 'changed', naming the field and never its value. */
  add(amount: string | number, field: string): this {
    const { units, scale } = parseDecimal(amount, field);
    return this.#add(units, scale, field);
  }

  subtract(amount: string | number, field: string): this {
    const { units, scale } = parseDecimal(amount, field);
    return this.#add(-units, scale, field);
  }

  /** The number that lies nearest to the sum times ten to the `power`. */
  times10(power: number): number {
    return Number(`${this.#units}e${power - this.#scale}`);
  }

  /** As `times10`, of money. @throws {ProviderError} 'changed', naming the fields, for more than an amount can be. */
  toMicros(power: number): number {
    const micros = this.times10(power);
    if (Math.abs(micros) <= MAX_AMOUNT) return micros;
    throw new ProviderError('changed', `The answer does not have the expected form: ${[...this.#fields].join(', ')} is greater than any amount.`);
  }

  #add(units: bigint, scale: number, field: string): this {
    this.#fields.add(field);
    const common = Math.max(this.#scale, scale);
    this.#units = this.#units * 10n ** BigInt(common - this.#scale) + units * 10n ** BigInt(common - scale);
    this.#scale = common;
    return this;
  }
}

/** @returns whole `units` of which ten to the `scale` (0 and up) make one. */
function parseDecimal(amount: string | number, field: string): { units: bigint; scale: number } {
  const [, sign, whole, fraction = '', exponent = '0'] = DECIMAL.exec(String(amount)) ?? [];
  const units = whole === undefined ? null : BigInt(`${sign}${whole}${fraction}`);
  if (units === 0n) return { units, scale: 0 }; // whatever its exponent: databases write "0E-6176"
  if (units === null || Math.abs(Number(exponent)) > MAX_EXPONENT) {
    throw new ProviderError('changed', `The answer does not have the expected form: ${field} is no decimal number.`);
  }
  const scale = fraction.length - Number(exponent);
  return scale < 0 ? { units: units * 10n ** BigInt(-scale), scale: 0 } : { units, scale };
}

/** Powers of ten, to get millionths of a dollar. */
export const DOLLARS_TO_MICROS = 6;
export const CENTS_TO_MICROS = 4;

/** @throws {ProviderError} 'changed', naming the field. */
export const dollarsToMicros = (amount: string | number, field: string): number => new ExactSum().add(amount, field).toMicros(DOLLARS_TO_MICROS);
