import assert from 'node:assert/strict';
import {
  dayOf, formatAge, formatBytes, formatClock, formatClocks, formatCount, formatDay, formatDuration, formatFigureCost, formatInstant, formatMoney, formatMoneys, formatMoneyTick, formatPercent, formatPeriod,
  formatReset, formatShare, formatTokens, formatUnpriced, formatUsed, formatWhen,
} from '../../src/core/format';
import { usd } from '../../src/core/money';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/time';
import { sampleFigure, sampleMeter } from '../support/sampleSnapshot';

const EN = 'en-US';
const used = { locale: EN, percent: 'used' } as const;
const left = { locale: EN, percent: 'left' } as const;
const NOON = Date.UTC(2026, 10, 22, 12);

describe('format', () => {
  for (const [ratio, text] of [[0, '0%'], [0.001, '<1%'], [0.42, '42%'], [0.994, '99%'], [0.9999, '99%'], [1, '100%'], [1.2, '120%'], [-0.0002, '>-1%'], [-0.2, '-20%'], [-0, '0%']] as const) {
    it(`writes the ratio ${ratio} as ${text}`, () => assert.equal(formatPercent(ratio, EN), text));
  }

  it('writes percents as the language does', () => assert.equal(formatPercent(0.42, 'de'), '42\u00a0%'));

  it('R8: says used or left beside a percent, and over for what is above the cap', () => {
    assert.equal(formatShare(0.42, used), '42% used');
    assert.equal(formatShare(0.42, left), '58% left');
    assert.equal(formatShare(1.2, used), '120% used');
    assert.equal(formatShare(1.2, left), '20% over');
  });

  it('has no percent for a meter without ratio, nor for one that was reset since', () => {
    assert.equal(formatUsed(sampleMeter(), used), '42% used');
    assert.equal(formatUsed(sampleMeter({ ratio: null }), used), null);
    assert.equal(formatUsed(sampleMeter({ expired: true }), used), null);
  });

  for (const [micros, currency, text] of [
    [3_210_000, 'USD', '$3.21'], [0, 'USD', '$0.00'], [-0, 'USD', '$0.00'], [3_000, 'USD', '<$0.01'], [9_900, 'USD', '<$0.01'], [10_000, 'USD', '$0.01'],
    [-3_000, 'USD', '>-$0.01'], [-2_500_000, 'USD', '-$2.50'], [1_234_567_890_000, 'USD', '$1,234,567.89'], [300_000, 'JPY', '<¥1'], [5_000_000, 'EUR', '€5.00'],
  ] as const) it(`writes ${micros} micros of ${currency} as ${text}`, () => assert.equal(formatMoney({ micros, currency }, EN), text));

  for (const [bytes, text] of [[0, '0 MB'], [740e6, '740 MB'], [999e6, '999 MB'], [1e9, '1 GB'], [10.34e9, '10.3 GB']] as const) {
    it(`writes ${bytes} bytes as ${text}`, () => assert.equal(formatBytes(bytes, EN), text));
  }

  it('keeps currencies apart', () => {
    assert.equal(formatMoneys([usd(1), { micros: 2e6, currency: 'EUR' }], EN), '$1.00 + €2.00');
    assert.equal(formatMoneys([], EN), null);
  });

  for (const [count, text] of [[0, '0'], [950, '950'], [1_234_567, '1.23M'], [903_000_000, '903M']] as const) {
    it(`writes ${count} tokens as ${text}`, () => assert.equal(formatTokens(count, EN), text));
  }

  for (const [count, text] of [[0, '0'], [-0, '0'], [0.004, '<0.01'], [-0.004, '>-0.01'], [0.005, '0.01'], [1234.5, '1,234.5']] as const) {
    it(`writes the amount ${Object.is(count, -0) ? '-0' : count} as ${text}`, () => assert.equal(formatCount(count, EN), text));
  }

  it('writes small amounts as the language does', () => assert.equal(formatCount(0.004, 'de'), '<0,01'));

  it('cuts durations to two units', () => {
    assert.equal(formatDuration(59_999), 'less than a minute');
    assert.equal(formatDuration(12 * MINUTE_MS), '12 min');
    assert.equal(formatDuration(2 * HOUR_MS + 10 * MINUTE_MS + 59_000), '2 h 10 min');
    assert.equal(formatDuration(3 * DAY_MS + 4 * HOUR_MS + 50 * MINUTE_MS), '3 d 4 h');
    assert.equal(formatDuration(3 * DAY_MS + 50 * MINUTE_MS), '3 d');
    assert.equal(formatDuration(2 * HOUR_MS + 10 * MINUTE_MS, 1), '2 h');
  });

  it('calls an age below zero just now, as after a clock that was set back', () => {
    assert.equal(formatAge(-5 * HOUR_MS), 'just now');
    assert.equal(formatAge(12 * MINUTE_MS), '12 min ago');
  });

  it('R55: tells a reset as countdown and as clock time, and names the zone with another day', () => {
    assert.equal(formatReset({ resetsAt: NOON + 130 * MINUTE_MS }, NOON, 'Europe/Berlin', EN), 'resets in 2 h 10 min (15:10)');
    assert.equal(formatReset({ resetsAt: NOON + 3 * DAY_MS }, NOON, 'America/Los_Angeles', EN), 'resets in 3 d (Wed, Nov 25, 04:00 PST)');
    assert.equal(formatReset({ resetsAt: NOON - MINUTE_MS }, NOON, 'UTC', EN), 'was reset at 11:59 UTC');
    assert.equal(formatReset({ resetsAt: null }, NOON, 'UTC', EN), null);
  });

  it('R55: names UTC with a clock time of today, under whatever name of it, and no local zone', () => {
    const ofUtc = ['UTC', 'Etc/UTC', 'Etc/UCT', 'Zulu', 'Mars/Olympus'].map(zone => [formatClock(NOON, zone, EN), formatWhen(NOON, NOON, zone, 'de')]);
    for (const texts of ofUtc) assert.deepEqual(texts, ['12:00 UTC', '12:00 UTC']);
    assert.deepEqual(['Europe/London', 'Africa/Abidjan', 'Europe/Berlin'].map(zone => formatClock(NOON, zone, 'fr')), ['12:00', '12:00', '13:00']);
    assert.deepEqual(['UTC', 'Europe/Berlin'].map(zone => formatClocks(NOON, NOON + HOUR_MS, zone, EN)), ['12:00–13:00 UTC', '13:00–14:00']);
  });

  it('R17: names the month of the zone, in UTC-8 and UTC+13', () => {
    const firstOfMonth = Date.UTC(2026, 10, 1, 1);
    assert.equal(formatPeriod('month', 'America/Los_Angeles', firstOfMonth, EN), 'October 2026 (PDT)');
    assert.equal(formatPeriod('month', 'UTC', firstOfMonth, EN), 'November 2026 (UTC)');
    assert.equal(formatPeriod('month', 'Pacific/Auckland', Date.UTC(2026, 9, 31, 12), EN), 'November 2026 (GMT+13)');
  });

  it('R16: names the zone of a day', () => assert.equal(formatPeriod('day', 'UTC', NOON, EN), 'Today (UTC)'));

  it('finds the calendar day of a zone', () => {
    assert.equal(dayOf(Date.UTC(2026, 10, 1, 1), 'America/Los_Angeles'), '2026-10-31');
    assert.equal(dayOf(Date.UTC(2026, 10, 1, 1), 'UTC'), '2026-11-01');
  });

  for (const zone of ['America/Los_Angeles', 'Pacific/Auckland']) {
    it(`R17: writes a day key without moving it where the machine's zone is ${zone}`, () => {
      const before = process.env['TZ'];
      process.env['TZ'] = zone;
      try {
        assert.equal(formatDay('2026-10-31', EN), 'Oct 31');
      } finally {
        if (before === undefined) delete process.env['TZ'];
        else process.env['TZ'] = before;
      }
    });
  }

  it('falls back to UTC, and says UTC, for a zone that this machine does not know', () => {
    assert.equal(formatInstant(NOON, 'Mars/Olympus', EN), 'Sun, Nov 22, 12:00 UTC');
  });

  for (const [step, currency, texts] of [
    [2.5, 'USD', ['$0.00', '$2.50', '$5.00']], [0.01, 'USD', ['$0.00', '$0.01', '$0.02']], [0.005, 'USD', ['$0.000', '$0.005', '$0.010']],
    [0.0025, 'EUR', ['€0.0000', '€0.0025', '€0.0050']], [0.000_001, 'USD', ['$0.000000', '$0.000001', '$0.000002']], [0.5, 'JPY', ['¥0.0', '¥0.5', '¥1.0']], [0, 'USD', ['$0.00', '$0.00', '$0.00']],
  ] as const) {
    it(`tells the ticks of an axis apart that are ${step} ${currency} away from each other`, () => {
      assert.deepEqual([0, 1, 2].map(n => formatMoneyTick({ micros: n * step * 1e6, currency }, step * 1e6, EN)), texts);
    });
  }

  it('falls back to English for a locale that is none', () => assert.equal(formatMoney(usd(1), 'not a locale'), '$1.00'));

  it('calls equivalents by their name', () => {
    assert.equal(formatFigureCost(sampleFigure(), EN), '$3.21');
    assert.equal(formatFigureCost(sampleFigure({ costKind: 'equivalent' }), EN), '$3.21 API equivalent');
  });

  it('R11: names models without a price and their tokens beside the cost, and instead of one', () => {
    const unpriced = [{ model: 'model-x', tokens: 903_000_000 }];
    assert.equal(formatFigureCost(sampleFigure({ unpriced }), EN), '$3.21, unpriced: 903M tokens of model-x');
    assert.equal(formatFigureCost(sampleFigure({ costs: [], unpriced }), EN), 'unpriced: 903M tokens of model-x');
    assert.equal(formatUnpriced({ unpriced: [{ model: 'model-x', tokens: 1 }] }, EN), 'unpriced: 1 token of model-x');
    const many = (count: number): string | null => formatUnpriced({ unpriced: Array.from({ length: count }, (_, n) => ({ model: `m${n}`, tokens: n + 1 })) }, EN);
    assert.equal(many(5), 'unpriced: 5 tokens of m4, 4 tokens of m3, 3 tokens of m2, 2 tokens of m1, 1 token of m0');
    assert.equal(many(6), 'unpriced: 6 tokens of m5, 5 tokens of m4, 4 tokens of m3, 3 tokens of m2, 3 tokens of 2 more models');
    assert.ok((many(1000) ?? '').length < 150);
  });

  it('says that a cost is unknown instead of zero', () => assert.equal(formatFigureCost(sampleFigure({ costs: [] }), EN), 'cost unknown'));
});
