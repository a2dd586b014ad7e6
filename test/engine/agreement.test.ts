import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { dayOf } from '../../src/core/format';
import type { CostKind, UsageBucket } from '../../src/core/reading';
import type { Figure } from '../../src/core/snapshot';
import { DAY_MS, HOUR_MS, type EpochMs } from '../../src/core/time';
import { FigureCache } from '../../src/engine/figures';
import { exportHistory } from '../../src/engine/historyTools/export';
import type { ExportRow, UsageRow as ExportedUsage } from '../../src/engine/historyTools/exportForm';
import { Tasks } from '../../src/engine/historyTools/tasks';
import { usageOf } from '../../src/engine/history/dailyUsage';
import { currenciesOf, dayTable, modelRows, rowsOf, totalOf } from '../../webview/usageTables';
import { FakeClock } from '../support/fakeClock';
import { useHistory } from '../support/history';
import { account, bucket, reading, report } from '../support/readings';
import { useTempDir } from '../support/tempDir';

/** More than any month. */
const DAYS = 40;

const part = fc.option(fc.nat(1e6));
/** What one source tells: hours that fit any zone, or a vendor's days of UTC. */
const sources = fc.record({
  daily: fc.boolean(),
  kind: fc.constantFrom<CostKind>('spent', 'equivalent'),
  buckets: fc.uniqueArray(fc.record({
    /** Hours or days ago. */
    ago: fc.oneof(fc.nat(1), fc.nat(30), fc.nat(DAYS * 24)), model: fc.constantFrom('a', 'b', null), project: fc.constantFrom('p', 'q', null), currency: fc.constantFrom('USD', 'EUR'),
    micros: fc.option(fc.integer({ min: -1e6, max: 1e9 })), unpriced: fc.boolean(), requests: part, tokens: fc.option(fc.record({ input: part, cacheRead: part, cacheWrite: part, output: part })),
  }), { maxLength: 40, selector: ({ ago, model, project, currency }) => JSON.stringify([ago, model, project, currency]) }),
});
type Source = typeof sources extends fc.Arbitrary<infer T> ? T : never;

function bucketsOf({ daily, buckets }: Source, now: EpochMs): UsageBucket[] {
  const grain = daily ? DAY_MS : HOUR_MS;
  return buckets.filter(({ ago }) => ago * grain < DAYS * DAY_MS).map(({ ago, micros, currency, tokens, ...rest }) => bucket((Math.floor(now / grain) - ago) * grain, {
    ...rest, spanMs: grain, cost: micros === null ? null : { micros, currency }, tokens: tokens === null ? null : { ...tokens, reasoning: null },
  }));
}

interface Sum { readonly costs: Readonly<Record<string, number>>; readonly tokens: number | null; readonly requests: number | null }

const plus = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : a + b);
const sumOf = (rows: readonly { readonly cost: { readonly micros: number; readonly currency: string } | null; readonly tokens: number | null; readonly requests: number | null }[]): Sum => {
  const costs: Record<string, number> = {};
  for (const { cost } of rows) if (cost !== null) costs[cost.currency] = (costs[cost.currency] ?? 0) + cost.micros;
  return { costs, tokens: rows.reduce<number | null>((sum, row) => plus(sum, row.tokens), null), requests: rows.reduce<number | null>((sum, row) => plus(sum, row.requests), null) };
};
/** Null and nothing are the same here: a source that counts nothing in a span has no figure. */
const ofFigure = (figure: Figure | null): Sum => ({
  costs: Object.fromEntries((figure?.costs ?? []).map(({ currency, micros }) => [currency, micros])), tokens: figure?.tokens ?? null, requests: figure?.requests ?? null,
});
const ofExported = ({ cost, currency, requests, inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens }: ExportedUsage) => ({
  cost: cost === null || currency === null ? null : { micros: Math.round(Number(cost) * 1e6), currency }, requests,
  tokens: [inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens].reduce(plus, null),
});

describe('numbers of one history', () => {
  const open = useHistory();
  const dir = useTempDir();

  it('R2, R15: are the same on a card, in the charts and in an export, for the day, the month and the models', async function () {
    this.timeout(60_000);
    await fc.assert(fc.asyncProperty(sources, fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/Los_Angeles'), async (source, zone) => {
      const clock = new FakeClock();
      const now = clock.now();
      const history = await open(null, clock, null);
      // Counted by the vendor, whose silence is not zero.
      history.record('a', reading(now, { usage: [report(bucketsOf(source, now), { costKind: source.kind, dayZone: source.daily ? 'UTC' : null, tokenProvenance: 'reported' })] }));
      const { today, month } = new FigureCache(history.sql).of(account('a'), reading(now), zone, now);
      const usage = usageOf([account('a')], history.days.of(DAYS, zone, now));
      const file = path.join(dir(), 'out.json');
      const choice = { format: 'json' as const, levels: ['usage' as const], accountIds: null, fromAt: null, toAt: null };
      await new Tasks(clock, () => undefined).run('t', task => exportHistory(file, { sql: history.sql, accounts: [account('a')], choice, zone, clients: [], now, storageDir: null }, task));
      const exported = (JSON.parse(readFileSync(file, 'utf8')) as { rows: ExportRow[] }).rows.filter(row => row.level === 'usage');

      const day = dayOf(now, source.daily ? 'UTC' : zone);
      for (const [figure, isIn] of [[today, (each: string) => each === day], [month, (each: string) => each.startsWith(day.slice(0, 7))]] as const) {
        const rows = usage.rows.filter(row => isIn(row.day));
        const told = sumOf(rows);
        assert.deepEqual(ofFigure(figure), told);
        assert.deepEqual(sumOf(exported.filter(row => isIn(row.day)).map(ofExported)), told);
        assert.equal((figure?.unpriced.length ?? 0) > 0, rows.some(({ unpriced }) => unpriced));
      }
      const whole = sumOf(exported.filter(row => row.day >= usage.fromDay).map(ofExported));
      for (const currency of currenciesOf(usage, source.kind)) {
        const models = modelRows(usage, source.kind, currency);
        assert.equal(totalOf(models).cost.micros, whole.costs[currency]);
        assert.equal(dayTable(usage, source.kind, currency, []).total.micros, whole.costs[currency]);
        assert.equal(totalOf(models).tokens, sumOf(rowsOf(usage, source.kind, currency)).tokens);
      }
      history.close();
    }), { numRuns: 100 });
  });
});
