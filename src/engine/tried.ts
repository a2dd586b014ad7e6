import type { Account } from '../core/account';
import type { Reading } from '../core/reading';
import { MINUTE_MS, type EpochMs } from '../core/time';

/**
 * What the last test of a key read. The account that is made of it begins with that, so that its vendor is not asked twice in a row. Of
 * the key it holds a salted hash.
 */
export class Tried {
  private last: { readonly of: string; readonly at: EpochMs; readonly reading: Reading } | null = null;

  put(credentialKey: string, account: Account, reading: Reading, at: EpochMs): void {
    this.last = { of: nameOf(credentialKey, account), at, reading };
  }

  /** Once, and within a minute. Null: this was not just tried. */
  take(credentialKey: string, account: Account, now: EpochMs): Reading | null {
    const { last } = this;
    if (last === null || last.of !== nameOf(credentialKey, account)) return null;
    this.last = null;
    return now - last.at < MINUTE_MS ? last.reading : null;
  }
}

/** An address or an organization of its own would be asked something else. */
const nameOf = (credentialKey: string, { providerId, options }: Account): string => JSON.stringify([credentialKey, providerId, options]);
