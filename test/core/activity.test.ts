import assert from 'node:assert/strict';
import { activityLines, activityOf } from '../../src/core/activity';
import type { BlockEntry } from '../../src/core/blocks';
import { HOUR_MS, MINUTE_MS } from '../../src/core/time';

const ten = Date.UTC(2026, 9, 31, 10);
const entry = (at: number, more: Partial<BlockEntry> = {}): BlockEntry => ({ at, input: 1000, output: 500, cacheRead: 90_000, cacheWrite: 300, costMicros: 400_000, ...more });
const entries = [entry(ten + 20 * MINUTE_MS), entry(ten + 60 * MINUTE_MS), entry(ten + 120 * MINUTE_MS)];
const now = ten + 123 * MINUTE_MS;
const wording = { locale: 'en-US', percent: 'used', now, zone: 'UTC' } as const;
const lines = (resetsAt: number | null, of = entries, at = now): readonly string[] | null => {
  const activity = activityOf(of, resetsAt, at);
  return activity === null ? null : activityLines(activity, { ...wording, now: at });
};

describe('activity', () => {
  it('R10, R54: tells the block, the pace and the context of the last response, each with its provenance and age', () => {
    assert.deepEqual(lines(null), [
      '5-hour block 10:00–15:00 UTC (estimated): 275K tokens, $1.20 API equivalent, estimated, 3 min ago',
      'Pace, estimated: 2.75K tokens/min (normal), $0.72/h API equivalent; at 15:00 UTC: 763K tokens, $3.32 API equivalent',
      'Context of the last response: 91.3K tokens, counted from local logs, 3 min ago',
    ]);
  });

  it('R54: tells what share of its window the context fills, where the size is known', () => {
    const line = (tokens: number): string | undefined => activityLines({ block: null, context: { at: now, tokens, window: 400_000 } }, wording)[0];
    assert.deepEqual([line(12_840), line(500_000)], [
      'Context of the last response: 12.8K of 400K tokens (3% used), counted from local logs, just now', 'Context of the last response: 500K of 400K tokens (125% used), counted from local logs, just now',
    ]);
  });

  it('takes the window that the vendor tells in place of the inferred one', () => {
    assert.match(lines(ten + 5 * HOUR_MS + 40 * MINUTE_MS)?.[0] ?? '', /^5-hour block 10:40–15:40 UTC: 184K tokens, \$0\.80/);
    for (const untrue of [now, now - 1, now + 5 * HOUR_MS + 1]) assert.match(lines(untrue)?.[0] ?? '', /\(estimated\): 275K/, String(untrue));
  });

  it('has no block where nothing is in the window that is told, and says what the last prompt was', () => {
    assert.deepEqual(lines(ten + 7 * HOUR_MS + MINUTE_MS)?.map(line => line.slice(0, 7)), ['Context']);
  });

  it('names what is unpriced, and invents no cost', () => {
    const [block, pace] = lines(null, [entry(ten, { costMicros: null }), ...entries]) ?? [];
    assert.match(block ?? '', /367K tokens, \$1\.20 API equivalent \+ unpriced, estimated/);
    assert.match(pace ?? '', /\$0\.60\/h API equivalent \+ unpriced; at .* \$[\d.]+ API equivalent \+ unpriced$/);
    assert.deepEqual(lines(null, entries.map(each => ({ ...each, costMicros: null })))?.slice(0, 2), [
      '5-hour block 10:00–15:00 UTC (estimated): 275K tokens, 3 min ago', 'Pace, estimated: 2.75K tokens/min (normal); at 15:00 UTC: 763K tokens',
    ]);
  });

  it('is nothing five hours after the last response, also of what was read before', () => {
    const last = ten + 120 * MINUTE_MS;
    assert.deepEqual([lines(null, [], now), lines(null, entries, last + 5 * HOUR_MS), lines(null, entries, last + 5 * HOUR_MS - 1)?.length], [null, null, 1]);
    assert.deepEqual(activityLines(activityOf(entries, null, now)!, { ...wording, now: last + 5 * HOUR_MS }), []);
  });
});
