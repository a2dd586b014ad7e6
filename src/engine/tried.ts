import type { Account } from '../core/account';
import { ProviderError } from '../core/errors';
import type { Reading } from '../core/reading';
import { BACKOFF_CAP_MS, FLOOR_MS, toldToWait } from '../core/schedule';
import type { Clock, EpochMs } from '../core/time';

/** `until`: a reading is too old from then on, and before then a vendor that said when to come again is not asked. */
type Last = { readonly of: string; readonly until: EpochMs } & ({ readonly reading: Reading } | { readonly refusal: ProviderError });

/**
 * What the last test of a key told. The account that is made of it begins with that, so that its vendor is not asked twice in a row, nor
 * sooner than it said. Of the key it holds a salted hash.
 */
export class Tried {
  private last: Last | null = null;

  constructor(private readonly clock: Clock) {}

  /** Reads, unless the vendor asked to wait. @throws {ProviderError} */
  async test(credentialKey: string, account: Account, read: () => Promise<Reading>): Promise<Reading> {
    const of = nameOf(credentialKey, account);
    const told = this.told(of);
    if (told !== null && 'refusal' in told) throw refusalNow(told, this.clock.now());
    try {
      const reading = await read();
      this.last = { of, until: this.clock.now() + FLOOR_MS, reading };
      return reading;
    } catch (error) {
      if (error instanceof ProviderError && toldToWait(error)) {
        this.last = { of, until: this.clock.now() + Math.min(BACKOFF_CAP_MS, Math.max(FLOOR_MS, error.retryAfterMs ?? 0)), refusal: error };
      }
      throw error;
    }
  }

  /** A reading once. Null: this was not just tried. */
  take(credentialKey: string, account: Account): Promise<Reading> | null {
    const told = this.told(nameOf(credentialKey, account));
    if (told === null) return null;
    if ('refusal' in told) return Promise.reject(refusalNow(told, this.clock.now()));
    this.last = null;
    return Promise.resolve(told.reading);
  }

  private told(of: string): Last | null {
    return this.last !== null && this.last.of === of && this.clock.now() < this.last.until ? this.last : null;
  }
}

/** With what is left of the time to wait. */
const refusalNow = ({ refusal: { kind, message, cause }, until }: Extract<Last, { refusal: ProviderError }>, now: EpochMs): ProviderError =>
  new ProviderError(kind, message, { cause, retryAfterMs: until - now });

/** An address or an organization of its own would be asked something else. */
const nameOf = (credentialKey: string, { providerId, options }: Account): string => JSON.stringify([credentialKey, providerId, options]);
