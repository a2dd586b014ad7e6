import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Reading } from '../../src/core/reading';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/time';
import { anthropic } from '../../src/providers/anthropic';
import { startSimulator, type Simulator } from '../simulators';
import { anthropicWorld } from '../simulators/anthropic';
import { costOf, decimal, hourCells } from '../simulators/world';
import { fails, fixture, micros, NOW, type Query, readAnswers, readSimulator, report, tokenSum } from './remote';

const TODAY = Date.parse('2026-11-22');
const FROM = TODAY - 30 * DAY_MS;
const COSTS = '/v1/organizations/cost_report';
const USAGE = '/v1/organizations/usage_report/messages';
const ME = '/v1/organizations/me';
/** What the reports do not tell. */
const LEFT_OUT = 'Costs leave out Priority Tier.';

const empty = { data: [{ starting_at: '2026-11-22T00:00:00Z', results: [] }], has_more: false, next_page: null };
const usage = ({ bucket_width }: Query) => (bucket_width === '1d' ? fixture('anthropic/usage-report.json') : empty);
const answers = { [COSTS]: fixture('anthropic/cost-report.json'), [USAGE]: usage, [ME]: { id: '1', type: 'organization', name: 'Example Org' } };
const costs = (...amounts: readonly unknown[]) =>
  ({ ...answers, [COSTS]: { data: [{ starting_at: '2026-11-22T00:00:00Z', results: amounts.map(amount => ({ amount, currency: 'USD' })) }], has_more: false } });

describe('Anthropic', () => {
  describe('reads its answers', () => {
    let reading: Reading;
    before(async () => { reading = await readAnswers(anthropic, answers); });

    it('takes amounts for cents, not for dollars', () => {
      assert.deepEqual(report(reading, 'costs').buckets.map(({ startAt, model, project, cost, tokens }) => [startAt, model, project, cost, tokens]), [
        [Date.parse('2026-11-21'), 'claude-opus-4-8', 'Default workspace', { micros: 1_238_891.2, currency: 'USD' }, null],
        [Date.parse('2026-11-21'), null, 'wrkspc_01', { micros: 50_000, currency: 'USD' }, null],
      ]);
    });

    it('keeps the four parts of the tokens apart, both kinds of cache writes as one, and counts no requests', () => {
      assert.deepEqual(report(reading, 'usage').buckets, [{
        startAt: Date.parse('2026-11-20'), spanMs: DAY_MS, model: 'claude-opus-4-8', project: 'Default workspace', branch: null, requests: null, cost: null, unpriced: false,
        tokens: { input: 1500, cacheRead: 90_000, cacheWrite: 5000, output: 2500, reasoning: null },
      }]);
    });

    it('covers exactly the days that were asked for, and says whose they are', () => {
      for (const source of ['costs', 'usage']) assert.deepEqual(report(reading, source).covers, { fromAt: FROM, toAt: TODAY + DAY_MS });
      assert.equal(reading.identity, 'Example Org');
      assert.deepEqual(reading.notes, [LEFT_OUT]);
    });

    it('asks with the documented parameters', async () => {
      const queries: Query[] = [];
      const seen = (answer: unknown) => (query: Query) => {
        queries.push(query);
        return typeof answer === 'function' ? (answer as typeof usage)(query) : answer;
      };
      await readAnswers(anthropic, { ...answers, [COSTS]: seen(answers[COSTS]), [USAGE]: seen(usage) });
      assert.deepEqual(queries, [
        { starting_at: '2026-10-23T00:00:00Z', ending_at: '2026-11-23T00:00:00Z', bucket_width: '1d', limit: 31, 'group_by[]': ['workspace_id', 'description'], page: undefined },
        { starting_at: '2026-10-23T00:00:00Z', ending_at: '2026-11-21T00:00:00Z', bucket_width: '1d', limit: 31, 'group_by[]': ['model', 'workspace_id'], page: undefined },
        { starting_at: '2026-11-21T00:00:00Z', ending_at: '2026-11-22T13:00:00Z', bucket_width: '1h', limit: 168, 'group_by[]': ['model', 'workspace_id'], page: undefined },
      ]);
    });
  });

  it('sums cents with many fractions as a ledger would, not as floats do', async () => {
    const cents = fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 9n }), fc.integer({ min: 1, max: 12 })), { minLength: 1, maxLength: 50 });
    await fc.assert(fc.asyncProperty(cents, async amounts => {
      const reading = await readAnswers(anthropic, costs(...amounts.map(([units, scale]) => decimal(units, scale))));
      const truth = amounts.reduce((sum, [units, scale]) => sum + units * 10n ** BigInt(12 - scale), 0n);
      // A trillionth of a cent is 1e-8 micros.
      assert.equal(report(reading, 'costs').buckets[0]?.cost?.micros, Number(`${truth}e-8`));
    }));
  });

  describe('knows what it does not know', () => {
    it('an organization that does not tell its name is a note, and the rest is read', async () => {
      const { identity, notes, usage } = await readAnswers(anthropic, { ...answers, [ME]: 403 });
      assert.deepEqual([identity, notes, usage.length], [null, ["The organization's name could not be read: It answered 403.", LEFT_OUT], 2]);
    });

    for (const path of [COSTS, USAGE]) {
      it(`no read without ${path}`, () => fails(readAnswers(anthropic, { ...answers, [path]: 529 }), 'unreachable', /529/));
      it(`an answer of ${path} without a single day restates nothing, and says so`, async () => {
        const reading = await readAnswers(anthropic, { ...answers, [path]: { data: [], has_more: false } });
        assert.equal(report(reading, path === COSTS ? 'costs' : 'usage').covers, null);
        assert.deepEqual(reading.notes, [`Anthropic gave no days for ${path === COSTS ? 'costs' : 'usage'}; what is shown is from before.`, LEFT_OUT]);
      });
    }

    for (const [what, given, sentence] of [
      ['an amount that is a number, whose unit nobody told', costs(123.4), /results\.0\.amount/],
      ['an amount that is no decimal', costs('1,234.5'), /amount is no decimal number/],
      ['cache writes in the flat form of other APIs', { ...answers, [USAGE]: { data: [{ starting_at: '2026-10-23T00:00:00Z', results: [{ uncached_input_tokens: 1, cache_read_input_tokens: 1, cache_creation_input_tokens: 7, output_tokens: 1 }] }], has_more: false } }, /cache_creation/],
      ['a day that was not asked for', { ...answers, [COSTS]: { data: [{ starting_at: '2026-10-22T00:00:00Z', results: [] }], has_more: false } }, /not asked for/],
      ['a day of another zone', { ...answers, [COSTS]: { data: [{ starting_at: '2026-11-22T00:00:00+02:00', results: [] }], has_more: false } }, /not asked for/],
      ['more pages without a cursor', { ...answers, [COSTS]: { data: [], has_more: true, next_page: null } }, /not where/],
    ] as const) {
      it(`refuses ${what}`, () => fails(readAnswers(anthropic, given), 'changed', sentence));
    }
  });

  describe('agrees with a simulated organization', () => {
    const started: Simulator[] = [];
    afterEach(async () => { await Promise.all(started.splice(0).map(simulator => simulator.close())); });
    async function organization(pageSize: number | null = null): Promise<Simulator> {
      const simulator = await startSimulator('anthropic', { now: NOW, pageSize, keys: { 'sk-ant-admin01-1': 'admin', 'sk-ant-oat01-1': 'admin', 'sk-ant-api03-1': 'admin' } });
      started.push(simulator);
      return simulator;
    }

    for (const pageSize of [null, 2]) {
      it(`to the micro, with ${pageSize ?? 'all'} days a page`, async () => {
        const reading = await readSimulator(anthropic, await organization(pageSize), 'sk-ant-admin01-1');
        const billed = hourCells(anthropicWorld(1), FROM, TODAY + DAY_MS, NOW - 2 * HOUR_MS).reduce((sum, cell) => sum + costOf(cell), 0n);
        assert.equal(micros(report(reading, 'costs')), Math.round(Number(billed) / 1000) / 1000);
        const cells = hourCells(anthropicWorld(1), FROM, TODAY + DAY_MS, NOW - 5 * MINUTE_MS);
        for (const part of ['input', 'cacheRead', 'cacheWrite', 'output'] as const) {
          assert.equal(tokenSum(report(reading, 'usage'), part), cells.reduce((sum, cell) => sum + cell[part], 0), part);
        }
      });
    }

    it('says of a key that sees the reports, and not the name, only that', async () => {
      const simulator = await organization();
      simulator.fault(ME, { kind: 'status', status: 403, body: { type: 'error', error: { type: 'permission_error', message: 'Missing scope.' } } });
      for (const key of ['sk-ant-admin01-1', 'sk-ant-oat01-1', 'sk-ant-api03-1']) {
        const { notes, usage } = await readSimulator(anthropic, simulator, key);
        assert.deepEqual([notes, usage.length], [["The organization's name could not be read: this key may not see it.", LEFT_OUT], 2]);
      }
    });

    for (const [key, said] of [['sk-ant-api03-other', /^This is an ordinary API key/], ['sk-ant-oat01-other', /^This is the token of a sign-in/]] as const) {
      it(`R45: says of ${key} what it is, and that an organization's admin key is needed`, async () => {
        const error = await readSimulator(anthropic, await organization(), key).then(() => assert.fail('it was taken'), (error: unknown) => error as Error);
        assert.match(error.message, said);
        assert.match(error.message, /An admin key \(sk-ant-admin…\) is needed; admins of an organization make one/);
      });
    }

    for (const [key, header] of [['sk-ant-admin01-1', 'x-api-key'], ['sk-ant-api03-1', 'x-api-key'], ['sk-ant-oat01-1', 'authorization']] as const) {
      it(`sends ${key} as ${header}, for it may be one that works`, async () => {
        const simulator = await organization();
        await readSimulator(anthropic, simulator, key);
        for (const { headers } of simulator.requests) {
          assert.equal(headers['anthropic-version'], '2023-06-01');
          assert.deepEqual([headers['x-api-key'], headers.authorization].map(value => value !== undefined), [header === 'x-api-key', header === 'authorization']);
        }
      });
    }
  });
});
