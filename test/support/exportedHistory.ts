import { HOUR_MS, MINUTE_MS } from '../../src/core/time';
import { usd } from '../../src/core/money';
import type { History } from '../../src/engine/history/history';
import { NAMES_SQL } from '../../src/engine/history/usageRows';
import type { FakeClock } from './fakeClock';
import { bucket, meter, reading, report } from './readings';

/** An hour of a window meter and of a balance in money, and costs of two vendors' days in two currencies, of accounts 'a' and 'b'. */
export function fillHistory(history: History, clock: FakeClock): void {
  const now = clock.now();
  history.record('a', reading(now, {
    meters: [
      meter(now, { used: 12.34 }),
      meter(now, { id: 'credits', label: '=SUM(A1)', kind: 'balance', unit: 'micros', currency: 'USD', used: null, left: 4_560_000.5, cap: { kind: 'unknown' }, provenance: 'billed' }),
    ],
    usage: [report([
      bucket(now - HOUR_MS, { project: '-rm "x", y', branch: '=fix', cost: usd(0.0000015) }),
      bucket(now - 2 * HOUR_MS, { project: 'plain\nline \\" }]{', tokens: null, requests: null, cost: usd(-1.5) }),
    ])],
  }));
  clock.jump(10 * MINUTE_MS);
  history.record('b', reading(now, {
    usage: [report([bucket(Date.UTC(2026, 9, 1), { spanMs: 24 * HOUR_MS, model: null, cost: { micros: 5e6, currency: 'EUR' } }), bucket(Date.UTC(2026, 9, 1), { spanMs: 24 * HOUR_MS, model: null, cost: usd(7) })],
      { source: 'costs', costKind: 'spent', costProvenance: 'billed', dayZone: 'UTC' })],
  }));
}

/** All rows by their meaning, whatever ids the tables gave. */
export const contentOf = ({ sql }: History): readonly (readonly unknown[])[] => [
  ...['raw', 'hourly', 'daily'].map(table => sql.all(`SELECT a.account, m.meter, t.* FROM ${table} t JOIN meter m ON m.id = series JOIN account a ON a.id = m.account ORDER BY 1, 2, 4`).map(row => row.toSpliced(2, 1))),
  sql.all(`SELECT a.account, s.source, start_s, span_s, m.text, p.text, b.text, currency, input, cache_read, cache_write, output, reasoning, requests, micros, unpriced
    FROM usage JOIN source s ON s.id = usage.source JOIN account a ON a.id = s.account ${NAMES_SQL} ORDER BY 1, 2, 3, 5, 6, 7, 8`),
  sql.all('SELECT a.account, source, cost_kind, cost_provenance, token_provenance, day_zone FROM source s JOIN account a ON a.id = s.account ORDER BY 1, 2'),
];
