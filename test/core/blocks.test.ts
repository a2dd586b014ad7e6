import assert from 'node:assert/strict';
import { type Block, type BlockEntry, blockIn, blocksOf, burnOf, isActive, projectionOf } from '../../src/core/blocks';
import { HOUR_MS, MINUTE_MS } from '../../src/core/time';

const ten = Date.UTC(2026, 9, 31, 10);
const entry = (at: number, more: Partial<BlockEntry> = {}): BlockEntry => ({ at, input: 100, output: 50, cacheRead: 800, cacheWrite: 50, costMicros: 1000, ...more });
const shape = (entries: readonly BlockEntry[]): unknown[] => blocksOf(entries).map(part => [part.kind, (part.startAt - ten) / HOUR_MS, (part.endAt - ten) / HOUR_MS, ...(part.kind === 'block' ? [part.entries] : [])]);
const block = (...entries: readonly BlockEntry[]): Block => blocksOf(entries)[0] as Block;

describe('blocks of five hours', () => {
  it('begin at the full UTC hour of their first entry and end five hours later', () => {
    assert.deepEqual(shape([entry(ten + 59 * MINUTE_MS), entry(ten + 4 * HOUR_MS)]), [['block', 0, 5, 2]]);
    assert.deepEqual(shape([]), []);
  });

  it('keep what lies on their end, and not a millisecond more', () => {
    const middle = entry(ten + 2 * HOUR_MS);
    assert.deepEqual(shape([entry(ten), entry(ten + 5 * HOUR_MS)]), [['block', 0, 5, 2]]);
    assert.deepEqual(shape([entry(ten), middle, entry(ten + 5 * HOUR_MS)]), [['block', 0, 5, 3]]);
    assert.deepEqual(shape([entry(ten), middle, entry(ten + 5 * HOUR_MS + 1)]), [['block', 0, 5, 2], ['block', 5, 10, 1]]);
  });

  it('leave a gap where nothing was for more than five hours, from five hours after the last entry on', () => {
    const late = ten + 30 * MINUTE_MS;
    assert.deepEqual(shape([entry(late), entry(late + 5 * HOUR_MS)]), [['block', 0, 5, 1], ['block', 5, 10, 1]]);
    assert.deepEqual(shape([entry(late), entry(late + 7 * HOUR_MS)]), [['block', 0, 5, 1], ['gap', 5.5, 7.5], ['block', 7, 12, 1]]);
  });

  it('add up all four parts of the tokens, and what has a price', () => {
    assert.deepEqual(block(entry(ten), entry(ten + 1, { costMicros: null })), {
      kind: 'block', startAt: ten, endAt: ten + 5 * HOUR_MS, firstAt: ten, lastAt: ten + 1, entries: 2, tokens: 2000, fresh: 300, costMicros: 1000, unpriced: true,
    });
    assert.equal(block(entry(ten, { costMicros: null })).costMicros, null);
  });

  it('are active until five hours after their last entry, and before their end', () => {
    const { lastAt, ...rest } = block(entry(ten + 10 * MINUTE_MS));
    const active = (last: number, now: number): boolean => isActive({ ...rest, lastAt: last }, now);
    assert.deepEqual([active(lastAt, ten + 5 * HOUR_MS - 1), active(lastAt, ten + 5 * HOUR_MS), active(ten - HOUR_MS, ten + 4 * HOUR_MS - 1), active(ten - HOUR_MS, ten + 4 * HOUR_MS)], [true, false, true, false]);
  });

  it('are what lies in a window that is told, its end excluded', () => {
    const entries = [entry(ten - 1), entry(ten), entry(ten + 5 * HOUR_MS - 1), entry(ten + 5 * HOUR_MS)];
    assert.deepEqual([blockIn(entries, ten, ten + 5 * HOUR_MS)?.entries, blockIn(entries, ten - 9 * HOUR_MS, ten - HOUR_MS)], [2, null]);
  });
});

describe('burn rate', () => {
  it('is what was used between the first and the last entry, each minute and hour', () => {
    assert.deepEqual(burnOf(block(entry(ten), entry(ten + 10 * MINUTE_MS))), { tokensPerMinute: 200, microsPerHour: 12_000, level: 'normal' });
    assert.equal(burnOf(block(entry(ten, { costMicros: null }), entry(ten + 10 * MINUTE_MS, { costMicros: null })))?.microsPerHour, null);
  });

  it('is unknown where there is no time between them', () => {
    assert.deepEqual([burnOf(block(entry(ten))), burnOf(block(entry(ten), entry(ten), entry(ten)))], [null, null]);
  });

  it('is judged by input and output alone', () => {
    const level = (output: number): string | undefined => burnOf(block(entry(ten, { input: 0, output, cacheRead: 1e9 }), entry(ten + MINUTE_MS, { input: 0, output: 0 })))?.level;
    assert.deepEqual([1999, 2000, 4999, 5000].map(level), ['normal', 'moderate', 'moderate', 'high']);
  });
});

describe('projection of a block', () => {
  const now = ten + 2 * HOUR_MS + 29_999; // 180 minutes are left, rounded
  it('R10: goes on at the same rate to the end of the block, in whole tokens and cents, and guesses no limit', () => {
    assert.deepEqual(projectionOf(block(entry(ten, { costMicros: 3_004_000 }), entry(ten + 100 * MINUTE_MS, { costMicros: 0 })), now), { tokens: 2000 + 20 * 180, costMicros: 8_410_000 });
    assert.equal(projectionOf(block(entry(ten, { costMicros: null }), entry(ten + 100 * MINUTE_MS, { costMicros: null })), now)?.costMicros, null);
  });

  it('tells nothing of a short burst, nor of a block that is over', () => {
    const at = (...minutes: readonly number[]): unknown => projectionOf(block(...minutes.map(minute => entry(ten + minute * MINUTE_MS))), now) === null;
    assert.deepEqual([at(0), at(0, 4.9), at(0, 5), at(0, 1, 2)], [true, true, false, false]);
    assert.equal(projectionOf(block(entry(ten), entry(ten + HOUR_MS)), ten + 5 * HOUR_MS), null);
  });
});
