import type { LastReading } from '../../src/core/accountView';
import type { Meter, Reading, UsageBucket } from '../../src/core/reading';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/time';
import { bucket, meter, reading, report } from '../support/readings';
import { seeded } from '../support/seeded';

const METERS = 4;
/** The share of values that differ from one poll to the next. */
const CHANGING = 0.04;
/** One account of 25 is a tool with logs on this machine (two of 50: there are two such tools); the others are vendors' APIs, which tell days. */
const LOGS_EVERY = 25;
const WORKING_HOURS = 10;

/** Many accounts that use up their quotas: what each poll of them reads. The same for one number of accounts. */
export class Fleet {
  readonly ids: readonly string[];
  private readonly random = seeded(1);
  private readonly used: number[];
  private polledHour: number | null = null;

  constructor(accounts: number) {
    this.ids = Array.from({ length: accounts }, (_, index) => `account-${index}`);
    this.used = Array.from({ length: accounts * METERS }, () => Math.floor(this.random() * 1_000));
  }

  /** One poll of every account, one after the other, as they come in the engine: of fifty readings at once the older ones would outlive what V8 sweeps often. */
  *poll(now: number): Generator<[id: string, reading: Reading]> {
    for (let series = 0; series < this.used.length; series++) {
      if (this.random() < CHANGING) this.used[series] = ((this.used[series] ?? 0) + 10 + Math.floor(this.random() * 5)) % 1_000;
    }
    const hour = Math.floor(now / HOUR_MS);
    const hours = Array.from({ length: Math.min(24, hour - (this.polledHour ?? hour - 1)) + 1 }, (_, ago) => hour - ago);
    this.polledHour = hour;
    for (const [index, id] of this.ids.entries()) yield [id, reading(now, { meters: this.meters(index, now), usage: [this.usage(index, now, hours)] })];
  }

  reading(id: string, now: number): LastReading {
    const { usage: _usage, ...rest } = reading(now, { meters: this.meters(this.ids.indexOf(id), now) });
    return rest;
  }

  /** Two tell whole percents, two tenths. */
  private meters(index: number, now: number): Meter[] {
    return Array.from({ length: METERS }, (_, each) => {
      const tenths = this.used[index * METERS + each] ?? 0;
      return meter(now, { id: `meter-${each}`, used: each < 2 ? Math.floor(tenths / 10) : tenths / 10 });
    });
  }

  /** Logs tell the hours since the last poll, in three models and two projects; an API tells today and yesterday in three models. */
  private usage(index: number, now: number, hours: readonly number[]): Reading['usage'][number] {
    const cost = (count: number) => ({ micros: count * 1.37, currency: 'USD' });
    const tokens = (count: number) => ({ input: count * 31, cacheRead: count * 3_000, cacheWrite: count * 170, output: count * 90, reasoning: count * 11 });
    const [hour, day] = [Math.floor(now / HOUR_MS), Math.floor(now / DAY_MS)];
    if (index % LOGS_EVERY === 0) {
      const buckets = hours.filter(each => each % 24 >= 8 && each % 24 < 8 + WORKING_HOURS).flatMap(each => Array.from({ length: 6 }, (_, n) => {
        const count = each === hour ? 1 + Math.floor((now % HOUR_MS) / (5 * MINUTE_MS)) : 12; // grows every five minutes
        return bucket(each * HOUR_MS, {
          model: `model-${n % 3}`, project: `/home/user/project-${n % 2}`, tokens: tokens(count * (n + 1)), requests: count, cost: cost(count * (n + 1)),
        });
      }));
      return report(buckets);
    }
    const count = 1 + hour % 24;
    const buckets: UsageBucket[] = [day, day - 1].flatMap(each => Array.from({ length: 3 }, (_, n) => bucket(each * DAY_MS, {
      spanMs: DAY_MS, model: `model-${n}`, tokens: tokens((each === day ? count : 24) * (n + 1)), cost: cost((each === day ? count : 24) * (n + 1)),
    })));
    return report(buckets, { source: 'costs', covers: { fromAt: (day - 1) * DAY_MS, toAt: (day + 1) * DAY_MS }, costKind: 'spent', costProvenance: 'billed', dayZone: 'UTC' });
  }
}
