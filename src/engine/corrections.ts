import { counted, formatCount } from '../core/format';
import { DAY_MS, type EpochMs } from '../core/time';
import type { DayFall } from './history/diff';

const SHOWN_MS = DAY_MS;
const NAMED_DAYS = 3;

/** Days whose counted totals fell: nobody shall wonder where tokens went. Told for a day. */
export class Corrections {
  readonly #byAccount = new Map<string, { readonly falls: readonly DayFall[]; readonly at: EpochMs }[]>();

  note(accountId: string, falls: readonly DayFall[], at: EpochMs): void {
    if (falls.length > 0) this.#byAccount.set(accountId, [...this.#shown(accountId, at), { falls, at }]);
  }

  /** Sentences for people, the newest first. */
  of(accountId: string, now: EpochMs): readonly string[] {
    return this.#shown(accountId, now).map(({ falls }) => sentence(falls)).reverse();
  }

  forget(accountId: string): void {
    this.#byAccount.delete(accountId);
  }

  #shown(accountId: string, now: EpochMs) {
    return (this.#byAccount.get(accountId) ?? []).filter(({ at }) => now - at < SHOWN_MS);
  }
}

function sentence(falls: readonly DayFall[]): string {
  const days = falls.slice(0, NAMED_DAYS).map(({ day, tokens }) => `${day} (UTC) by ${formatCount(tokens, 'en-US')}`).join(', ');
  const more = falls.length - NAMED_DAYS;
  return `Corrected, tokens counted are fewer than shown before: ${days}${more > 0 ? `, and ${counted(String(more), 'more day')}` : ''}. Logs were counted anew.`;
}
