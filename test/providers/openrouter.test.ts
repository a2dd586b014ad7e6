import assert from 'node:assert/strict';
import { DAY_MS } from '../../src/core/time';
import { openrouter } from '../../src/providers/openrouter';
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulators';
import { openrouterWorld } from '../simulators/openrouter';
import { costOf, hourCells } from '../simulators/world';
import { type Answers, fails, fixture, micros, NOW, type Query, readAnswers, readSimulator, report } from './remote';

const TODAY = Date.parse('2026-11-22');
const dollars = (amount: number) => ({ micros: amount * 1e6, currency: 'USD' });
const key = (more: object = {}) => ({ data: { ...(fixture('openrouter/key.json') as { data: object }).data, ...more } });
const management = (more: object = {}) => key({ is_management_key: true, limit: null, limit_remaining: null, limit_reset: null, usage_daily: 0, usage_monthly: 0, ...more });
/** One page, then none. */
const keys = ({ offset }: Query) => (offset === 0 ? fixture('openrouter/keys.json') : { data: [] });
const account: Answers = {
  '/key': management(), '/credits': { data: { total_credits: 100.5, total_usage: 25.75 } }, '/activity': fixture('openrouter/activity.json'), '/keys': keys,
};

describe('OpenRouter', () => {
  describe('with an inference key', () => {
    it("shows the key's limit as what is left of it", async () => {
      const { meters } = await readAnswers(openrouter, { '/key': key() });
      assert.deepEqual(meters, [{
        id: 'key-limit', label: 'Key limit (monthly)', kind: 'limit', unit: 'micros', currency: 'USD', used: null, left: 74_500_000,
        cap: { kind: 'limited', amount: 100_000_000 }, resetsAt: Date.parse('2026-12-01'), durationMs: 30 * DAY_MS, trueAt: NOW,
        provenance: 'reported', standing: 'official',
      }]);
    });

    it("shows what the key spent today and this month, and never the user's own vendor keys", async () => {
      const { totals, usage } = await readAnswers(openrouter, { '/key': key() });
      assert.deepEqual(totals, [
        { period: 'day', startAt: TODAY, cost: dollars(0.8), dayZone: 'UTC', provenance: 'billed' },
        { period: 'month', startAt: Date.parse('2026-11-01'), cost: dollars(25.5), dayZone: 'UTC', provenance: 'billed' },
      ]);
      assert.deepEqual(usage, []);
    });

    it('says what it cannot see, and shows no piece of the key', async () => {
      const { notes, identity } = await readAnswers(openrouter, { '/key': key() });
      assert.deepEqual([notes, identity], [['This key shows its own limit and spend; balance and history by model need a management key.'], null]);
      assert.equal((await readAnswers(openrouter, { '/key': key({ label: 'laptop' }) })).identity, 'laptop');
    });

    for (const [reset, now, resetsAt, days] of [
      ['daily', '2026-11-22T23:59:59.999Z', '2026-11-23', 1],
      ['daily', '2026-11-22T00:00:00Z', '2026-11-23', 1],
      ['weekly', '2026-11-22T23:59:59Z', '2026-11-23', 7], // a Sunday
      ['weekly', '2026-11-23T00:00:00Z', '2026-11-30', 7], // a Monday
      ['weekly', '2027-01-01T12:00:00Z', '2027-01-04', 7],
      ['monthly', '2026-12-31T23:59:59Z', '2027-01-01', 31],
      ['monthly', '2028-02-01T00:00:00Z', '2028-03-01', 29],
    ] as const) {
      it(`resets a ${reset} limit of ${now} on ${resetsAt}`, async () => {
        const [meter] = (await readAnswers(openrouter, { '/key': key({ limit_reset: reset }) }, Date.parse(now))).meters;
        assert.deepEqual([meter?.resetsAt, meter?.durationMs], [Date.parse(resetsAt), days * DAY_MS]);
      });
    }

    for (const reset of [null, 'fortnightly']) {
      it(`R9: makes up no reset for ${reset}`, async () => {
        const [meter] = (await readAnswers(openrouter, { '/key': key({ limit_reset: reset }) })).meters;
        assert.deepEqual([meter?.label, meter?.resetsAt, meter?.durationMs], ['Key limit', null, null]);
      });
    }

    for (const [path, told, field] of [
      ['/key', key({ limit: 1e15 }), 'limit'], ['/key', key({ usage_daily: -1e15 }), 'usage_daily'], ['/credits', { data: { total_credits: 1e15, total_usage: 0 } }, 'total_credits'],
    ] as const) {
      it(`refuses an amount of ${field} that none can be, and names it`, async () => {
        await fails(readAnswers(openrouter, { ...account, ...(path === '/key' ? {} : { '/key': management() }), [path]: told }), 'changed', new RegExp(field));
      });
    }

    it('R9: shows no meter for a key without a limit, and nothing for what is not told', async () => {
      assert.deepEqual((await readAnswers(openrouter, { '/key': key({ limit: null, limit_remaining: null }) })).meters, []);
      const { meters, totals } = await readAnswers(openrouter, { '/key': key({ limit_remaining: null, usage_daily: null, usage_monthly: undefined }) });
      assert.deepEqual([meters[0]?.left, meters[0]?.used, totals], [null, null, []]);
    });

    it('does not ask for the balance, which it may not see', async () => {
      const { meters } = await readAnswers(openrouter, { '/key': key(), '/credits': { data: { total_credits: 5, total_usage: 1 } } });
      assert.deepEqual(meters.map(({ id }) => id), ['key-limit']);
    });

    for (const [what, credits, balance] of [['zeros', { total_credits: 0, total_usage: 0 }, []], ['credits', { total_credits: 5, total_usage: 1.5 }, [3_500_000]]] as const) {
      it(`shows ${balance.length === 0 ? 'no' : 'the'} balance when the server does not tell the kind of key and gives ${what}`, async () => {
        const { meters } = await readAnswers(openrouter, { '/key': key({ is_management_key: undefined, is_provisioning_key: undefined }), '/credits': { data: credits } });
        assert.deepEqual(meters.filter(({ kind }) => kind === 'balance').map(({ left }) => left), balance);
      });
    }
  });

  describe('with a management key', () => {
    it('shows the balance, of which all that was ever bought is no cap', async () => {
      const { meters } = await readAnswers(openrouter, account);
      assert.deepEqual(meters, [{
        id: 'credits', label: 'Credits', kind: 'balance', unit: 'micros', currency: 'USD', used: null, left: 74_750_000, cap: { kind: 'unknown' },
        resetsAt: null, durationMs: null, trueAt: NOW, provenance: 'reported', standing: 'official',
      }]);
    });

    it('believes a balance of zero, and one below', async () => {
      for (const [total_credits, total_usage, left] of [[0, 0, 0], [1, 1.25, -250_000]]) {
        const { meters } = await readAnswers(openrouter, { ...account, '/credits': { data: { total_credits, total_usage } } });
        assert.deepEqual(meters.map(({ left }) => left), [left]);
      }
    });

    it('is known by its older name too', async () => {
      const { meters } = await readAnswers(openrouter, { ...account, '/key': management({ is_management_key: undefined, is_provisioning_key: true }) });
      assert.equal(meters[0]?.id, 'credits');
    });

    it('sums the endpoints of a model and day', async () => {
      assert.deepEqual(report(await readAnswers(openrouter, account), 'activity').buckets, [{
        startAt: Date.parse('2026-11-21'), spanMs: DAY_MS, model: 'anthropic/claude-sonnet-4.6', project: null, branch: null, requests: 6, cost: dollars(0.02), unpriced: false,
        tokens: { input: 600, cacheRead: null, cacheWrite: null, output: 150, reasoning: 25 },
      }]);
    });

    it('restates completed days only, up to the newest that is ready', async () => {
      const row = (date: string) => ({ ...(fixture('openrouter/activity.json') as { data: object[] }).data[0], date });
      const covers = async (...dates: readonly string[]) => report(await readAnswers(openrouter, { ...account, '/activity': { data: dates.map(row) } }), 'activity');
      const fromAt = Date.parse('2026-10-23');
      assert.deepEqual((await covers('2026-11-19', '2026-10-23', '2026-11-21', '2026-11-20')).covers, { fromAt, toAt: TODAY });
      assert.deepEqual((await covers('2026-11-20 00:00:00', '2026-10-23')).covers, { fromAt, toAt: Date.parse('2026-11-21') });
      const outside = await covers('2026-11-22', '2026-10-22');
      assert.deepEqual([outside.covers, outside.buckets], [null, []]);
    });

    it('takes no day back that the vendor tells no more, such as the oldest one when its day ended before that of this machine', async () => {
      const days = Array.from({ length: 30 }, (_, i) => new Date(Date.parse('2026-10-23') + i * DAY_MS).toISOString().slice(0, 10));
      const data = days.map(date => ({ ...(fixture('openrouter/activity.json') as { data: object[] }).data[0], date }));
      const { covers, buckets } = report(await readAnswers(openrouter, { ...account, '/activity': { data } }, TODAY - 10_000), 'activity');
      assert.deepEqual(covers, { fromAt: Date.parse('2026-10-23'), toAt: Date.parse('2026-11-21') });
      assert.equal(buckets.length, 29);
    });

    it("shows today's spend as the sum of all keys, and the month's as what is known of it", async () => {
      const { totals } = await readAnswers(openrouter, account);
      assert.deepEqual(totals.map(({ period, cost }) => [period, cost]), [['day', dollars(0.1)], ['month', dollars(3.2)]]);
      const spent = { data: [{ ...(fixture('openrouter/activity.json') as { data: object[] }).data[0], usage: 9 }] };
      const more = await readAnswers(openrouter, { ...account, '/activity': spent });
      assert.deepEqual(more.totals.map(({ cost }) => cost.micros), [100_000, 9_100_000]);
    });

    it('reads keys page by page, whatever the size of a page, each once', async () => {
      const item = (i: number) => ({ hash: `hash ${i}`, usage_daily: 0.1, usage_monthly: 0.3 });
      for (const size of [1, 3, 7]) {
        const answer = ({ offset }: Query) => ({ data: Array.from({ length: 7 }, (_, i) => item(i)).slice(Number(offset), Number(offset) + size) });
        const { totals } = await readAnswers(openrouter, { ...account, '/keys': answer });
        assert.equal(totals[0]?.cost.micros, 700_000);
      }
      const deaf = await readAnswers(openrouter, { ...account, '/keys': { data: [item(1), item(2)] } });
      assert.equal(deaf.totals[0]?.cost.micros, 200_000);
      let asked = 0;
      const endless = await readAnswers(openrouter, { ...account, '/keys': () => ({ data: [item(asked++)] }) });
      assert.deepEqual([asked, endless.totals], [100, []]);
    });

    it('a list of keys that fails is a note and no spend, not a spend of zero', async () => {
      const { totals, notes, meters, usage } = await readAnswers(openrouter, { ...account, '/keys': 500 });
      assert.deepEqual([totals, meters.length, usage.length], [[], 1, 1]);
      assert.match(notes[0] ?? '', /^Today's spend could not be read: It answered 500\.$/);
    });

    it('a list without a key says nothing of today, and is no spend of zero', async () => {
      const { totals, notes } = await readAnswers(openrouter, { ...account, '/keys': { data: [] } });
      assert.deepEqual([totals, notes[0]], [[], "Today's spend could not be read: The list of keys is empty."]);
    });

    for (const path of ['/key', '/credits', '/activity']) {
      it(`no read without ${path}`, () => fails(readAnswers(openrouter, { ...account, [path]: 500 }), 'unreachable', /500/));
      it(`no read when ${path} has another form`, () => fails(readAnswers(openrouter, { ...account, [path]: { data: [{}] } }), 'changed', /does not have the expected form/));
    }
  });

  describe('agrees with a simulated account', () => {
    const started: Simulator[] = [];
    afterEach(async () => { await Promise.all(started.splice(0).map(simulator => simulator.close())); });
    async function simulated(more: Partial<SimulatorOptions<'openrouter'>> = {}): Promise<Simulator> {
      const simulator = await startSimulator('openrouter', { now: NOW, keys: { 'sk-or-v1-m': 'management', 'sk-or-v1-i': 'inference', 'sk-or-v1-z': 'inference-zeros' }, ...more });
      started.push(simulator);
      return simulator;
    }
    const truth = (fromAt: number, toAt: number): number =>
      Math.round(Number(hourCells(openrouterWorld(1), fromAt, toAt, NOW).reduce((sum, cell) => sum + costOf(cell), 0n)) / 1000) / 1000;
    const round = (value: number | undefined) => Math.round((value ?? NaN) * 1000) / 1000;

    it('to the micro, over 250 keys', async () => {
      const simulator = await simulated({ keyCount: 250 });
      const reading = await readSimulator(openrouter, simulator, 'sk-or-v1-m');
      assert.equal(micros(report(reading, 'activity')), truth(TODAY - 30 * DAY_MS, TODAY));
      assert.deepEqual(reading.totals.map(({ cost }) => round(cost.micros)), [truth(TODAY, NOW), truth(Date.parse('2026-11-01'), NOW)]);
      assert.deepEqual(simulator.requests.map(({ path }) => path), ['/key', '/credits', '/activity', '/keys', '/keys', '/keys', '/keys']);
    });

    for (const key of ['sk-or-v1-i', 'sk-or-v1-z']) {
      it(`shows no balance to ${key}, not even one of zero`, async () => {
        const { meters, totals } = await readSimulator(openrouter, await simulated(), key);
        assert.deepEqual(meters.map(({ id, left }) => [id, left]), [['key-limit', 74_500_000]]);
        assert.equal(round(totals[0]?.cost.micros), truth(TODAY, NOW));
      });
    }

    it('a wrong key sees nothing', async () => {
      await fails(readSimulator(openrouter, await simulated(), 'sk-or-v1-x'), 'auth', /does not accept the key/);
    });
  });
});
