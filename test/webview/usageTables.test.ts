import assert from 'node:assert/strict';
import fc from 'fast-check';
import { usd } from '../../src/core/money';
import type { UsageRow } from '../../src/core/snapshot';
import { cellText, type CostView } from '../../webview/costs';
import { currenciesOf, dayTable, modelRows, rowsOf, totalOf, withoutDays, type Usage } from '../../webview/usageTables';
import { sampleAccount, sampleFigure, sampleUsage } from '../support/sampleSnapshot';

const row = (extra: Partial<UsageRow> = {}): UsageRow => ({
  day: '2026-11-02', accountId: 'a', providerId: 'openai', model: 'gpt-5', project: null, tokens: 10, requests: 1, cost: { micros: 1_000_000, currency: 'USD' },
  costKind: 'spent', costProvenance: 'billed', unpriced: false, dayZone: 'UTC', ...extra,
});
const usage = (...rows: UsageRow[]): Usage => ({ fromDay: '2026-11-01', toDay: '2026-11-03', rows });
const order = ['claude', 'openai'];
const sum = (values: readonly (number | null)[]): number => values.reduce<number>((total, value) => total + (value ?? 0), 0);

describe('The numbers of the charts', () => {
  const rows = fc.array(fc.record<UsageRow>({
    day: fc.constantFrom('2026-10-31', '2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04'), accountId: fc.constantFrom('a', 'b'),
    providerId: fc.constantFrom('claude', 'openai', 'unheard-of'), model: fc.constantFrom('gpt-5', 'x', null), project: fc.constantFrom('p', null),
    tokens: fc.option(fc.nat(1e9)), requests: fc.option(fc.nat(1e4)),
    cost: fc.option(fc.record({ micros: fc.integer({ min: -1e9, max: 1e12 }), currency: fc.constantFrom('USD', 'EUR') })),
    costKind: fc.constantFrom('spent' as const, 'equivalent' as const), costProvenance: fc.constant('billed' as const), unpriced: fc.boolean(),
    dayZone: fc.constantFrom('UTC', 'Europe/Berlin'),
  }), { maxLength: 60 });

  it('R2: add up to the rows in every view: by day, by provider, by model and in the whole', () => {
    fc.assert(fc.property(rows, fc.constantFrom('spent' as const, 'equivalent' as const), fc.constantFrom('USD', 'EUR'), (all, kind, currency) => {
      const given = usage(...all);
      const expected = sum(all.filter(({ costKind, cost }) => costKind === kind && cost?.currency === currency).map(({ cost }) => cost?.micros ?? null));
      const table = dayTable(given, kind, currency, order);
      const models = modelRows(given, kind, currency);
      assert.equal(table.total.micros ?? 0, expected);
      assert.equal(sum(table.totals.map(({ micros }) => micros)), expected);
      assert.equal(sum(table.series.flatMap(({ cells }) => cells.map(({ micros }) => micros))), expected);
      assert.equal(sum(models.map(({ cost }) => cost.micros)), expected);
      assert.equal(totalOf(models).cost.micros ?? 0, expected);
      assert.equal(sum(models.map(({ tokens }) => tokens)), sum(rowsOf(given, kind, currency).map(({ tokens }) => tokens)));
    }));
  });

  it('never add spent money and API equivalent', () => {
    const given = usage(row(), row({ costKind: 'equivalent', cost: { micros: 7_000_000, currency: 'USD' } }));
    assert.equal(dayTable(given, 'spent', 'USD', order).total.micros, 1_000_000);
    assert.equal(dayTable(given, 'equivalent', 'USD', order).total.micros, 7_000_000);
  });

  it('miss the accounts whose money is known in total only, and tell who they are', () => {
    const spender = (id: string, extra = {}) => sampleAccount({ id, alias: id, today: sampleFigure(extra), month: sampleFigure(extra) });
    const accounts = [spender('a'), spender('b'), spender('c', { costKind: 'equivalent' }), spender('zero', { costs: [usd(0)] }), spender('none', { costs: [] })];
    const given = usage(row(), row({ accountId: 'b', cost: null }));
    assert.deepEqual(withoutDays(accounts, given, 'spent'), ['b']);
    assert.deepEqual(withoutDays(accounts, given, 'equivalent'), ['c']);
  });

  it('keep currencies apart and name them', () => {
    const given = usage(row(), row({ cost: { micros: 5, currency: 'EUR' } }));
    assert.deepEqual(currenciesOf(given, 'spent'), ['USD', 'EUR']);
    assert.deepEqual(currenciesOf(given, 'equivalent'), []);
    assert.equal(modelRows(given, 'spent', 'EUR')[0]?.cost.micros, 5);
  });

  it('show every day of the span, and also a day beyond it, which another zone can bring', () => {
    const table = dayTable(usage(row({ day: '2026-11-04' })), 'spent', 'USD', order);
    assert.deepEqual(table.days, ['2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04']);
  });

  it('leave a day without a known cost unknown, not zero', () => {
    const { series, totals } = dayTable(usage(row()), 'spent', 'USD', order);
    assert.deepEqual(series[0]?.cells.map(({ micros }) => micros), [null, 1_000_000, null]);
    assert.deepEqual(totals.map(({ micros }) => micros), [null, 1_000_000, null]);
  });

  it('R11: mark every sum that lacks the price of a model', () => {
    const given = usage(row(), row({ model: 'new', cost: null, unpriced: true, tokens: 903 }));
    const { totals, total } = dayTable(given, 'spent', 'USD', order);
    assert.deepEqual([totals[1], total], [{ micros: 1_000_000, unpriced: true }, { micros: 1_000_000, unpriced: true }]);
    const models = modelRows(given, 'spent', 'USD');
    assert.deepEqual(models.map(({ model, cost }) => [model, cost.micros, cost.unpriced]), [['gpt-5', 1_000_000, false], ['new', null, true]]);
    assert.deepEqual(totalOf(models), { tokens: 913, requests: 2, cost: { micros: 1_000_000, unpriced: true } });
  });

  it('word a cell as money, as money with unpriced tokens, as unpriced or as a dash', () => {
    const view: CostView = { usage: usage(), kind: 'spent', currency: 'USD', locale: 'en-US', order, providerName: id => id };
    const cells = [[1_500_000, false], [1_500_000, true], [null, true], [null, false], [0, false]] as const;
    assert.deepEqual(cells.map(([micros, unpriced]) => cellText({ micros, unpriced }, view)), ['$1.50', '$1.50 + unpriced', 'unpriced', '—', '$0.00']);
  });

  it('R16: say which providers have their days in which zone', () => {
    const given = usage(row(), row({ providerId: 'claude', dayZone: 'Europe/Berlin' }));
    assert.deepEqual(dayTable(given, 'spent', 'USD', order).zones, [
      { zone: 'UTC', providerIds: ['openai'] }, { zone: 'Europe/Berlin', providerIds: ['claude'] },
    ]);
  });

  it('order providers as given, models by cost and those without cost by tokens', () => {
    const given = usage(row({ model: 'a', tokens: 1, cost: null }), row({ model: 'b', tokens: 2, cost: null }), row({ model: 'c' }), row({ providerId: 'claude', model: 'd' }));
    assert.deepEqual(modelRows(given, 'spent', 'USD').map(({ model }) => model), ['c', 'd', 'b', 'a']);
    assert.deepEqual(dayTable(given, 'spent', 'USD', order).series.map(({ providerId }) => providerId), ['claude', 'openai']);
    assert.equal(dayTable(sampleUsage(), 'spent', 'USD', []).days.length, 30);
  });
});
