import type { Account } from '../../src/core/account';
import type { Meter, Reading, UsageBucket, UsageReport } from '../../src/core/reading';
import { emptyReading, type Provider, type ReadContext } from '../../src/providers/provider';
import { HOUR_MS, MINUTE_MS } from '../../src/core/time';

export const account = (id: string, more: Partial<Account> = {}): Account =>
  ({ id, providerId: 'acme', alias: id, options: {}, createdAt: 0, ...more });

/** A window that is 42 % used. */
export const meter = (trueAt: number, more: Partial<Meter> = {}): Meter => ({
  id: 'five-hour', label: '5-hour window', kind: 'window', unit: 'percent', currency: null, used: 42, left: null,
  cap: { kind: 'limited', amount: 100 }, resetsAt: null, durationMs: 5 * HOUR_MS, trueAt, provenance: 'reported', standing: 'official', ...more,
});

export const bucket = (startAt: number, more: Partial<UsageBucket> = {}): UsageBucket => ({
  startAt, spanMs: HOUR_MS, model: 'model-a', project: null, branch: null, requests: 1,
  tokens: { input: 100, cacheRead: null, cacheWrite: null, output: 10, reasoning: null }, cost: null, unpriced: false, ...more,
});

export const report = (buckets: readonly UsageBucket[], more: Partial<UsageReport> = {}): UsageReport => ({
  source: 'logs', covers: null, costKind: 'equivalent', costProvenance: 'estimated', tokenProvenance: 'measured', dayZone: null, buckets: [...buckets], ...more,
});

export const reading = (takenAt: number, more: Partial<Reading> = {}): Reading => ({ ...emptyReading(takenAt), ...more });

export interface FakeProvider extends Provider {
  /** Every read, in order. */
  readonly reads: { readonly accountId: string; readonly at: number; readonly signal: AbortSignal }[];
  /** What the next reads do. */
  answer: (context: ReadContext) => Promise<Reading>;
}

/** An official provider with a key, polled every five minutes, whose reads do what the test says. */
export function fakeProvider(info: Partial<Provider['info']> = {}): FakeProvider {
  const provider: FakeProvider = {
    info: {
      id: 'acme', name: 'Acme', summary: 'Credits', standing: 'official', baseUrl: 'https://api.acme.test',
      credential: { kind: 'api-key', hint: '', url: '', example: '' }, minIntervalMs: MINUTE_MS, defaultIntervalMs: 5 * MINUTE_MS, ...info,
    },
    hosts: ['api.acme.test'],
    authorize: secret => ({ authorization: `Bearer ${secret}` }),
    reads: [],
    answer: context => Promise.resolve(reading(context.now, { meters: [meter(context.now)] })),
    read: context => {
      provider.reads.push({ accountId: context.account.id, at: context.now, signal: context.signal });
      return provider.answer(context);
    },
  };
  return provider;
}
