import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FileSink } from '../../../src/engine/logs/fileSink';
import { LogState } from '../../../src/engine/logs/logState';
import type { LogResponse } from '../../../src/providers/logSource';

const response = (over: Partial<LogResponse>): LogResponse => ({
  id: 'a', at: Date.UTC(2026, 9, 31, 10), model: 'm', project: '/p', branch: null, session: 's', input: 1, cacheRead: 2, cacheWrite5m: 3, cacheWrite1h: 4, output: 5, reasoning: 0,
  tier: null, costMicros: null, ...over,
});

describe('FileSink', () => {
  it('counts what the ledger counts when it is told everything at once, in whatever order copies come', () => {
    const figure = fc.nat(3);
    const event = fc.record({
      id: fc.constantFrom('a', 'b'), at: fc.nat(4).map(n => Date.UTC(2026, 9, 31, 10, n * 7)), model: fc.constantFrom('m', 'n'), session: fc.constantFrom(null, 's', 't'),
      input: figure, cacheRead: figure, cacheWrite5m: figure, cacheWrite1h: figure, output: figure, reasoning: figure, costMicros: fc.constantFrom(null, 0, 7, 9),
    });
    fc.assert(fc.property(fc.array(fc.tuple(event, fc.constantFrom('response', 'replay', 'settle')), { maxLength: 14 }), events => {
      const [held, direct] = [new LogState(), new LogState()];
      const sink = new FileSink(held);
      for (const [each, what] of events) {
        if (what === 'replay') {
          sink.replay(each.id);
          direct.ledger.drop(each.id);
        } else {
          sink.response(response(each));
          direct.ledger.add(response(each));
          if (what === 'settle') sink.settle();
        }
      }
      sink.settle();
      const counted = (state: LogState): unknown => [state.ledger.rows.filter(({ requests }) => requests > 0).map(row => JSON.stringify(row)).sort(), [...state.ledger.recent].map(({ hash, at }) => [hash, at]).sort()];
      assert.deepEqual(counted(held), counted(direct));
    }), { numRuns: 500 });
  });

  it('tells the newest sighting of each kind, and nothing before it is settled', () => {
    const state = new LogState();
    const sink = new FileSink(state);
    for (const [key, at] of [['x', 2], ['x', 3], ['x', 1], ['y', 1]] as const) sink.sighting(key, { at, value: at });
    sink.response(response({}));
    assert.deepEqual([state.sightings.size, state.ledger.sorted.length], [0, 0]);
    sink.settle();
    assert.deepEqual([[...state.sightings], state.ledger.sorted.length], [[['x', { at: 3, value: 3 }], ['y', { at: 1, value: 1 }]], 1]);
  });
});
