/** What may happen to a history, in any order. */
import fc from 'fast-check';
import type { Cap, Reading, UsageReport } from '../../src/core/reading';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/time';
import { bucket, meter, reading, report } from './readings';

export const ACCOUNTS = ['a', 'b'] as const;
/** How the sources tell. Times are counted back from the hour, or the day of UTC, that is now. */
const SOURCES = {
  logs: { spanMs: HOUR_MS, more: { source: 'logs' } },
  halves: { spanMs: HOUR_MS / 2, more: { source: 'logs' } },
  costs: { spanMs: DAY_MS, more: { source: 'costs', costKind: 'spent', costProvenance: 'billed', tokenProvenance: 'reported', dayZone: 'UTC' } },
  vendor: { spanMs: DAY_MS, more: { source: 'vendor', costKind: 'spent', costProvenance: 'billed', dayZone: 'America/Los_Angeles' } },
} as const;

const count = fc.oneof({ weight: 3, arbitrary: fc.nat(1000) }, { weight: 1, arbitrary: fc.constantFrom(0, 2 ** 31, 2 ** 40 + 1, 2 ** 53 + 2, 0.5, 1e17) });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 3 });

const oneBucket = fc.record({
  back: fc.oneof({ weight: 3, arbitrary: fc.nat(6) }, { weight: 1, arbitrary: fc.nat(70 * 24) }),
  model: fc.constantFrom(null, 'm', 'm', 'm', '', 'm\ud83d'),
  project: fc.constantFrom(null, '', '/p', '/p', '/p', 'ü\u{1f600}', 'a\0b'),
  branch: fc.constantFrom(null, null, 'main', 'x', ''),
  requests: maybe(count),
  tokens: maybe(fc.record({ input: maybe(count), cacheRead: maybe(count), cacheWrite: maybe(count), output: maybe(count), reasoning: maybe(count) })),
  cost: maybe(fc.record({ micros: fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.constantFrom(0.1, 0.2, 1e-7, 2 ** 33)), currency: fc.constantFrom('USD', 'EUR') })),
  unpriced: fc.boolean(),
});

const oneMeter = fc.record({
  id: fc.constantFrom('five-hour', 'credits', 'left'),
  used: maybe(fc.oneof(fc.nat(200), fc.constantFrom(0.1, 33.333333333333336, 1e12, 1e18))),
  backMin: fc.nat(300),
  resetsIn: maybe(fc.nat(1000)),
  cap: fc.constantFrom<Cap>({ kind: 'limited', amount: 100 }, { kind: 'limited', amount: 0 }, { kind: 'limited', amount: 1e-300 }, { kind: 'limited', amount: 0.7 }, { kind: 'unlimited' }, { kind: 'unknown' }),
});

const account = fc.constantFrom(...ACCOUNTS);

const read = fc.record({
  kind: fc.constant('read' as const), account, source: fc.constantFrom(...Object.keys(SOURCES) as (keyof typeof SOURCES)[]), buckets: fc.array(oneBucket, { maxLength: 8 }),
  covers: maybe(fc.record({ back: fc.nat(10), length: fc.nat(10) })), meters: fc.uniqueArray(oneMeter, { maxLength: 3, selector: ({ id }) => id }), plan: maybe(fc.constantFrom('Pro', 'Max')),
});
export type Read = typeof read extends fc.Arbitrary<infer T> ? T : never;

export const step = fc.oneof(
  { weight: 10, arbitrary: read },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('again' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail' as const), account }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('alert' as const), account, fired: fc.constantFrom(0.8, 0.95) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('touch' as const), account }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), account }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(MINUTE_MS, 50 * MINUTE_MS, 5 * HOUR_MS, 3 * DAY_MS, 41 * DAY_MS, -2 * HOUR_MS, -45 * DAY_MS) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('keep' as const), days: fc.constantFrom(30, 60, null) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('foreign' as const), reads: fc.array(read, { minLength: 1, maxLength: 4 }), backMs: fc.constantFrom(0, 7 * HOUR_MS) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('checkpoint' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('close' as const, 'kill' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('damage' as const), where: fc.double({ min: 0, max: 0.999 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('import' as const, 'restore' as const) }) },
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What the source of a step tells at an instant. */
export function reportOf({ source, buckets, covers }: Read, now: number): UsageReport {
  const { spanMs, more } = SOURCES[source];
  const at = (back: number): number => (Math.floor(now / spanMs) - back) * spanMs + (source === 'vendor' ? 8 * HOUR_MS : 0);
  return report(buckets.map(({ back, ...rest }) => bucket(at(spanMs === DAY_MS ? back % 100 : back), { spanMs, ...rest })), {
    ...more, covers: covers === null ? null : { fromAt: at(covers.back + covers.length), toAt: at(covers.back) },
  });
}

/** What an account's read gives at an instant. */
export const readingOf = (read: Read, now: number): Reading => reading(now, {
  plan: read.plan, usage: [reportOf(read, now)],
  meters: read.meters.map(({ id, used, backMin, resetsIn, cap }) => meter(now - backMin * MINUTE_MS, {
    id, cap, resetsAt: resetsIn === null ? null : now + resetsIn * MINUTE_MS, used: id === 'left' ? null : used, left: id === 'left' ? used : null,
    ...(id === 'credits' ? { unit: 'micros', currency: 'USD' } : {}),
  })),
});
