import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseGlance } from '../../src/core/glance';
import { parseStored, storedText } from '../../src/core/storedSnapshot';
import { statusText } from '../../src/core/statusText';
import { defaultStatusBarSettings } from '../../src/core/barSettings';
import { defaultDisplaySettings } from '../../src/core/settings';
import type { AccountView } from '../../src/core/snapshot';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/time';
import { tooltipHtml } from '../../src/core/tooltip';
import { accountSummary } from '../../src/core/words';
import type { Engine } from '../../src/engine/engine';
import { ProviderError } from '../../src/core/errors';
import { anthropic } from '../../src/providers/anthropic';
import { claude } from '../../src/providers/claude';
import { HttpError } from '../../src/providers/httpError';
import { openai } from '../../src/providers/openai';
import { openrouter } from '../../src/providers/openrouter';
import type { Provider, Sighting } from '../../src/providers/provider';
import { startOfUtcDay } from '../../src/providers/utcDays';
import { type Answers, type Query, readAnswers } from '../providers/remote';
import { useRig } from '../support/engineRig';
import { fakeProvider, report, type FakeProvider } from '../support/readings';
import { useTempDir } from '../support/tempDir';

const POLL_MS = 5 * MINUTE_MS;

describe('a part of a reading that fails', () => {
  const dir = useTempDir();
  const rig = useRig();
  let fake: FakeProvider;
  let answers: Answers;
  beforeEach(() => rig().secrets.set('a', 'sk-a'));

  /** An engine with account 'a', which an adapter reads from `answers`. */
  async function started(adapter: Provider, storageDir: string | null = null): Promise<Engine> {
    fake = fakeProvider();
    fake.answer = ({ now }) => readAnswers(adapter, answers, now);
    const engine = await rig().start(storageDir, [fake]);
    if (engine.snapshot().accounts.length === 0) engine.add({ accountId: 'a', draft: { providerId: 'acme', alias: 'work', options: {} } });
    await rig().clock.advance(2 * SECOND_MS);
    return engine;
  }
  const shown = (engine: Engine): AccountView => engine.snapshot().accounts[0]!;
  const later = (ms = POLL_MS + SECOND_MS): Promise<void> => rig().clock.advance(ms);
  const summary = (engine: Engine): string => accountSummary(shown(engine), { ...defaultDisplaySettings, now: rig().clock.now(), zone: 'UTC' });
  const points = (): string[] => (rig().events.snapshot.length > 0 ? readFileSync(path.join(dir(), 'history.journal'), 'utf8').split('\n') : []).filter(line => line.includes('"meters":[{'));

  const day = ({ bucket_width }: Query) => ({ data: bucket_width === '1h' ? [] : [{ start_time: startOfUtcDay(rig().clock.now()) / SECOND_MS, results: [{ amount: { value: 3, currency: 'usd' } }] }], has_more: false });
  const nothing = { data: [], has_more: false };
  const openaiAnswers = (): Answers => ({ '/organization/costs': day, '/organization/usage/completions': nothing, '/organization/spend_limit': { threshold_amount: 500, currency: 'USD', interval: 'month' } });
  const anthropicAnswers = (): Answers => ({ '/v1/organizations/cost_report': nothing, '/v1/organizations/usage_report/messages': nothing, '/v1/organizations/me': { name: 'Example Org' } });
  const key = { limit: 100, limit_remaining: 74.5, usage_daily: 0.8 };
  const keyAnswers = (): Answers => ({ '/key': { data: key }, '/credits': { data: { total_credits: 5, total_usage: 1 } } });
  const used = (daysAgo: number, usage: number) =>
    ({ date: new Date(rig().clock.now() - daysAgo * DAY_MS).toISOString().slice(0, 10), model: 'm', usage, requests: 1, prompt_tokens: 1, completion_tokens: 1 });
  const managementAnswers = (): Answers => ({
    ...keyAnswers(), '/key': { data: { limit: null, limit_remaining: null, is_management_key: true } }, '/activity': { data: [used(1, 2)] },
    '/keys': { data: [{ hash: '1', usage_daily: 0.5, usage_monthly: 2.5 }] },
  });
  const limited = (retryAfterMs?: number) => () => { throw new HttpError('rate-limited', 'OpenAI is asked too often.', { status: 429, retryAfterMs }); };
  const LIMIT = '/organization/spend_limit';

  for (const [name, adapter, all, part, value] of [
    ['the spend limit of OpenAI', openai, openaiAnswers, LIMIT, ({ meters }: AccountView) => meters.find(({ id }) => id === 'spend-limit')],
    ['the balance of OpenRouter', openrouter, keyAnswers, '/credits', ({ meters }: AccountView) => (meters[0]?.id === 'credits' && meters[1]?.id === 'key-limit' ? meters[0] : undefined)],
    ["today's spend of OpenRouter", openrouter, managementAnswers, '/keys', ({ today }: AccountView) => today?.costs[0]?.micros],
    ['the name of an Anthropic organization', anthropic, anthropicAnswers, '/v1/organizations/me', ({ identity }: AccountView) => identity],
  ] as const) {
    it(`${name} stays as it was, with a note, until it is read again or is none of this key's`, async () => {
      answers = all();
      const engine = await started(adapter);
      const known = value(shown(engine));
      assert.notEqual(known ?? undefined, undefined);
      answers = { ...all(), [part]: 500 };
      await later();
      assert.equal(fake.reads.length, 2);
      assert.deepEqual(value(shown(engine)), known);
      assert.match(shown(engine).notes.join(), /could not be read: It answered 500/);
      assert.deepEqual([shown(engine).failure, shown(engine).takenAt], [null, fake.reads[1]?.at]);
      answers = { ...all(), [part]: 403 };
      await later();
      assert.equal(value(shown(engine)) ?? undefined, undefined, 'refused');
      assert.match(shown(engine).notes.join(), /could not be read: It answered 403/);
    });
  }

  it("the limits of Claude Code, its plan and who is signed in stay as they were while its file cannot be read, and what it uses is counted", async () => {
    let file: string | ProviderError = readFileSync(path.join(__dirname, '../fixtures/claude/claude.json'), 'utf8');
    const scanned = { report: report([]), sightings: new Map<string, Sighting>([['refused five_hour', { at: rig().clock.now(), value: rig().clock.now() + DAY_MS }]]), recent: () => [], notes: [] };
    answers = {};
    const engine = await started({ ...claude, read: context => claude.read({ ...context, readFile: async () => { if (typeof file === 'string') return file; throw file; }, scanLogs: async () => scanned }) });
    const { meters, identity, plan } = shown(engine);
    assert.deepEqual([meters.length, identity, plan], [4, 'Example GmbH', 'Max 20x']);
    for (const bad of ['{"oauthAcc', new ProviderError('unreadable', 'It cannot be read (EBUSY).')]) {
      file = bad;
      await later();
      assert.deepEqual([shown(engine).meters, shown(engine).identity, shown(engine).plan, shown(engine).takenAt], [meters, identity, plan, fake.reads.at(-1)?.at]);
    }
    file = '{}';
    await later();
    assert.deepEqual([shown(engine).meters, shown(engine).identity, shown(engine).plan], [[], null, null], 'signed out');
  });

  it('tells the age of a limit, over a restart too, and the history has it once', async () => {
    answers = openaiAnswers();
    const first = await started(openai, dir());
    const { trueAt } = shown(first).meters[0]!;
    const before = points().length;
    answers = { ...openaiAnswers(), [LIMIT]: 500 };
    await later(2 * HOUR_MS);
    assert.equal(shown(first).meters[0]?.trueAt, trueAt);
    assert.equal(shown(first).state, 'stale');
    first.dispose();
    const second = await started(openai, dir());
    await later();
    assert.equal(fake.reads.length > 0 && shown(second).takenAt === fake.reads.at(-1)?.at, true);
    assert.equal(shown(second).meters[0]?.trueAt, trueAt);
    assert.equal(points().length, before);
    answers = openaiAnswers();
    await later();
    assert.equal(shown(second).meters[0]?.trueAt, fake.reads.at(-1)?.at);
    assert.equal(points().length, before + 1);
  });

  it('tells the age of money wherever that is shown', async () => {
    answers = managementAnswers();
    const engine = await started(openrouter);
    assert.doesNotMatch(summary(engine), /last known/);
    answers = { ...managementAnswers(), '/keys': 500 };
    await later(HOUR_MS);
    assert.match(summary(engine), /Today \(UTC\): \$0\.50, billed by the vendor, last known 1 h ago/);
    const now = rig().clock.now();
    const commands = { refresh: '', openDashboard: '', addAccount: '', setPrices: '' };
    assert.match(tooltipHtml(engine.snapshot(), { state: 'running', message: null }, commands, { ...defaultDisplaySettings, now, zone: 'UTC' }), /last known 1 h ago/);
    const text = storedText(engine.snapshot()) ?? '';
    for (const snapshot of [engine.snapshot(), parseStored(text, now), parseGlance(text, now)]) {
      const said = statusText({ snapshot, engine: { state: 'running', message: null }, display: defaultDisplaySettings, bar: { ...defaultStatusBarSettings, parts: ['spend'] }, now });
      assert.equal(said.text, '$0.50 (1 h)');
    }
  });

  it('shows no spend of yesterday as that of today, and of the month no less than is known', async () => {
    answers = managementAnswers();
    const engine = await started(openrouter);
    const month = () => [shown(engine).month?.costs[0]?.micros, shown(engine).month?.trueAt !== undefined];
    rig().clock.jump(8 * DAY_MS); // into a month that has days before this one
    await later();
    assert.deepEqual(month(), [2_500_000, false]);
    answers = { ...managementAnswers(), '/keys': 500 };
    await later();
    assert.deepEqual([shown(engine).today?.costs, month()], [[{ micros: 500_000, currency: 'USD' }], [2_500_000, true]]);
    await later(DAY_MS);
    answers = { ...managementAnswers(), '/keys': 500 };
    await later();
    assert.deepEqual([shown(engine).today?.costs ?? [], month()], [[], [4_000_000, false]]);
  });

  it('brings nothing of another key', async () => {
    answers = openaiAnswers();
    const engine = await started(openai);
    answers = { ...openaiAnswers(), [LIMIT]: 500 };
    rig().secrets.set('a', 'sk-b');
    engine.update({ accountId: 'a', changes: {}, credentialChanged: true });
    await later();
    assert.deepEqual(shown(engine).meters, []);
  });

  it('holds the key back as long as the vendor says, also against a refresh by hand, another account and a restart', async () => {
    answers = openaiAnswers();
    const engine = await started(openai, dir());
    answers = { ...openaiAnswers(), '/organization/costs': () => ({ ...day({}), data: [] }), [LIMIT]: limited(HOUR_MS) };
    await later();
    const asked = fake.reads.length;
    const { failure, meters, takenAt, notes, state } = shown(engine);
    assert.deepEqual([failure?.kind, failure?.message, state], ['rate-limited', 'The spend limit could not be read: OpenAI is asked too often.', 'error']);
    assert.ok((failure?.retryAt ?? 0) >= fake.reads.at(-1)!.at + HOUR_MS);
    assert.deepEqual([meters.length, takenAt], [1, fake.reads.at(-1)?.at]);
    assert.match(notes.join(), /OpenAI gave no days for costs/, 'what was read besides is kept');
    assert.doesNotMatch(notes.join(), /spend limit/, 'and nothing is said twice');
    rig().secrets.set('b', 'sk-a');
    engine.add({ accountId: 'b', draft: { providerId: 'acme', alias: 'other', options: {} } });
    await later(30 * MINUTE_MS);
    await engine.refresh(null);
    assert.equal(fake.reads.length, asked);
    engine.dispose();
    const second = await started(openai, dir());
    await later(20 * MINUTE_MS);
    await second.refresh(null);
    assert.equal(fake.reads.length, 0);
    answers = openaiAnswers();
    await later(30 * MINUTE_MS);
    assert.deepEqual([shown(second).failure, shown(second).state], [null, 'ok']);
  });

  it('backs off from a vendor that says 429 without a time', async () => {
    answers = { ...openaiAnswers(), [LIMIT]: limited() };
    await started(openai);
    await later(45 * MINUTE_MS);
    assert.deepEqual(fake.reads.map(({ at }) => Math.round((at - fake.reads[0]!.at) / MINUTE_MS)), [0, 10, 30]);
  });
});
