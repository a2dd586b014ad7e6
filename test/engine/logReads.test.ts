import assert from 'node:assert/strict';
import type { LogReading } from '../../src/core/protocol';
import { MINUTE_MS, SECOND_MS } from '../../src/core/time';
import { LogReads } from '../../src/engine/logReads';
import { FakeClock } from '../support/fakeClock';

const GB = 1e9;

describe('long reads of logs', () => {
  let clock: FakeClock;
  let reads: LogReads;
  let told: (LogReading | null)[];
  beforeEach(() => {
    clock = new FakeClock();
    told = [];
    reads = new LogReads(clock, reading => told.push(reading));
  });

  /** Each step is a quarter of a second later. */
  async function read(accountId: string, ...amounts: readonly number[]): Promise<void> {
    for (const amount of amounts) {
      reads.note(accountId, () => ({ read: amount * GB, all: 10 * GB }));
      await clock.advance(SECOND_MS / 4);
    }
  }

  it('are not spoken of in their first second, nor when they are as good as done then', async () => {
    await read('a', 0, 0.1, 0.2, 0.3);
    assert.deepEqual(told, []);
    await read('a', 0.4);
    assert.deepEqual(told, [{ accountIds: ['a'], read: 0.4 * GB, all: 10 * GB }]);
    reads.ended('a');
    told.length = 0;
    await read('b', 0, 1, 2, 3, 8, 9);
    reads.ended('b');
    assert.deepEqual(told, []);
  });

  it('are measured by what this run reads: what earlier runs had read says nothing of its speed', async () => {
    await read('a', 5, 5.05, 5.1, 5.15, 5.2);
    assert.deepEqual(told, [{ accountIds: ['a'], read: 5.2 * GB, all: 10 * GB }]);
  });

  it('are told twice a second, all accounts in one, and their end once', async () => {
    await read('a', ...Array.from({ length: 9 }, (_, i) => i / 10));
    assert.deepEqual(told.map(reading => reading?.read), [0.4 * GB, 0.6 * GB, 0.8 * GB]);
    await read('b', 1, 1.1);
    assert.deepEqual(told.at(-1), { accountIds: ['a', 'b'], read: 1.9 * GB, all: 20 * GB });
    reads.ended('a');
    assert.deepEqual(told.at(-1), { accountIds: ['b'], read: 1.1 * GB, all: 10 * GB });
    reads.ended('b');
    reads.ended('b');
    assert.deepEqual([told.at(-1), told.filter(reading => reading === null).length], [null, 1]);
  });

  it('look no more than four times a second at how far they have come', () => {
    let looks = 0;
    for (let i = 0; i < 1000; i++) reads.note('a', () => ({ read: looks++, all: GB }));
    assert.equal(looks, 1);
  });

  it('are none where not all logs are read', async () => {
    for (let i = 0; i < 10; i++) {
      reads.note('a', () => null);
      await clock.advance(MINUTE_MS);
    }
    reads.ended('a');
    assert.deepEqual(told, []);
  });
});
