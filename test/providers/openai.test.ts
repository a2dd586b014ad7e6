import assert from 'node:assert/strict';
import type { Reading } from '../../src/core/reading';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/time';
import { openai } from '../../src/providers/openai';
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulators';
import { COST_LAG_MS, openaiWorld } from '../simulators/openai';
import { costOf, hourCells } from '../simulators/world';
import { fails, fixture, micros, NOW, type Query, readAnswers, readSimulator, report, tokenSum } from './remote';

const TODAY = Date.parse('2026-11-22');
const FROM = TODAY - 30 * DAY_MS;
const COSTS = '/organization/costs';
const USAGE = '/organization/usage/completions';
const LIMIT = '/organization/spend_limit';
/** What the reports do not tell. */
const LEFT_OUT = 'Costs may be hours late; tokens leave out embeddings and moderation.';

/** The daily fixture for the daily question; an empty hour for the hourly one. */
const usage = ({ bucket_width }: Query) => (bucket_width === '1d' ? fixture('openai/usage.json') : empty(TODAY));
const empty = (at: number) => ({ data: [{ start_time: at / 1000, results: [] }], has_more: false, next_page: null });
const answers = { [COSTS]: fixture('openai/costs.json'), [USAGE]: usage, [LIMIT]: fixture('openai/spend-limit.json') };

const costsWith = (results: readonly unknown[], more: object = {}) => ({ data: [{ start_time: TODAY / 1000, results }], has_more: false, ...more });
const amount = (value: unknown, currency = 'usd') => ({ amount: { value, currency }, line_item: null, project_id: null });
const tokens = (result: object) => ({ [COSTS]: empty(TODAY), [USAGE]: ({ bucket_width }: Query) => (bucket_width === '1h' ? empty(TODAY) : {
  data: [{ start_time: FROM / 1000, results: [{ output_tokens: 1, num_model_requests: 1, ...result }] }], has_more: false,
}) });

describe('OpenAI', () => {
  describe('reads its answers', () => {
    let reading: Reading;
    before(async () => { reading = await readAnswers(openai, answers); });

    it('sums the line items of a model and project, and keeps others apart', () => {
      assert.deepEqual(report(reading, 'costs').buckets.map(({ startAt, spanMs, model, project, cost, tokens }) => [startAt, spanMs, model, project, cost, tokens]), [
        [Date.parse('2026-11-21'), DAY_MS, 'gpt-5.1-2026-05-01', 'proj_abc', { micros: 162_140, currency: 'USD' }, null],
        [Date.parse('2026-11-21'), DAY_MS, null, null, { micros: 0.2, currency: 'USD' }, null],
      ]);
    });

    it('takes cached and written tokens out of the input, and adds no audio on top', () => {
      const [newer, older] = report(reading, 'usage').buckets;
      assert.deepEqual(newer, {
        startAt: Date.parse('2026-11-20'), spanMs: DAY_MS, model: 'gpt-5.1-2026-05-01', project: 'proj_abc', branch: null, requests: 12, cost: null, unpriced: false,
        tokens: { input: 3000, cacheRead: 1800, cacheWrite: 200, output: 1000, reasoning: null },
      });
      assert.deepEqual(older?.tokens, { input: 400, cacheRead: 300, cacheWrite: null, output: 10, reasoning: null });
    });

    for (const [parts, told] of [
      [{ input_uncached_tokens: 3000, input_cached_tokens: 1800, input_cache_write_tokens: 200 }, [3000, 1800, 200]],
      [{ input_uncached_tokens: 3000, input_cached_tokens: 1800 }, [3200, 1800, null]],
      [{ input_uncached_tokens: 3000 }, [5000, null, null]],
      [{ input_uncached_tokens: 2600, input_cached_tokens: 1800, input_cache_write_tokens: 200 }, [3000, 1800, 200]],
      [{ input_uncached_tokens: null, input_cached_tokens: null, input_cache_write_tokens: null }, [5000, null, null]],
    ] as const) {
      it(`counts as much input as the vendor does, with the parts ${JSON.stringify(parts)}`, async () => {
        const [bucket] = report(await readAnswers(openai, tokens({ input_tokens: 5000, ...parts })), 'usage').buckets;
        assert.deepEqual([bucket?.tokens?.input, bucket?.tokens?.cacheRead, bucket?.tokens?.cacheWrite], told);
      });
    }

    it('reads the spend limit in cents', () => {
      assert.deepEqual(reading.meters, [{
        id: 'spend-limit', label: 'Monthly spend limit', kind: 'limit', unit: 'micros', currency: 'USD', used: 162_140.2, left: null,
        cap: { kind: 'limited', amount: 500_000_000 }, resetsAt: null, durationMs: null, trueAt: NOW, provenance: 'estimated', standing: 'official',
      }]);
    });

    it('covers exactly the days that were asked for', () => {
      for (const source of ['costs', 'usage']) assert.deepEqual(report(reading, source).covers, { fromAt: FROM, toAt: TODAY + DAY_MS });
      assert.ok(reading.usage.every(({ dayZone }) => dayZone === 'UTC'));
    });

    for (const [lineItem, model] of [
      ['gpt-5.1-2026-05-01, input', 'gpt-5.1-2026-05-01'], ['gpt-5.1-2026-05-01, cached input', 'gpt-5.1-2026-05-01'], ['o3, Output', 'o3'],
      ['assistants api | file search', null], ['input', null], [', input', null], ['a, b, input', null], ['ft, training', null], [null, null],
    ] as const) {
      it(`takes ${JSON.stringify(lineItem)} for ${model === null ? 'no model' : model}`, async () => {
        const { buckets } = report(await readAnswers(openai, { ...answers, [COSTS]: costsWith([{ ...amount(1), line_item: lineItem }]) }), 'costs');
        assert.deepEqual(buckets.map(({ model }) => model), [model]);
      });
    }
  });

  describe('knows what it does not know', () => {
    it('a spend limit that is not set up is no meter, and no note tells of it', async () => {
      const { meters, notes } = await readAnswers(openai, { ...answers, [LIMIT]: 404 });
      assert.deepEqual([meters, notes], [[], [LEFT_OUT]]);
    });

    for (const status of [403, 500]) {
      it(`a spend limit that fails with ${status} is a note, and the rest is read`, async () => {
        const { meters, notes, usage } = await readAnswers(openai, { ...answers, [LIMIT]: status });
        assert.deepEqual([meters, notes], [[], [`The spend limit could not be read: It answered ${status}.`, LEFT_OUT]]);
        assert.equal(usage.length, 2);
      });
    }

    it('a spend limit that no amount can be is a note, and the rest is read', async () => {
      const { meters, notes, usage } = await readAnswers(openai, { ...answers, [LIMIT]: { threshold_amount: Number.MAX_SAFE_INTEGER, currency: 'USD', interval: 'month' } });
      assert.deepEqual([meters, usage.length], [[], 2]);
      assert.match(notes[0] ?? '', /spend limit could not be read: .*threshold_amount/);
    });

    it('a spend limit of another period than a month is not called monthly, and has no known use', async () => {
      const { meters } = await readAnswers(openai, { ...answers, [LIMIT]: { threshold_amount: 1, currency: 'USD', interval: 'week', enforcement: { status: 'inactive' } } });
      assert.deepEqual(meters.map(({ label, used }) => [label, used]), [['Spend limit (not enforced)', null]]);
    });

    it('a spend limit in another currency has no known use', async () => {
      const { meters } = await readAnswers(openai, { ...answers, [LIMIT]: { threshold_amount: 1, currency: 'EUR', interval: 'month' } });
      assert.deepEqual(meters.map(({ used, currency }) => [used, currency]), [[null, 'EUR']]);
    });

    for (const path of [COSTS, USAGE]) {
      it(`no read without ${path}`, async () => {
        await fails(readAnswers(openai, { ...answers, [path]: 500 }), 'unreachable', /500/);
      });

      it(`an answer of ${path} without a single day restates nothing, and says so`, async () => {
        const reading = await readAnswers(openai, { ...answers, [path]: { data: [], has_more: false } });
        const source = path === COSTS ? 'costs' : 'usage';
        assert.deepEqual([report(reading, source).covers, report(reading, source).buckets], [null, []]);
        assert.deepEqual(reading.notes, [`OpenAI gave no days for ${source}; what is shown is from before.`, LEFT_OUT]);
      });
    }

    it('days without results are days without costs', async () => {
      assert.deepEqual(report(await readAnswers(openai, { ...answers, [COSTS]: costsWith([]) }), 'costs').covers, { fromAt: FROM, toAt: TODAY + DAY_MS });
    });

    for (const [what, given, sentence] of [
      ['more cached tokens than input', tokens({ input_tokens: 10, input_cached_tokens: 11 }), /more cached tokens/],
      ['half a token', tokens({ input_tokens: 10.5 }), /input_tokens/],
      ['tokens below zero', tokens({ input_tokens: -1 }), /input_tokens/],
      ['no input at all', tokens({}), /input_tokens/],
      ['an amount that is no number', { ...answers, [COSTS]: costsWith([amount('12 dollars')]) }, /amount\.value/],
      ['more than anybody bills', { ...answers, [COSTS]: costsWith([amount(1e13)]) }, /amount\.value is greater than/],
      ['two currencies', { ...answers, [COSTS]: costsWith([amount(1), amount(1, 'eur')]) }, /more than one currency/],
      ['a day before the first', { ...answers, [COSTS]: { data: [{ start_time: FROM / 1000 - 86_400, results: [] }], has_more: false } }, /not asked for/],
      ['a day after the last', { ...answers, [COSTS]: { data: [{ start_time: TODAY / 1000 + 86_400, results: [] }], has_more: false } }, /not asked for/],
      ['a day that is none in UTC', { ...answers, [COSTS]: { data: [{ start_time: TODAY / 1000 - 8 * 3600, results: [] }], has_more: false } }, /not asked for/],
    ] as const) {
      it(`refuses ${what}`, () => fails(readAnswers(openai, given), 'changed', sentence));
    }
  });

  describe('reads all pages', () => {
    /** A server with `pages` pages, of which the first 31 have a day each; `cursor` names the page after one. */
    const paged = (pages: number, cursor: (after: number) => string | null | undefined) => {
      const queries: Query[] = [];
      const answer = (query: Query) => {
        const start_time = FROM / 1000 + queries.push(query) * 86_400 - 86_400;
        return { data: queries.length > 31 ? [] : [{ start_time, results: [amount(1)] }], has_more: queries.length < pages, next_page: cursor(queries.length) };
      };
      return { queries, answers: { ...answers, [COSTS]: answer } };
    };

    it('and sums them, with the range frozen from page to page', async () => {
      const { queries, answers } = paged(100, after => `page_${after}`);
      assert.equal(micros(report(await readAnswers(openai, answers), 'costs')), 31_000_000);
      assert.deepEqual(queries.map(({ page }) => page), [undefined, ...Array.from({ length: 99 }, (_, i) => `page_${i + 1}`)]);
      assert.equal(new Set(queries.map(query => JSON.stringify({ ...query, page: null }))).size, 1);
      assert.deepEqual({ ...queries[0], page: null }, {
        start_time: FROM / 1000, end_time: (TODAY + DAY_MS) / 1000, bucket_width: '1d', limit: 31, 'group_by[]': ['line_item', 'project_id'], page: null,
      });
    });

    it('but not more than 100', () => fails(readAnswers(openai, paged(101, after => `page_${after}`).answers), 'changed', /too many pages/));
    it('but not in a circle', () => fails(readAnswers(openai, paged(50, after => `page_${after % 7}`).answers), 'changed', /circle/));
    for (const value of [1, 1.5]) {
      it(`but not when a day comes twice, be it ${value === 1 ? 'the same' : 'another'} the second time`, async () => {
        const twice = ({ page }: Query) => costsWith([amount(page === undefined ? 1 : value)], { has_more: page === undefined, next_page: 'page_2' });
        await fails(readAnswers(openai, { ...answers, [COSTS]: twice }), 'changed', /twice/);
      });
    }
    for (const cursor of [null, undefined, '']) {
      it(`but not without knowing where the next is (${JSON.stringify(cursor)})`, () => fails(readAnswers(openai, paged(2, () => cursor).answers), 'changed', /not where/));
    }
  });

  describe('agrees with a simulated organization', () => {
    const world = openaiWorld(1);
    const started: Simulator[] = [];
    const zone = process.env['TZ'];
    afterEach(async () => {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
      await Promise.all(started.splice(0).map(simulator => simulator.close()));
    });
    async function organization(more: Partial<SimulatorOptions<'openai'>> = {}): Promise<Simulator> {
      const simulator = await startSimulator('openai', { now: NOW, keys: { 'sk-admin-1': 'admin' }, ...more });
      started.push(simulator);
      return simulator;
    }
    /** Micros, from whole picodollars. */
    const truth = (fromAt: number, knownUntil: number): number =>
      Math.round(Number(hourCells(world, fromAt, Infinity, knownUntil).reduce((sum, cell) => sum + costOf(cell), 0n)) / 1000) / 1000;

    const monthUsed = ({ meters }: Reading): number => Math.round((meters[0]?.used ?? NaN) * 1000) / 1000;

    for (const pageSize of [null, 1, 7]) {
      it(`to the micro, with ${pageSize ?? 'all'} days a page`, async () => {
        const simulator = await organization({ pageSize });
        const reading = await readSimulator(openai, simulator, 'sk-admin-1');
        assert.equal(micros(report(reading, 'costs')), truth(FROM, NOW - COST_LAG_MS));
        const cells = hourCells(world, FROM, TODAY + DAY_MS, NOW - 5 * MINUTE_MS);
        for (const part of ['input', 'cacheRead', 'cacheWrite', 'output'] as const) {
          assert.equal(tokenSum(report(reading, 'usage'), part), cells.reduce((sum, cell) => sum + cell[part], 0), part);
        }
        assert.equal(simulator.requests.length, pageSize === null ? 4 : pageSize === 1 ? 31 + 29 + 37 + 1 : 5 + 5 + 6 + 1);
      });
    }

    it('says of a key that sees the reports, and not the spend limit, only that', async () => {
      const message = 'You have insufficient permissions for this operation. Missing scopes: api.management.read.';
      const simulator = await organization({ faults: { [LIMIT]: { kind: 'status', status: 403, body: { error: { message, type: 'invalid_request_error', code: null } } } } });
      const { notes, usage } = await readSimulator(openai, simulator, 'sk-admin-1');
      assert.deepEqual([notes, usage.length], [['The spend limit could not be read: this key may not see it.', LEFT_OUT], 2]);
    });

    it('restates what was late', async () => {
      const simulator = await organization();
      const early = report(await readSimulator(openai, simulator, 'sk-admin-1'), 'costs');
      simulator.setNow(NOW + 3 * HOUR_MS);
      const late = report(await readSimulator(openai, simulator, 'sk-admin-1', NOW + 3 * HOUR_MS), 'costs');
      assert.deepEqual(late.covers, early.covers);
      assert.ok(micros(late) > micros(early));
      assert.equal(micros(late), truth(FROM, NOW + 3 * HOUR_MS - COST_LAG_MS));
    });

    it('tells the last two UTC days by hours, the days before by days', async () => {
      const { buckets } = report(await readSimulator(openai, await organization(), 'sk-admin-1'), 'usage');
      for (const { startAt, spanMs } of buckets) assert.equal(spanMs, startAt >= TODAY - DAY_MS ? HOUR_MS : DAY_MS);
      assert.ok(buckets.some(({ startAt, spanMs }) => spanMs === HOUR_MS && startAt > NOW - HOUR_MS));
    });

    for (const [place, day] of [
      ['America/Los_Angeles', '2026-11-01T12:00:00Z'], ['America/Los_Angeles', '2026-03-08T12:00:00Z'], ['Pacific/Auckland', '2026-09-27T12:00:00Z'], ['Pacific/Tongatapu', '2026-11-22T12:34:56Z'],
    ] as const) {
      it(`R16: by UTC days in ${place} on ${day.slice(0, 10)}, where clocks change or dates differ`, async () => {
        process.env['TZ'] = place;
        const now = Date.parse(day);
        const reading = await readSimulator(openai, await organization({ now }), 'sk-admin-1', now);
        const days = report(reading, 'costs').buckets.map(({ startAt }) => startAt);
        assert.ok(days.length > 0 && days.every(at => at % DAY_MS === 0));
        assert.deepEqual(report(reading, 'costs').covers, { fromAt: Date.parse(day.slice(0, 10)) - 30 * DAY_MS, toAt: Date.parse(day.slice(0, 10)) + DAY_MS });
        assert.equal(monthUsed(reading), truth(Date.parse(`${day.slice(0, 7)}-01`), now - COST_LAG_MS));
      });
    }

    for (const day of ['2026-12-31T23:59:59.999Z', '2026-12-01T00:00:00Z', '2028-02-29T12:00:00Z']) {
      it(`has the whole month on ${day}`, async () => {
        const now = Date.parse(day);
        const reading = await readSimulator(openai, await organization({ now }), 'sk-admin-1', now);
        const monthAt = Date.parse(`${day.slice(0, 7)}-01`);
        assert.ok((report(reading, 'costs').covers?.fromAt ?? Infinity) <= monthAt);
        assert.equal(monthUsed(reading), truth(monthAt, now - COST_LAG_MS));
      });
    }
  });
});
