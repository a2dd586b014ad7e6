import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from '../../core/time';

const [QUOTE, ZERO, HYPHEN, T, COLON, POINT, Z] = ['"', '0', '-', 'T', ':', '.', 'Z'].map(character => character.charCodeAt(0)) as [number, number, number, number, number, number, number];
/** With quotes: to the second, and to the millisecond. */
const [SECOND_FORM, MILLISECOND_FORM] = ['"2026-10-31T10:05:00Z"'.length, '"2026-10-31T10:05:00.000Z"'.length];
const BEGINNING = Date.UTC(2000, 0, 1);
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAYS_BEFORE = MONTH_DAYS.map((_, month) => MONTH_DAYS.slice(0, month).reduce((sum, days) => sum + days, 0));

/**
 * What `instant` gives of a JSON string in bytes, for the form that nearly all logs write: "2026-10-31T10:05:00.000Z", of this century.
 * Null: it may be another form, and `instant` must tell.
 */
export function isoInstant(bytes: Uint8Array, from: number, to: number): EpochMs | null {
  const whole = to - from === SECOND_FORM;
  if (!whole && to - from !== MILLISECOND_FORM) return null;
  const framed = bytes[from] === QUOTE && bytes[to - 1] === QUOTE && bytes[to - 2] === Z && bytes[from + 5] === HYPHEN && bytes[from + 8] === HYPHEN
    && bytes[from + 11] === T && bytes[from + 14] === COLON && bytes[from + 17] === COLON && (whole || bytes[from + 20] === POINT);
  if (!framed) return null;
  const year = digits(bytes, from + 1, 4) - 2000;
  const month = digits(bytes, from + 6, 2) - 1;
  const day = digits(bytes, from + 9, 2) - 1;
  const hour = digits(bytes, from + 12, 2);
  const minute = digits(bytes, from + 15, 2);
  const second = digits(bytes, from + 18, 2);
  const ms = whole ? 0 : digits(bytes, from + 21, 3);
  // Written so that NaN is refused; the last of February in leap years is left to `instant`.
  if (!(year >= 0 && year < 100 && month >= 0 && day >= 0 && day < (MONTH_DAYS[month] ?? 0) && hour < 24 && minute < 60 && second < 60 && ms >= 0)) return null;
  const days = 365 * year + Math.floor((year + 3) / 4) + (DAYS_BEFORE[month] ?? 0) + (month > 1 && year % 4 === 0 ? 1 : 0) + day;
  return BEGINNING + days * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS + second * 1000 + ms;
}

/** NaN: not digits alone. */
function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = (bytes[i] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}
