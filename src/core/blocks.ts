/**
 * Claude's 5-hour blocks as other tools compute them from logs, their burn rate and where that leads. Pure.
 * Source: ccusage's blocks.rs, as of 2026-06: a block begins at the full UTC hour of its first entry; both comparisons are strict, so that
 * what lies on a boundary stays in the old block. A real window begins where the server says: where that is known it wins.
 */
import { HOUR_MS, MINUTE_MS, type EpochMs } from './time';

export const BLOCK_MS = 5 * HOUR_MS;

/** One response, counted once. */
export interface BlockEntry {
  readonly at: EpochMs;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Null: unpriced. */
  readonly costMicros: number | null;
}

export interface Block {
  readonly kind: 'block';
  readonly startAt: EpochMs;
  readonly endAt: EpochMs;
  /** Of its first and last entry. */
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
  readonly entries: number;
  /** All four parts. */
  readonly tokens: number;
  /** Input and output alone. */
  readonly fresh: number;
  /** Of what has a price; null: nothing has. */
  readonly costMicros: number | null;
  /** There is something in it without a price. */
  readonly unpriced: boolean;
}
export interface Gap { readonly kind: 'gap'; readonly startAt: EpochMs; readonly endAt: EpochMs }

/** @param entries in the order of their times. */
export function blocksOf(entries: readonly BlockEntry[], durationMs = BLOCK_MS): readonly (Block | Gap)[] {
  const found: (Block | Gap)[] = [];
  let [startAt, from] = [0, 0];
  entries.forEach(({ at }, i) => {
    const before = entries[i - 1]?.at;
    if (before === undefined) startAt = fullHour(at);
    else if (at - startAt > durationMs || at - before > durationMs) {
      found.push(...blockOf(entries.slice(from, i), startAt, startAt + durationMs));
      if (at - before > durationMs) found.push({ kind: 'gap', startAt: before + durationMs, endAt: at });
      [startAt, from] = [fullHour(at), i];
    }
  });
  return [...found, ...blockOf(entries.slice(from), startAt, startAt + durationMs)];
}

const fullHour = (at: EpochMs): EpochMs => Math.floor(at / HOUR_MS) * HOUR_MS;

/** The block of a window that is known: what lies in [startAt, endAt). Null: nothing does. */
export const blockIn = (entries: readonly BlockEntry[], startAt: EpochMs, endAt: EpochMs): Block | null =>
  blockOf(entries.filter(({ at }) => at >= startAt && at < endAt), startAt, endAt)[0] ?? null;

function blockOf(entries: readonly BlockEntry[], startAt: EpochMs, endAt: EpochMs): Block[] {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) return [];
  const costs = entries.map(({ costMicros }) => costMicros).filter(micros => micros !== null);
  const fresh = entries.reduce((sum, { input, output }) => sum + input + output, 0);
  return [{
    kind: 'block', startAt, endAt, firstAt: first.at, lastAt: last.at, entries: entries.length, fresh,
    tokens: entries.reduce((sum, { cacheRead, cacheWrite }) => sum + cacheRead + cacheWrite, fresh),
    costMicros: costs.length === 0 ? null : costs.reduce((sum, micros) => sum + micros, 0), unpriced: costs.length < entries.length,
  }];
}

/** Used of late, and not over. */
export const isActive = ({ startAt, endAt, lastAt }: Pick<Block, 'startAt' | 'endAt' | 'lastAt'>, now: EpochMs): boolean =>
  now - lastAt < endAt - startAt && now < endAt;

export interface Burn {
  readonly tokensPerMinute: number;
  /** Null: no cost is known. */
  readonly microsPerHour: number | null;
  /** By input and output alone: under 2000 a minute, under 5000, above. */
  readonly level: 'normal' | 'moderate' | 'high';
}

/** From the first entry to the last one. Null: there is no time between them. */
export function burnOf({ firstAt, lastAt, tokens, fresh, costMicros }: Block): Burn | null {
  const minutes = (lastAt - firstAt) / MINUTE_MS;
  if (minutes <= 0) return null;
  const pace = fresh / minutes;
  return {
    tokensPerMinute: tokens / minutes, microsPerHour: costMicros === null ? null : costMicros / minutes * 60,
    level: pace < 2000 ? 'normal' : pace < 5000 ? 'moderate' : 'high',
  };
}

export interface Projection { readonly tokens: number; readonly costMicros: number | null }

const MIN_MINUTES = 5;
const MIN_ENTRIES = 3;
const CENT_MICROS = 10_000;

/** What the block comes to if it goes on like this. Null: it is over, or a short burst would tell nothing (under 5 minutes and 3 entries). */
export function projectionOf(block: Block, now: EpochMs): Projection | null {
  const burn = burnOf(block);
  if (burn === null || now >= block.endAt || ((block.lastAt - block.firstAt) / MINUTE_MS < MIN_MINUTES && block.entries < MIN_ENTRIES)) return null;
  const minutes = Math.round((block.endAt - now) / MINUTE_MS);
  const cost = burn.microsPerHour === null || block.costMicros === null ? null : block.costMicros + burn.microsPerHour / 60 * minutes;
  return {
    tokens: Math.round(block.tokens + burn.tokensPerMinute * minutes),
    costMicros: cost === null ? null : Math.round(cost / CENT_MICROS) * CENT_MICROS,
  };
}
