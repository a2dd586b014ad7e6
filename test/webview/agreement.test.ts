import assert from 'node:assert/strict';
import fc from 'fast-check';
import { COST_KINDS } from '../../src/core/costKinds';
import { formatMoneys } from '../../src/core/format';
import { meterView } from '../../src/core/levels';
import type { AccountView, Figure } from '../../src/core/snapshot';
import { bindingMeter, statusText } from '../../src/core/statusText';
import { tooltipHtml } from '../../src/core/tooltip';
import { accountSummary, meterText, meterValue } from '../../src/core/words';
import { kindTotals } from '../../webview/totals';
import { SAMPLE_NOW, sampleAccount, sampleFigure, sampleMeter, sampleSnapshot } from '../support/sampleSnapshot';

const money = fc.record({ micros: fc.oneof(fc.integer({ min: -5e6, max: 5e9 }), fc.constantFrom(0, 0.5, 1, 4_999, 1e15)), currency: fc.constantFrom('USD', 'EUR', 'JPY') });
const figure: fc.Arbitrary<Figure | null> = fc.option(fc.record({
  costs: fc.uniqueArray(money, { maxLength: 2, selector: ({ currency }) => currency }), costKind: fc.constantFrom('spent' as const, 'equivalent' as const),
  tokens: fc.option(fc.nat(1e12)), unpriced: fc.constantFrom<Figure['unpriced']>([], [{ model: 'x', tokens: 3 }]),
}).map(told => sampleFigure({ ...told, costProvenance: told.costs.length === 0 ? null : 'billed' })), { freq: 4 });
const meter = fc.record({
  used: fc.option(fc.oneof(fc.nat(130), fc.double({ min: -5, max: 1e6, noNaN: true }))), left: fc.option(fc.integer({ min: -50, max: 1e6 })),
  cap: fc.oneof(fc.record({ kind: fc.constant('limited' as const), amount: fc.constantFrom(0, 1, 100, 1e6) }), fc.constantFrom({ kind: 'unlimited' as const }, { kind: 'unknown' as const })),
  unit: fc.constantFrom('percent' as const, 'requests' as const, 'tokens' as const, 'credits' as const, 'micros' as const), kind: fc.constantFrom('window' as const, 'limit' as const, 'rate' as const),
  resetsAt: fc.constantFrom(null, SAMPLE_NOW - 60_000, SAMPLE_NOW + 3_600_000),
});
const account = fc.record({ meters: fc.array(meter, { maxLength: 5 }), today: figure, month: figure, state: fc.constantFrom('ok' as const, 'critical' as const, 'stale' as const, 'error' as const) });
const accounts = fc.array(account, { minLength: 1, maxLength: 5 }).map(all => all.map(({ meters, ...rest }, i): AccountView => sampleAccount({
  ...rest, id: `a${i}`, alias: `Account ${i}`, takenAt: SAMPLE_NOW,
  meters: meters.map((told, n) => meterView(sampleMeter({ ...told, id: `m${n}`, label: `Meter ${n}`, currency: told.unit === 'micros' ? 'USD' : null }), { warningRatio: 0.7, criticalRatio: 0.9 }, SAMPLE_NOW)),
})));

const running = { state: 'running', message: null } as const;
const commands = { refresh: 'x', openDashboard: 'x', addAccount: 'x', setPrices: 'x' };
/** As a reader sees it. */
const plain = (html: string): string => html.replace(/<[^>]*>/g, ' ').replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))).replace(/\s+/g, ' ');
const spaced = (text: string): string => text.replace(/\s+/g, ' ');

describe('numbers of one snapshot', () => {
  const looks = fc.record({ locale: fc.constantFrom('en-US', 'de', 'fr', 'ja', 'hi'), percent: fc.constantFrom('used' as const, 'left' as const) });

  it('R2: are the same in the status bar, its tooltip, the cards, their totals and on the command line', () => {
    fc.assert(fc.property(accounts, looks, (all, display) => {
      const snapshot = sampleSnapshot({ accounts: all });
      const wording = { ...display, now: SAMPLE_NOW, zone: 'UTC' };
      const bar = (parts: readonly string[]): string => spaced(statusText({ snapshot, engine: running, display, bar: { parts, maxParts: 10 }, now: SAMPLE_NOW }).text);
      const tooltip = plain(tooltipHtml(snapshot, running, commands, wording));

      const totals = COST_KINDS.map(kind => formatMoneys(kindTotals(all, kind)?.day.costs ?? [], display.locale));
      const shown = totals.find(total => total !== null);
      assert.ok(shown === undefined ? !/\d/.test(bar(['spend'])) : bar(['spend']).includes(spaced(shown)), `${shown} in ${bar(['spend'])}`);
      for (const [i, total] of totals.entries()) {
        const telling = all.filter(({ today }) => today !== null && today.costKind === COST_KINDS[i] && today.costs.length > 0);
        if (telling.length > 1) assert.ok(tooltip.includes(`: ${spaced(total ?? '')} (UTC)`), `${total} in ${tooltip}`);
      }
      for (const one of all) {
        const line = spaced(accountSummary(one, wording));
        for (const each of one.meters) assert.ok(line.includes(spaced(meterText(each, wording))));
        for (const [name, told] of [['today', one.today], ['month', one.month]] as const) {
          const text = formatMoneys(told?.costs ?? [], display.locale);
          if (text === null) continue;
          assert.ok(line.includes(spaced(text)), `${name} ${text} in ${line}`);
        }
        const binding = bindingMeter(one);
        if (binding === null || binding.expired) continue;
        const value = spaced(meterValue(binding, display));
        assert.ok(line.includes(value) && tooltip.includes(value), `${value} in ${line} and ${tooltip}`);
        const isTold = binding.ratio !== null || /\d/.test(value);
        if (isTold) assert.ok(bar([one.alias]).includes(`${one.alias} ${value}`), `${value} in ${bar([one.alias])}`);
      }
    }), { numRuns: 300 });
  });
});
