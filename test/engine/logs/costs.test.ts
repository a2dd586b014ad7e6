/** What responses cost: as their logs report it, or else at list prices. */
import assert from 'node:assert/strict';
import { PriceTable } from '../../../src/core/pricing';
import type { UsageBucket } from '../../../src/core/reading';
import { claude } from '../../../src/providers/claude';
import { dollarMicros, isJson, type LogSource } from '../../../src/providers/logSource';
import type { LogScan, Provider } from '../../../src/providers/provider';
import { TestHome } from './rig';

const prices = new PriceTable({ source: 't', date: null, models: [{ names: ['m', 'o'], lists: [{ from: null, input: 2, output: 10 }] }] });
/** When answers come that tell no time. */
const october = Date.UTC(2026, 9, 31, 10);
/** A tool that keeps its answers as [{"model", "output", "cost" in dollars, "at"}] in one file. */
const tool = (costs?: LogSource['costs']): Provider => ({
  ...claude,
  logs: {
    roots: ({ home }) => [`${home}/tool`],
    ...(costs !== undefined && { costs }),
    formats: [{
      kind: 'document', matches: () => true,
      read: (document, _state, _file, emit) => {
        for (const [index, part] of (Array.isArray(document) ? document : []).filter(isJson).entries()) emit.response({
          id: String(index), at: Number(part['at'] ?? october), model: String(part['model']), project: null, branch: null, session: null,
          input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: Number(part['output']), reasoning: 0, tier: null, costMicros: dollarMicros(part['cost']),
        });
        return undefined;
      },
    }],
  },
});

describe('costs of logs', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());

  const scan = (provider: Provider, ...answers: readonly object[]): Promise<LogScan> => {
    home.write('tool/a.json', JSON.stringify(answers));
    return home.scan(provider, { prices, stateDir: home.stateDir });
  };
  const costs = ({ report }: LogScan): readonly unknown[] => report.buckets.map(({ model, cost, unpriced }: UsageBucket) => [model, cost?.micros ?? null, unpriced]);

  it('are what the log reports, and list prices for the rest, in one sum', async () => {
    const { report } = await scan(tool(), { model: 'm', output: 100, cost: 0.5 }, { model: 'm', output: 100 }, { model: 'new', output: 1, cost: 0.25 }, { model: 'new', output: 1 });
    assert.equal(report.costProvenance, 'estimated');
    assert.deepEqual(report.buckets.map(({ model, cost, unpriced }) => [model, cost?.micros, unpriced]), [['m', 501_000, false], ['new', 250_000, true]]);
  });

  it('are never estimated for a tool that reports all of its costs', async () => {
    const told = await scan(tool('reported'), { model: 'm', output: 100, cost: 0.5 }, { model: 'n', output: 100, cost: 0 }, { model: 'o', output: 100 });
    assert.equal(told.report.costProvenance, 'reported');
    assert.deepEqual(costs(told), [['m', 500_000, false], ['n', 0, false], ['o', null, true]]);
  });

  it('are remembered, and follow a cost that is told later', async () => {
    await scan(tool(), { model: 'm', output: 100 });
    assert.deepEqual(costs(await scan(tool(), { model: 'm', output: 100, cost: 0.123456 })), [['m', 123_456, false]]);
    assert.deepEqual(costs(await scan(tool(), { model: 'm', output: 100, cost: 0.123456 })), [['m', 123_456, false]]);
  });

  it('R12: are told anew after a restart with another price table, also of logs that are gone, and stay as reported', async () => {
    await scan(tool(), { model: 'later', output: 100 }, { model: 'm', output: 100 }, { model: 'm', output: 100, cost: 1 });
    home.write('tool/a.json', '[]');
    const newer = new PriceTable({ source: 't', date: null, models: [{ names: ['later'], lists: [{ from: null, input: 1, output: 3 }] }, { names: ['m'], lists: [{ from: null, input: 2, output: 11 }] }] });
    assert.deepEqual(costs(await home.scan(tool(), { prices: newer, stateDir: home.stateDir })), [['later', 300, false], ['m', 1_001_100, false]]);
  });

  it('R13: are those of the day of use, also where the table has newer prices by the time they are told', async () => {
    const changed = new PriceTable({ source: 't', date: null, models: [{ names: ['m'], lists: [{ from: null, input: 2, output: 10 }, { from: '2026-11-01', input: 1, output: 4 }] }] });
    const midnight = Date.UTC(2026, 10, 1);
    const before = await scan(tool(), { model: 'm', output: 100 }, { model: 'm', output: 100, at: midnight - 1 });
    assert.deepEqual(costs(before), [['m', 1000, false], ['m', 1000, false]]);
    home.write('tool/a.json', JSON.stringify([{ model: 'm', output: 100 }, { model: 'm', output: 100, at: midnight - 1 }, { model: 'm', output: 100, at: midnight }]));
    assert.deepEqual(costs(await home.scan(tool(), { prices: changed, stateDir: home.stateDir, zone: 'Pacific/Auckland' })), [['m', 1000, false], ['m', 1000, false], ['m', 400, false]]);
  });

  it('are whole micro-dollars, and nothing where the log tells no amount', () => {
    assert.deepEqual([0, 0.0000014, 1.5, 4000].map(dollarMicros), [0, 1, 1_500_000, 4e9]);
    assert.deepEqual([-1, NaN, Infinity, 4000.1, '1', null, undefined, {}].map(dollarMicros), Array.from({ length: 8 }, () => null));
  });
});
