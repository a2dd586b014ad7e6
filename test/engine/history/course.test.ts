import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { addDays } from '../../../src/core/days';
import { dayOf } from '../../../src/core/format';
import { HOUR_MS } from '../../../src/core/time';
import { UsageDays } from '../../../src/engine/history/dailyUsage';
import { nodeSqlite } from '../../../src/engine/history/nodeSqlite';
import { loadSql, type OpenSql } from '../../../src/engine/history/sql';
import { assertApart, assertRows, ExpectedUsage, isNear, REQUESTS, someOf } from '../../support/expectedUsage';
import { FakeClock } from '../../support/fakeClock';
import { ACCOUNTS, type Read, reportOf, step, type Step } from '../../support/historyCourse';
import { SHOWN_DAYS, World, ZONE } from '../../support/historyWorld';
import { WASM } from '../../support/sql';
import { useTempDir } from '../../support/tempDir';

const RUNS = Number(process.env['QUOTA_MONITOR_RUNS'] ?? 40);

describe('a history, whatever happens to it', () => {
  const dir = useTempDir();
  let builds: readonly [OpenSql, OpenSql];
  before(async () => { builds = [await loadSql(WASM, nodeSqlite()), await loadSql(WASM, null)]; });

  it('is the same with either SQLite, has all usage that was told and not taken back once, and comes whole out of an export', async function () {
    this.timeout(RUNS * 2000);
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), fc.boolean(), async (steps, swap) => {
      const course = new Course(builds, swap, path.join(dir(), 'course'));
      try {
        for (const each of steps) {
          await course.go(each);
          course.check();
        }
      } finally {
        course.close();
      }
    }), { numRuns: RUNS });
  });
});

/** The same steps with each build of SQLite, and what they come to. */
class Course {
  private readonly clock = new FakeClock();
  private readonly worlds: readonly World[];
  private readonly expected = new ExpectedUsage();
  private last: Read | null = null;
  /** Before this instant usage may be dropped, or not yet. */
  private floor = -Infinity;
  private folders = 0;

  /** @param swap each is opened again by the build that did not open it first. */
  constructor(private readonly builds: readonly [OpenSql, OpenSql], private readonly swap: boolean, private readonly dir: string) {
    this.worlds = builds.map(openSql => this.world(openSql));
  }

  async go(each: Step): Promise<void> {
    const { worlds, builds, clock, swap } = this;
    if (each.kind === 'pass') clock.jump(each.ms);
    if (each.kind === 'read') this.last = each;
    for (const [index, world] of worlds.entries()) {
      world.do(each, builds[(swap ? 1 - index : index) as 0 | 1]);
      if (each.kind === 'restore') await world.restore(builds[(1 - index) as 0 | 1]);
    }
    if (each.kind === 'pass' && each.ms > HOUR_MS) {
      clock.jump(HOUR_MS); // the clock stands by its time: what is past its own goes
      for (const { history } of worlds) history.maintain();
    }
    this.floor = Math.max(this.floor, worlds[0]!.oldest);
    if ((each.kind === 'read' || each.kind === 'again') && this.last !== null) this.read(this.last);
    if (each.kind === 'forget') this.expected.forget(each.account);
    if (each.kind === 'import') await this.import();
    if (each.kind === 'foreign') await this.importForeign(each.reads, each.backMs);
  }

  check(): void {
    for (const { history } of this.worlds) assert.ok(history.flush());
    const [one, other] = this.worlds.map(world => world.seen());
    assert.deepEqual(one, other);
    for (const world of this.worlds) {
      const [found, expected] = [someOf(world.usage(this.floor)), this.expected.since(this.floor)];
      assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
      for (const [name, rows] of found) {
        assertRows(rows, expected.get(name) ?? [], name);
        assertApart(rows);
      }
      const { days, sql } = world.history;
      assert.deepEqual(this.byAccount(days), this.byAccount(new UsageDays(sql)));
      this.checkDays(world);
    }
  }

  close(): void {
    for (const { history } of this.worlds) history.close();
    rmSync(this.dir, { recursive: true });
  }

  private world(openSql: OpenSql): World {
    return new World(path.join(this.dir, String(this.folders++)), this.clock, openSql);
  }

  private read(read: Read): void {
    for (const world of this.worlds) world.read(read);
    this.expected.read(read.account, reportOf(read, this.clock.now()), this.worlds[0]!.oldest);
  }

  /** Into an empty history, and into itself. */
  private async import(): Promise<void> {
    const [one = '', other = ''] = [await this.worlds[0]!.export(), await this.worlds[1]!.export()];
    assert.equal(readFileSync(one, 'utf8'), readFileSync(other, 'utf8'));
    for (const openSql of this.builds) {
      const fresh = this.world(openSql);
      fresh.keep(this.worlds[0]!.history.retentionDays);
      await fresh.import(one);
      assert.deepEqual(fresh.lasting(await fresh.export()), fresh.lasting(one));
      fresh.history.close();
    }
    for (const world of this.worlds) assert.equal(await world.import(one), 0);
  }

  private async importForeign(reads: readonly Read[], backMs: number): Promise<void> {
    const foreign = this.world(this.builds[0]);
    foreign.keep(null);
    this.clock.jump(-backMs);
    for (const read of reads) foreign.read(read);
    const file = await foreign.export();
    this.clock.jump(backMs);
    for (const world of this.worlds) await world.import(file);
    for (const [name, rows] of this.worlds[0]!.usage(0)) this.expected.take(name, rows, foreign.usage(0).get(name) ?? [], this.floor);
    foreign.history.close();
  }

  /** Accounts of a day come in the order in which they were summed first. */
  private byAccount(days: UsageDays): unknown {
    const { rows, ...range } = days.of(SHOWN_DAYS, ZONE, this.clock.now());
    return [range, ACCOUNTS.map(id => rows.filter(({ accountId }) => accountId === id))];
  }

  /** Days come to what their buckets come to: those of a vendor in its zone, others in ours. */
  private checkDays(world: World): void {
    const { days, sql } = world.history;
    const { rows, fromDay } = days.of(SHOWN_DAYS, ZONE, this.clock.now());
    const today = dayOf(this.clock.now(), ZONE);
    const [found, expected] = [new Map<string, number>(), new Map<string, number>()];
    const add = (to: Map<string, number>, account: string, day: string, requests: number): void => void to.set(`${account} ${day}`, (to.get(`${account} ${day}`) ?? 0) + requests);
    for (const { accountId, day, requests } of rows) if (requests !== null) add(found, accountId, day, requests);
    for (const [name, buckets] of world.usage(0)) {
      const [account = '', source = ''] = JSON.parse(name) as string[];
      const zone = sql.one('SELECT day_zone FROM source JOIN account ON account.id = source.account WHERE account.account = ? AND source = ?', account, source)?.[0] as string | null;
      for (const row of buckets) {
        const [day, requests] = [dayOf(row[0], zone ?? ZONE), row[REQUESTS]];
        if (typeof requests === 'number' && day >= fromDay && day <= (zone === null ? today : addDays(today, 1))) add(expected, account, day, requests);
      }
    }
    assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
    for (const [day, requests] of found) assert.ok(isNear(requests, expected.get(day) ?? NaN), `${day}: ${requests} requests, not ${expected.get(day)}`);
  }
}
