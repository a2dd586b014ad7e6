import assert from 'node:assert/strict';
import { isPriceData, modelNames, noPrices, PriceTable, promptStep } from '../../src/core/pricing';

const table = new PriceTable({
  source: 'test', date: '2026-09-23',
  models: [
    {
      names: ['claude-x-1'],
      lists: [
        { from: null, input: 4, output: 20, cacheRead: 0.4, cacheWrite5m: 5, cacheWrite1h: 8, above: [{ prompt: 200_000, input: 8, output: 30, cacheRead: 0.8, cacheWrite5m: 10, cacheWrite1h: 16 }] },
        { from: '2026-03-13', input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6 },
      ],
    },
    { names: ['gpt-9', 'gpt-9-codex'], lists: [{ from: '2026-01-01', input: 2, output: 10 }] },
  ],
});
const none = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 };
const october = Date.UTC(2026, 9, 31);
const january = Date.UTC(2026, 0, 10);

describe('pricing', () => {
  it('prices each part at its own rate', () => {
    const tokens = { input: 1000, cacheRead: 10_000, cacheWrite5m: 2000, cacheWrite1h: 3000, output: 500 };
    assert.deepEqual(table.priceOf(tokens, 'claude-x-1', october, null), { micros: 3000 + 3000 + 7500 + 18_000 + 7500, currency: 'USD' });
  });

  it('R11: gives null for an unknown model, never 0', () => {
    for (const model of ['claude-x-2', 'claude-x-1-mini', 'gpt-9.5', 'gpt-99', 'claude', '', 'unknown']) assert.equal(table.priceOf({ ...none, input: 5 }, model, october, null), null, model);
    assert.equal(noPrices.priceOf({ ...none, input: 5 }, 'claude-x-1', october, null), null);
  });

  it('R13: prices by the list of the day of use', () => {
    const day = (at: number): number | undefined => table.priceOf({ ...none, input: 1000 }, 'claude-x-1', at, null)?.micros;
    assert.deepEqual([day(Date.UTC(2026, 2, 12, 23, 59)), day(Date.UTC(2026, 2, 13))], [4000, 3000]);
  });

  it('gives null before the first day that a price is known for', () => {
    assert.equal(table.priceOf({ ...none, input: 1 }, 'gpt-9', Date.UTC(2025, 11, 31), null), null);
  });

  it('raises every token of a request whose whole prompt is above the step, and of none at it', () => {
    const cost = (cacheRead: number): number | undefined => table.priceOf({ ...none, input: 1000, cacheRead, output: 100 }, 'claude-x-1', january, null)?.micros;
    assert.equal(cost(199_000), 4000 + 79_600 + 2000);
    assert.equal(cost(199_001), 8000 + 199_001 * 0.8 + 3000);
  });

  it('prices a sum of requests by the size of one prompt', () => {
    const sum = { ...none, input: 300_000 };
    assert.equal(table.priceOf(sum, 'claude-x-1', january, null, 150_000)?.micros, 1_200_000);
  });

  it('charges cached tokens as input where the vendor has no price for them', () => {
    assert.equal(table.priceOf({ ...none, cacheRead: 100, cacheWrite5m: 10, cacheWrite1h: 1 }, 'gpt-9', october, null)?.micros, 222);
  });

  it('halves batches and knows no price for other tiers', () => {
    const cost = (tier: string | null): number | undefined => table.priceOf({ ...none, output: 100 }, 'gpt-9', october, tier)?.micros;
    assert.deepEqual([null, 'standard', 'default', 'batch', 'priority', 'fast'].map(cost), [1000, 1000, 1000, 500, undefined, undefined]);
  });

  for (const model of [
    'claude-x-1', 'CLAUDE-X-1', 'claude-x-1-20250929', 'claude-x-1[1m]', 'claude-x-1-20250929[1m]', 'anthropic/claude-x-1', 'claude-x-1@20250929',
    'us.anthropic.claude-x-1-20250929-v1:0', 'claude-x-1-latest', 'openrouter/anthropic/claude-x-1',
  ]) {
    it(`knows "${model}" as claude-x-1`, () => assert.notEqual(table.priceOf({ ...none, input: 1 }, model, october, null), null));
  }

  it('looks a model up as it is told before it takes anything off', () => {
    const dated = new PriceTable({ source: 't', date: null, models: [
      { names: ['gpt-4o'], lists: [{ from: null, input: 2.5, output: 10 }] },
      { names: ['gpt-4o-2024-05-13'], lists: [{ from: null, input: 5, output: 15 }] },
    ] });
    assert.equal(dated.priceOf({ ...none, input: 2 }, 'gpt-4o-2024-05-13', october, null)?.micros, 10);
    assert.equal(dated.priceOf({ ...none, input: 2 }, 'gpt-4o-2024-08-06', october, null)?.micros, 5);
  });

  it('keeps the dots of versions when it takes off prefixes', () => {
    assert.deepEqual(modelNames('gpt-5.1-codex'), ['gpt-5.1-codex']);
  });

  it('knows every price step of a table, or refuses it', () => {
    const data = (prompt: number): unknown => ({ source: 't', date: null, models: [{ names: ['m'], lists: [{ from: null, input: 1, output: 1, above: [{ prompt, input: 2, output: 2 }] }] }] });
    assert.deepEqual([isPriceData(data(200_000)), isPriceData(data(123_456))], [true, false]);
  });

  describe('with prices of the user\'s own', () => {
    const own = table.with({
      'gpt-9': { input: 1, output: 4, from: '2026-03-01' }, 'model (x)': { input: 7, output: 7 }, 'gpt-9 (fast)': { input: 5, output: 50 }, 'claude-x-1': { input: 3, output: 15, cacheRead: 0 },
    }, { 'proxy-sonnet': 'claude-x-1', 'my-gpt': 'gpt-9', 'lost': 'nothing-known' });
    const cost = (model: string, tier: string | null = null, at = october, prices = own): number | undefined => prices.priceOf({ ...none, input: 100, cacheRead: 10 }, model, at, tier)?.micros;

    it('R13: takes them before the table from their day on, and the table before it', () => {
      assert.deepEqual([Date.UTC(2026, 1, 28, 23, 59), Date.UTC(2026, 2, 1)].map(at => cost('gpt-9', null, at)), [220, 110]);
    });

    it('prices a tier only when it is named, and halves a batch that is not', () => {
      assert.deepEqual([cost('gpt-9', 'fast'), cost('gpt-9-2026-01-05', 'fast'), cost('claude-x-1', 'fast'), cost('gpt-9', 'batch')], [550, 550, undefined, 55]);
      assert.equal(table.with({ 'gpt-9 (batch)': { input: 9, output: 9 } }, {}).priceOf({ ...none, input: 1 }, 'gpt-9', october, 'batch')?.micros, 9);
    });

    it('knows a model by the name that the tool tells, its tier in brackets among it, and by a plainer one', () => {
      assert.deepEqual(['model (x)', 'MODEL (X)', 'anthropic/claude-x-1', 'claude-x-1-20250929'].map(model => cost(model)), [770, 770, 300, 300]);
    });

    it('R11: gives a model the prices of the one that it is another name of, and none where that is not known', () => {
      assert.deepEqual(['proxy-sonnet', 'PROXY-Sonnet-20260101', 'my-gpt', 'lost'].map(model => cost(model)), [300, 300, 110, undefined]);
      assert.deepEqual([cost('my-gpt', 'fast'), cost('proxy-sonnet', null, october, table.with({}, { 'proxy-sonnet': 'claude-x-1' }))], [550, 303]);
      assert.equal(cost('gpt-9', null, october, table.with({}, { 'gpt-9': 'claude-x-1' })), 303);
    });

    it('leaves the table as it was', () => assert.deepEqual([cost('gpt-9', null, october, table), cost('proxy-sonnet', null, october, table)], [220, undefined]));
  });

  it('tells the step that a prompt is above', () => {
    assert.deepEqual([0, 128_000, 128_001, 200_000, 200_001, 1e9].map(promptStep), [0, 0, 128_000, 199_999, 200_000, 512_000]);
  });
});
