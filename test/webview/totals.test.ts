import assert from 'node:assert/strict';
import { usd } from '../../src/core/money';
import { kindTotals, missingAccounts } from '../../webview/totals';
import { sampleAccount, sampleAccounts, sampleFigure } from '../support/sampleSnapshot';

const spender = (id: string, extra: Parameters<typeof sampleFigure>[0] = {}) => sampleAccount({ id, alias: id, today: sampleFigure(extra), month: sampleFigure(extra) });

describe('The totals over all accounts', () => {
  it('add money per currency, and never spent money to API equivalent', () => {
    const accounts = [
      spender('a', { costs: [usd(1)] }), spender('b', { costs: [usd(2), { micros: 5e6, currency: 'EUR' }] }), spender('c', { costs: [usd(100)], costKind: 'equivalent' }),
    ];
    assert.deepEqual(kindTotals(accounts, 'spent')?.day.costs, [usd(3), { micros: 5e6, currency: 'EUR' }]);
    assert.deepEqual(kindTotals(accounts, 'equivalent')?.month.costs, [usd(100)]);
  });

  it('take from an account only the figures of their kind', () => {
    const mixed = sampleAccount({ id: 'a', today: sampleFigure({ costs: [usd(1)] }), month: sampleFigure({ costs: [usd(9)], costKind: 'equivalent' }) });
    assert.deepEqual(kindTotals([mixed], 'spent')?.month.costs, []);
    assert.deepEqual(kindTotals([mixed], 'equivalent')?.day.costs, []);
  });

  it('are absent, not zero, when no account has figures of that kind', () => {
    assert.equal(kindTotals([sampleAccount({ id: 'a' })], 'spent'), null);
  });

  it('have no amount, not zero, when figures exist and no cost is known', () => {
    assert.deepEqual(kindTotals([spender('a', { costs: [], costProvenance: null })], 'spent')?.day, { costs: [], provenances: [], zones: [] });
  });

  it('name the zones of their days and where their numbers come from', () => {
    const accounts = [spender('a'), spender('b', { dayZone: 'Europe/Berlin', costProvenance: 'estimated' }), spender('c')];
    const day = kindTotals(accounts, 'spent')?.day;
    assert.deepEqual(day?.zones, ['UTC', 'Europe/Berlin']);
    assert.deepEqual(day?.provenances, ['billed', 'estimated']);
  });

  it('R11: carry the models without a price, with their tokens', () => {
    const unpriced = [{ model: 'x', tokens: 3 }];
    assert.deepEqual(kindTotals([spender('a', { unpriced }), spender('b', { unpriced })], 'spent')?.unpriced, [{ model: 'x', tokens: 6 }]);
  });

  it('name the accounts whose figures are old and those that gave none', () => {
    assert.deepEqual(kindTotals(sampleAccounts, 'spent')?.outOfDate, ['OpenAI org', 'OpenRouter home']);
    const states = (['ok', 'stale', 'error', 'signed-out'] as const).map(state => ({ ...spender(state), state }));
    assert.deepEqual(kindTotals([...states, { ...spender('old'), oldFigures: true }], 'spent')?.outOfDate, ['error', 'signed-out', 'old'], 'not where only a window was reset since');
    assert.deepEqual(missingAccounts(sampleAccounts), ['Anthropic org', 'Codex build server']);
  });
});
