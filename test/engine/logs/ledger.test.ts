import assert from 'node:assert/strict';
import fc from 'fast-check';
import { QUARTER_MS } from '../../../src/core/time';
import { IdPages, packIds } from '../../../src/engine/logs/idPages';
import type { KeptIds } from '../../../src/engine/logs/keptIds';
import { Ledger } from '../../../src/engine/logs/ledger';
import type { Row } from '../../../src/engine/logs/rowKey';
import type { LogResponse } from '../../../src/providers/logSource';
import { TestHome } from './rig';

const at = Date.UTC(2026, 9, 31, 10, 5);
const response = (change: Partial<LogResponse> = {}): LogResponse => ({
  id: 'msg_1', at, model: 'm', project: '/p', branch: null, session: null, input: 10, cacheRead: 20, cacheWrite5m: 30, cacheWrite1h: 40, output: 50, reasoning: 5, tier: null, costMicros: null, ...change,
});
/** Rows that count something, in a fixed order. */
const rows = (ledger: Ledger): readonly Row[] => ledger.rows.filter(({ requests }) => requests !== 0).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

describe('Ledger', () => {
  it('counts a response once, with the greatest of each figure', () => {
    const ledger = new Ledger();
    ledger.add(response({ output: 3, input: 12 }));
    ledger.add(response());
    ledger.add(response({ output: 7 }));
    assert.deepEqual(rows(ledger).map(({ input, output, requests }) => [input, output, requests]), [[12, 50, 1]]);
  });

  it('moves a response to its earliest quarter of an hour', () => {
    const ledger = new Ledger();
    ledger.add(response({ at: at + QUARTER_MS }));
    ledger.add(response());
    assert.deepEqual(rows(ledger).map(({ quarter }) => quarter * QUARTER_MS), [Date.UTC(2026, 9, 31, 10)]);
    assert.equal(ledger.takeChangedRows().length, 2);
  });

  for (const name of ['model', 'project', 'tier', 'branch', 'session'] as const) {
    it(`counts copies in one quarter that differ in ${name} under the least, and what is told before what is not`, () => {
      const values = name === 'model' ? ['x', 'a', 'b'] : ['x', 'a', null, 'b'];
      for (const order of [values, values.toReversed()]) {
        const ledger = new Ledger();
        for (const value of order) ledger.add(response({ [name]: value }));
        assert.deepEqual(rows(ledger).map(row => row[name]), ['a']);
      }
    });
  }

  it('moves a response to the price step of its final prompt', () => {
    const ledger = new Ledger();
    ledger.add(response({ cacheRead: 100_000 }));
    ledger.add(response({ cacheRead: 250_000 }));
    assert.deepEqual(rows(ledger).map(({ step, cacheRead, requests }) => [step, cacheRead, requests]), [[200_000, 250_000, 1]]);
  });

  it('takes the greatest cost that a copy reports, and a reported one, even 0, before none', () => {
    for (const costs of [[null, 0], [0, null], [5, null, 9, 7], [null, 9]]) {
      const ledger = new Ledger();
      for (const costMicros of costs) ledger.add(response({ costMicros }));
      assert.deepEqual(rows(ledger).map(({ reported, cost, requests }) => [reported, cost, requests]), [[true, Math.max(...costs.map(Number)), 1]]);
    }
  });

  it('R3: counts nothing of a replay, told before or after', () => {
    for (const first of ['response', 'replay']) {
      const ledger = new Ledger();
      if (first === 'replay') ledger.drop('msg_1');
      ledger.add(response());
      ledger.drop('msg_1');
      ledger.add(response({ output: 99 }));
      assert.deepEqual(rows(ledger), [], first);
    }
  });

  it('counts the rises of running totals, each when it was told, at the price of short prompts', () => {
    const ledger = new Ledger();
    for (const [cacheRead, output, later] of [[300_000, 1, 0], [300_000, 1, 1], [700_000, 5, 2], [600_000, 4, 3]] as const) {
      ledger.grow(response({ input: 0, cacheWrite5m: 0, cacheWrite1h: 0, reasoning: 0, cacheRead, output, at: at + later * QUARTER_MS }));
    }
    assert.deepEqual(rows(ledger).map(({ quarter, step, cacheRead, output }) => [quarter * QUARTER_MS, step, cacheRead, output]), [
      [Date.UTC(2026, 9, 31, 10), 0, 300_000, 1], [Date.UTC(2026, 9, 31, 10, 30), 0, 400_000, 4],
    ]);
  });

  it('tells only rows that changed', () => {
    const ledger = new Ledger();
    ledger.add(response());
    ledger.add(response({ id: 'msg_2', model: 'n' }));
    assert.equal(ledger.takeChangedRows().length, 2);
    ledger.add(response());
    assert.deepEqual(ledger.takeChangedRows(), []);
    ledger.add(response({ id: 'msg_2', model: 'n', output: 51 }));
    assert.deepEqual(ledger.takeChangedRows().map(({ model, output }) => [model, output]), [['n', 51]]);
  });

  it('holds far more responses than it has room for at first', () => {
    const ledger = new Ledger();
    for (let round = 0; round < 2; round++) for (let i = 0; i < 20_000; i++) ledger.add(response({ id: `msg_${i}` }));
    assert.deepEqual([ledger.sorted.length, rows(ledger).map(({ requests, output }) => [requests, output])], [20_000, [[20_000, 1_000_000]]]);
  });

  const copies = fc.array(fc.record({
    id: fc.constantFrom('a', 'b', 'c'), at: fc.constantFrom(at, at + QUARTER_MS, at + 2 * QUARTER_MS), model: fc.constantFrom('m', 'n'),
    project: fc.constantFrom('/p', '/q', null), branch: fc.constantFrom('main', 'fix', null), session: fc.constantFrom('s', 't', null), tier: fc.constantFrom(null, 'fast'), costMicros: fc.constantFrom(null, 0, 7, 4e9), output: fc.nat(9), input: fc.nat(9),
    cacheRead: fc.constantFrom(0, 150_000, 300_000), cacheWrite5m: fc.nat(9), cacheWrite1h: fc.nat(9), reasoning: fc.nat(9), replay: fc.boolean(),
  }), { maxLength: 12 });
  const fill = (events: readonly (LogResponse & { readonly replay: boolean })[], ledger = new Ledger()): Ledger => {
    for (const event of events) if (event.replay && event.id === 'c') ledger.drop(event.id); else ledger.add(event);
    return ledger;
  };

  it('comes to the same whatever the order in which copies arrive', () => {
    fc.assert(fc.property(copies.chain(events => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length }))), ([events, shuffled]) => {
      assert.deepEqual(rows(fill(shuffled)), rows(fill(events)));
    }));
  });

  describe('restored from what is kept of it', () => {
    let home: TestHome;
    before(() => (home = new TestHome()));
    after(() => home.remove());

    const kept = (ledger: Ledger): IdPages => {
      const { index, pages } = packIds(ledger);
      return new IdPages(home.write('pages', Buffer.concat([Buffer.alloc(7), pages])), 7, index);
    };
    const restored = (ledger: Ledger, ids: KeptIds): Ledger => {
      const fresh = new Ledger(ids);
      fresh.restoreRows(ledger.table.packed(0));
      return fresh;
    };

    it('takes copies and growth as the old one would', () => {
      fc.assert(fc.property(copies, copies, fc.double({ min: 1, max: 2 ** 32 - 1, noNaN: true }), (events, more, big) => {
        const before = [...events, { ...response({ id: 'big', input: Math.floor(big) }), replay: false }];
        const ledger = fill(before);
        const fresh = restored(ledger, kept(ledger));
        assert.deepEqual(rows(fresh), rows(ledger));
        fill(more, fresh);
        fresh.add(response({ id: 'big', input: 1 }));
        assert.deepEqual(rows(fresh), rows(fill([...before, ...more])));
      }));
    });

    it('comes to the greatest running totals, whatever their order and copies', () => {
      const totals = fc.array(fc.record({ input: fc.nat(9), output: fc.nat(9) }), { minLength: 1, maxLength: 6 });
      fc.assert(fc.property(totals, totals, (first, more) => {
        const ledger = new Ledger();
        const grow = (to: Ledger, told: typeof first): void => { for (const part of told) to.grow(response({ cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, reasoning: 0, ...part })); };
        grow(ledger, first);
        const fresh = restored(ledger, kept(ledger));
        grow(fresh, more);
        const greatest = (part: 'input' | 'output'): number => Math.max(...[...first, ...more].map(told => told[part]));
        const sum = (part: 'input' | 'output'): number => rows(fresh).reduce((total, row) => total + row[part], 0);
        assert.deepEqual([sum('input'), sum('output')], [greatest('input'), greatest('output')]);
      }));
    });

    it('takes what is asked for out of a page, and no more', () => {
      const ledger = new Ledger();
      for (let i = 0; i < 5000; i++) ledger.add(response({ id: `msg_${i}` }));
      const pages = kept(ledger);
      let fetched = 0;
      const fresh = restored(ledger, { fetch: hash => { fetched++; return pages.fetch(hash); }, fetchAll: () => pages.fetchAll() });
      fresh.add(response({ id: 'msg_77', output: 51 }));
      assert.deepEqual([fetched, fresh.sorted.length], [1, 1]);
      fresh.add(response({ id: 'msg_77', output: 52 }));
      assert.equal(fetched, 1);
      fresh.fetchRest();
      assert.deepEqual([fresh.sorted.length, rows(fresh)[0]?.output], [5000, 5000 * 50 + 2]);
    });
  });
});
