import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ProviderError } from '../../src/core/errors';
import { type Meter, Reading } from '../../src/core/reading';
import { claude } from '../../src/providers/claude';
import { claudeFolders, claudeLogs } from '../../src/providers/claude/logs';
import type { LogResponse } from '../../src/providers/logSource';
import type { LogScan, Machine, ReadContext } from '../../src/providers/provider';
import { claudeLine, lineFormat, someFile, tellLine, TestHome, total } from '../engine/logs/rig';

const fixture = readFileSync(path.join(__dirname, '../fixtures/claude/claude.json'), 'utf8');
const fetchedAt = 1795348684000;
const machine: Machine = { home: '/home/dev', platform: 'linux', env: {} };
const emptyScan: LogScan = {
  recent: () => [],
  report: { source: 'logs', covers: null, costKind: 'equivalent', costProvenance: 'estimated', tokenProvenance: 'measured', dayZone: null, buckets: [] },
  sightings: new Map(), notes: [],
};

interface Setup { readonly files?: Readonly<Record<string, string | (() => string)>>; readonly home?: string; readonly env?: Machine['env']; readonly scan?: () => Promise<LogScan>; readonly now?: number }

async function read({ files = { '/home/dev/.claude.json': fixture }, home, env = {}, scan = () => Promise.resolve(emptyScan), now = fetchedAt + 60_000 }: Setup = {}): Promise<Reading> {
  const context: ReadContext = {
    now, account: { id: 'claude', options: home === undefined ? {} : { home } }, machine: { ...machine, env }, signal: new AbortController().signal,
    getJson: () => Promise.reject(new Error('no network')),
    readFile: file => {
      const content = files[file];
      return Promise.resolve(typeof content === 'function' ? content() : content ?? null);
    },
    scanLogs: scan,
  };
  return Reading.parse(await claude.read(context));
}

/** The fixture with another answer in it. */
const withUsage = (utilization: object): string => {
  const file = JSON.parse(fixture) as { cachedUsageUtilization: { utilization: object } };
  file.cachedUsageUtilization.utilization = utilization;
  return JSON.stringify(file);
};
const metersOf = async (utilization: object): Promise<readonly Meter[]> => (await read({ files: { '/home/dev/.claude.json': withUsage(utilization) } })).meters;

describe('claude limits', () => {
  it('tells what goes on now, in the window that ends when Claude Code says, and nothing where logs tell of long ago', async () => {
    const entry = (minutesAgo: number) => ({ at: fetchedAt - minutesAgo * 60_000, input: 1, output: 2, cacheRead: 3, cacheWrite: 4, costMicros: null });
    const files = { '/home/dev/.claude.json': fixture };
    const { activity, meters } = await read({ files, now: fetchedAt, scan: () => Promise.resolve({ ...emptyScan, recent: () => [entry(30), entry(10)] }) });
    const resetsAt = meters.find(({ id }) => id === 'five-hour')?.resetsAt ?? null;
    assert.deepEqual([activity?.block?.told, activity?.block?.endAt, activity?.block?.tokens, activity?.context], [true, resetsAt, 20, { at: fetchedAt - 600_000, tokens: 8, window: null }]);
    assert.equal((await read({ files, now: fetchedAt, scan: () => Promise.resolve({ ...emptyScan, recent: () => [entry(301)] }) })).activity, null);
  });

  it('reads windows, scoped windows and money from the cached usage', async () => {
    const { meters, identity, plan, notes } = await read();
    assert.deepEqual(meters.map(({ id, kind, used, unit }) => [id, kind, used, unit]), [
      ['five-hour', 'window', 46, 'percent'], ['weekly', 'window', 39, 'percent'], ['weekly-fable', 'window', 69, 'percent'], ['extra-usage', 'limit', 12_840_000, 'micros'],
    ]);
    assert.deepEqual(meters[0], {
      id: 'five-hour', label: '5-hour window', kind: 'window', unit: 'percent', currency: null, used: 46, left: null, cap: { kind: 'limited', amount: 100 },
      resetsAt: Date.parse('2026-11-22T14:00:00.665Z'), durationMs: 5 * 3_600_000, trueAt: fetchedAt, provenance: 'reported', standing: 'vendor-file',
    });
    assert.deepEqual([meters[3]?.currency, meters[3]?.cap], ['EUR', { kind: 'limited', amount: 40_000_000 }]);
    assert.deepEqual([identity, plan, notes], ['Example GmbH', 'Max 20x', []]);
  });

  it('R7: says that percents are the vendor\'s and when they were true, not when they were read', async () => {
    const { meters, notes } = await read({ now: fetchedAt + 3 * 3_600_000 });
    assert.ok(meters.every(({ provenance, trueAt }) => provenance === 'reported' && trueAt === fetchedAt));
    assert.equal(notes.length, 1);
  });

  it('R9: shows no meter, and no limit, where the vendor told none', async () => {
    assert.deepEqual(await metersOf({ five_hour: null, seven_day: { utilization: null, resets_at: '2026-11-26T12:00:00Z' }, limits: [{ kind: 'session', percent: null }] }), []);
    assert.deepEqual((await metersOf({ seven_day: { utilization: 0 } })).map(({ id, used, resetsAt }) => [id, used, resetsAt]), [['weekly', 0, null]]);
    assert.deepEqual((await metersOf({ extra_usage: { used_credits: 50, monthly_limit: null, currency: 'USD', decimal_places: 2 } })).map(({ cap }) => cap), [{ kind: 'unlimited' }]);
    assert.deepEqual((await metersOf({ extra_usage: { used_credits: 50, currency: 'USD', decimal_places: 2 } })).map(({ cap }) => cap), [{ kind: 'unknown' }]);
  });

  it('R9: makes nothing of dates and amounts that cannot be, and keeps the rest', async () => {
    const meters = await metersOf({
      five_hour: { utilization: 12, resets_at: '0001-01-01T00:00:00Z' }, seven_day: { utilization: 1e30 },
      extra_usage: { used_credits: 50, monthly_limit: 2 ** 63, currency: 'USD', decimal_places: 2 },
    });
    assert.deepEqual(meters.map(({ id, used, resetsAt, cap }) => [id, used, resetsAt, cap.kind]), [['five-hour', 12, null, 'limited'], ['extra-usage', 500_000, null, 'unknown']]);
    assert.deepEqual(await metersOf({ five_hour: { utilization: -1 }, limits: [{ kind: 'weekly_all', percent: -5 }] }), []);
  });

  it('R6: takes the percent that the vendor lists, and makes none of what else it tells', async () => {
    const meters = await metersOf({
      five_hour: { utilization: 77, resets_at: '2026-11-22T14:00:00Z', limit_dollars: 20, used_dollars: 344 }, limits: [{ kind: 'session', percent: 13, resets_at: '2026-11-22T15:00:00Z' }],
      seven_day: { utilization: null, limit_dollars: 20, used_dollars: 344, remaining_dollars: 0 },
    });
    assert.deepEqual(meters.map(({ id, used, resetsAt }) => [id, used, resetsAt]), [['five-hour', 13, Date.parse('2026-11-22T15:00:00Z')]]);
  });

  it('takes the older fields where there is no list, and leaves odd ones alone', async () => {
    const meters = await metersOf({ five_hour: { utilization: 12.5, resets_at: 'soon' }, seven_day_opus: { utilization: 80 }, limits: 'none', iguana: { utilization: 99 } });
    assert.deepEqual(meters.map(({ id, used, resetsAt }) => [id, used, resetsAt]), [['five-hour', 12.5, null], ['weekly-opus', 80, null]]);
  });

  it('shows the fuller of two scoped windows of one name', async () => {
    const scoped = (name: string, percent: number): object => ({ kind: 'weekly_scoped', percent, scope: { model: { display_name: name } } });
    assert.deepEqual((await metersOf({ limits: [scoped('Fable', 20), scoped('fable', 70), scoped('Fable', 50)] })).map(({ id, used }) => [id, used]), [['weekly-fable', 70]]);
  });

  it('keeps a reset time that is past, for the views to call it reset', async () => {
    assert.equal((await metersOf({ five_hour: { utilization: 90, resets_at: '2026-11-20T00:00:00Z' } }))[0]?.resetsAt, Date.parse('2026-11-20T00:00:00Z'));
  });

  for (const [name, change] of [
    ['belongs to another account', (file: { cachedUsageUtilization: { accountUuid: string } }) => (file.cachedUsageUtilization.accountUuid = 'someone-else')],
    ['belongs to nobody, as the user is signed out', (file: { oauthAccount?: unknown }) => delete file.oauthAccount],
    ['does not say when it was fetched', (file: { cachedUsageUtilization: { fetchedAtMs?: number } }) => delete file.cachedUsageUtilization.fetchedAtMs],
    ['was fetched at a time that cannot be', (file: { cachedUsageUtilization: { fetchedAtMs?: number } }) => (file.cachedUsageUtilization.fetchedAtMs = 1e300)],
    ['is not there', (file: { cachedUsageUtilization?: unknown }) => delete file.cachedUsageUtilization],
  ] as const) {
    it(`shows no meters from a cache that ${name}, and says so`, async () => {
      const file = JSON.parse(fixture) as Parameters<typeof change>[0];
      (change as (file: unknown) => unknown)(file);
      const { meters, notes, usage } = await read({ files: { '/home/dev/.claude.json': JSON.stringify(file) } });
      assert.deepEqual([meters.length, notes.length, usage.length], [0, 1, 1]);
    });
  }

  it('looks again once when the file is caught half written', async () => {
    let looks = 0;
    const { meters } = await read({ files: { '/home/dev/.claude.json': () => (looks++ === 0 ? fixture.slice(0, 300) : fixture) } });
    assert.deepEqual([meters.length, looks], [4, 2]);
  });

  for (const [name, content] of [['damaged', '{"oauth'], ['no object', '[1]'], ['null', 'null'], ['binary', '\u0000\u0001']] as const) {
    it(`keeps the usage of the logs when the file is ${name}`, async () => {
      const { meters, usage, notes } = await read({ files: { '/home/dev/.claude.json': content } });
      assert.deepEqual([meters.length, usage.length, notes.length], [0, 1, 1]);
    });
  }

  it('keeps the limits when the logs cannot be read', async () => {
    const { meters, usage, notes } = await read({ scan: () => Promise.reject(new ProviderError('unreadable', 'The log folder cannot be read.')) });
    assert.deepEqual([meters.length, usage, notes], [4, [], ['The log folder cannot be read.']]);
  });

  it('fails when neither can be read', async () => {
    const scan = (): Promise<LogScan> => Promise.reject(new ProviderError('unreadable', 'No log folder was found.'));
    await assert.rejects(read({ files: {}, scan }), { kind: 'unreadable' });
  });

  it('lets an error of our own through', async () => {
    await assert.rejects(read({ scan: () => Promise.reject(new RangeError('bug')) }), RangeError);
  });

  for (const [name, setup, file] of [
    ['beside the default folder', {}, '/home/dev/.claude.json'],
    ['in CLAUDE_CONFIG_DIR', { env: { CLAUDE_CONFIG_DIR: '/srv/claude/' } }, '/srv/claude/.claude.json'],
    ['in the folder of the account', { home: '/srv/other' }, '/srv/other/.claude.json'],
    ['beside a .claude folder of the account', { home: '/home/two/.claude' }, '/home/two/.claude.json'],
  ] as const) {
    it(`finds .claude.json ${name}`, async () => assert.equal((await read({ ...setup, files: { [file]: fixture } })).meters.length, 4));
  }

  it('R46: does not show the limits of the default login for an account in another folder', async () => {
    assert.equal((await read({ home: '/srv/other' })).meters.length, 0);
  });
});

describe('claude refusals', () => {
  const [minute, hour] = [60_000, 3_600_000];
  const fiveHourReset = Date.parse('2026-11-22T14:00:00Z');
  const refusedAt = fetchedAt + 10 * minute;
  const quota = (type: string, resetsAt: number): object => ({
    status: 'rejected', resetsAt: resetsAt / 1000, rateLimitType: type, overageStatus: 'rejected', overageDisabledReason: 'org_level_disabled', isUsingOverage: false,
  });
  const refusal = (quotaLimits: unknown, at = refusedAt): string => claudeLine({
    id: `refused ${at}`, at: new Date(at).toISOString(), model: '<synthetic>', input: 0, output: 0, extra: { error: 'rate_limit', isApiErrorMessage: true, quotaLimits },
  });
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());
  const told = async (lines: readonly string[], setup: Omit<Setup, 'scan'> = {}): Promise<Reading> => {
    home.lines('.claude/projects/-p/a.jsonl', ...lines);
    return read({ now: refusedAt + minute, ...setup, scan: () => home.scan(claude, { stateDir: home.stateDir }) });
  };
  const windows = ({ meters }: Reading): unknown => meters.map(({ id, used, resetsAt }) => [id, used, resetsAt]);

  it('tell that a window is full until its reset, where nothing else is known of it, and count no tokens', async () => {
    const reading = await told([claudeLine({ output: 5 }), refusal(quota('five_hour', fiveHourReset)), refusal(quota('seven_day', fiveHourReset + 48 * hour))], { files: {} });
    assert.deepEqual(windows(reading), [['five-hour', 100, fiveHourReset], ['weekly', 100, fiveHourReset + 48 * hour]]);
    assert.deepEqual(reading.meters[0], {
      id: 'five-hour', label: '5-hour window', kind: 'window', unit: 'percent', currency: null, used: 100, left: null, cap: { kind: 'limited', amount: 100 },
      resetsAt: fiveHourReset, durationMs: 5 * hour, trueAt: refusedAt + minute, provenance: 'reported', standing: 'vendor-file',
    });
    assert.ok(reading.notes.some(note => note.includes('refused request: 5-hour window; Weekly window.')));
    assert.deepEqual(reading.usage.map(report => [total(report).output, total(report).requests]), [[5, 1]]);
  });

  it('are the same meter as the one that Claude Code fetched, which wins when it is newer', async () => {
    const lines = [refusal(quota('five_hour', fiveHourReset))];
    const ids = ['five-hour', 'weekly', 'weekly-fable', 'extra-usage'];
    const older = await told(lines);
    assert.deepEqual(older.meters.map(({ id, used }) => [id, used]), ids.map((id, i) => [id, [100, 39, 69, 12_840_000][i]]));
    assert.equal(older.activity, null);
    const newer = fixture.replace(String(fetchedAt), String(refusedAt + 1));
    assert.deepEqual((await told(lines, { files: { '/home/dev/.claude.json': newer } })).meters.map(({ id, used }) => [id, used]), ids.map((id, i) => [id, [46, 39, 69, 12_840_000][i]]));
  });

  it('R9: tell nothing of a window that was reset, never zero, and do not come back when it is full no more', async () => {
    const lines = [refusal(quota('five_hour', fiveHourReset))];
    assert.deepEqual(windows(await told(lines, { files: {}, now: fiveHourReset - 1 })), [['five-hour', 100, fiveHourReset]]);
    for (const now of [fiveHourReset, fiveHourReset + 30 * 24 * hour]) {
      const { meters, notes } = await told(lines, { files: {}, now });
      assert.deepEqual([meters, notes.length], [[], 1]);
    }
    const after = await told(lines, { now: fiveHourReset + hour });
    assert.deepEqual([after.meters[0]?.id, after.meters[0]?.used, after.meters[0]?.trueAt], ['five-hour', 46, fetchedAt]);
  });

  it('count by the newest of each kind, in whatever order files are read, and in the index that is kept', async () => {
    home.lines('.claude/projects/-p/z.jsonl', refusal(quota('five_hour', fiveHourReset - hour), refusedAt - 5 * hour), refusal(quota('seven_day_opus', fiveHourReset + hour)));
    home.lines('.claude/projects/-p/sub/subagents/agent-1.jsonl', refusal(quota('five_hour', fiveHourReset + 5 * hour), refusedAt + 2 * minute));
    for (let scans = 0; scans < 2; scans++) {
      assert.deepEqual(windows(await told([refusal(quota('five_hour', fiveHourReset))], { files: {}, now: refusedAt + 3 * minute })), [
        ['five-hour', 100, fiveHourReset + 5 * hour], ['weekly-opus', 100, fiveHourReset + hour],
      ]);
    }
  });

  for (const [name, limits] of [
    ['allows', { ...quota('five_hour', fiveHourReset), status: 'allowed_warning' }], ['does not say until when', { ...quota('five_hour', fiveHourReset), resetsAt: null }],
    ['is of a kind that is not known', quota('iguana', fiveHourReset)], ['is of a kind that objects have', quota('toString', fiveHourReset)], ['was over before', quota('five_hour', refusedAt - 1000)],
    ['would last for years', quota('seven_day', refusedAt + 400 * 24 * hour)], ['is of a kind that is no text', { ...quota('five_hour', fiveHourReset), rateLimitType: { toString: {} } }], ['is no object', 'rejected'], ['is a list', [quota('five_hour', fiveHourReset)]],
  ] as const) {
    it(`make no meter of what ${name}`, async () => assert.deepEqual((await told([refusal(limits)], { files: {} })).meters, []));
  }

  for (const [name, change] of [
    ['the limits that are kept are of another account', (file: { cachedUsageUtilization: { accountUuid: string } }) => (file.cachedUsageUtilization.accountUuid = 'someone-else')],
    ['nobody is signed in', (file: { oauthAccount?: unknown }) => delete file.oauthAccount],
  ] as const) {
    it(`R40: are not shown where ${name}`, async () => {
      const file = JSON.parse(fixture) as Parameters<typeof change>[0];
      (change as (file: unknown) => unknown)(file);
      assert.deepEqual((await told([refusal(quota('five_hour', fiveHourReset))], { files: { '/home/dev/.claude.json': JSON.stringify(file) } })).meters, []);
    });
  }

  it('tell when the running block ends', async () => {
    const lines = [claudeLine({ at: new Date(refusedAt - hour).toISOString() }), refusal(quota('five_hour', fiveHourReset))];
    const { activity } = await told(lines, { files: {} });
    assert.deepEqual([activity?.block?.told, activity?.block?.endAt], [true, fiveHourReset]);
  });
});

describe('claude logs', () => {
  const lines = lineFormat(claudeLogs);
  const parse = (line: string): { responses: LogResponse[]; damaged: number } => {
    const seen = { responses: [] as LogResponse[], damaged: 0 };
    tellLine(lines, lines.parser(undefined, someFile), line, { response: event => seen.responses.push(event), running: () => assert.fail('a running total'), replay: assert.fail, sighting: assert.fail, damaged: () => seen.damaged++ });
    return seen;
  };

  it('reads a response with both kinds of cache writes', () => {
    assert.deepEqual(parse(claudeLine({ id: 'msg_a', input: 6, read: 88_214, write: 3120, oneHour: 3000, output: 412, usage: { output_tokens_details: { thinking_tokens: 260 } } })).responses, [{
      id: 'msg_a', at: Date.parse('2026-10-31T10:05:00Z'), model: 'claude-sonnet-4-5-20250929', project: '/home/dev/app', branch: null, session: 'session',
      input: 6, cacheRead: 88_214, cacheWrite5m: 120, cacheWrite1h: 3000, output: 412, reasoning: 260, tier: null, costMicros: null,
    }]);
  });

  it('counts cache writes of older lines, and what the split misses, as kept five minutes', () => {
    const writes = (usage: object): number[] => parse(claudeLine({ write: 100, usage })).responses.flatMap(({ cacheWrite5m, cacheWrite1h }) => [cacheWrite5m, cacheWrite1h]);
    assert.deepEqual(writes({ cache_creation: undefined }), [100, 0]);
    assert.deepEqual(writes({ cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 60 } }), [40, 60]);
  });

  it('names the tier when it has a price of its own', () => {
    const tier = (usage: object): string | null | undefined => parse(claudeLine({ usage })).responses[0]?.tier;
    assert.deepEqual([tier({}), tier({ speed: 'fast' }), tier({ service_tier: 'batch' }), tier({ service_tier: null })], [null, 'fast', 'batch', null]);
  });

  it('counts nothing of user lines, progress reports, notices and look-alikes', () => {
    const usage = { input_tokens: 1, output_tokens: 1 };
    for (const line of [
      JSON.stringify({ type: 'user', toolUseResult: { usage }, timestamp: '2026-10-31T10:05:00Z' }),
      JSON.stringify({ type: 'progress', data: { type: 'agent_progress', message: JSON.parse(claudeLine()) as object } }),
      claudeLine({ model: '<synthetic>' }),
      claudeLine({ extra: { isApiErrorMessage: true } }),
      claudeLine({ type: 'user' }),
      JSON.stringify({ type: 'assistant', message: { content: JSON.stringify({ usage }) } }),
    ]) assert.deepEqual(parse(line), { responses: [], damaged: 0 }, line);
  });

  it('counts nothing of the totals that a session writes down of itself, again and again', async () => {
    const state = (outputTokens: number): string => JSON.stringify({
      type: 'cost-state', sessionId: 'session', timestamp: '2026-10-31T10:06:00Z', totalCostUSD: 1.5, totalAPIDuration: 900,
      modelUsage: { 'claude-sonnet-4-5-20250929[1m]': { inputTokens: 10, outputTokens, thinkingTokens: 0, cacheReadInputTokens: 0, cacheCreationInputTokens: 0, webSearchRequests: 0, costUSD: 1.5 } },
      message: { id: 'msg_1', model: 'claude-sonnet-4-5-20250929', usage: { input_tokens: 10, output_tokens: outputTokens } },
    });
    const home = new TestHome();
    try {
      home.lines('.claude/projects/-p/a.jsonl', claudeLine({ output: 5 }), state(500), claudeLine({ id: 'msg_2', output: 7 }), state(1200));
      const { report, notes } = await home.scan(claude);
      assert.deepEqual([total(report).output, total(report).requests, notes], [12, 2, []]);
    } finally {
      home.remove();
    }
  });

  it('counts broken lines as damaged, and nothing of them', () => {
    const good = claudeLine();
    for (const line of [good.slice(0, -5), good + good, `\u0000${good}`, claudeLine({ at: 'yesterday' }), claudeLine({ input: -5 }), claudeLine({ output: 1e12 }), claudeLine({ usage: { input_tokens: '12' } })]) {
      assert.deepEqual(parse(line), { responses: [], damaged: 1 }, line);
    }
  });

  it('counts a second model that was asked on the way as a response of its own', () => {
    const iterations = [{ type: 'message', input_tokens: 10, output_tokens: 100 }, { type: 'advisor_message', model: 'claude-opus-5', input_tokens: 7, output_tokens: 70 }];
    assert.deepEqual(parse(claudeLine({ usage: { iterations } })).responses.map(({ id, model, output }) => [id, model, output]), [
      ['msg_1', 'claude-sonnet-4-5-20250929', 100], ['msg_1/advisor/1', 'claude-opus-5', 70],
    ]);
  });

  it('gives a line without an id one that it has whenever it is read', () => {
    const id = (extra: object): string | undefined => parse(claudeLine({ id: null, extra })).responses[0]?.id;
    assert.equal(id({ uuid: 'u1' }), 'u1');
    assert.ok(id({}) !== undefined && id({}) === id({}));
  });

  for (const [file, expected] of [
    ['-home-dev/a1.jsonl', true], ['-home-dev/a1/subagents/agent-1.jsonl', true], ['-home-dev/a1/subagents/workflows/w/agent-1.jsonl', true],
    ['-home-dev/a1/subagents/journal.jsonl', false], ['-home-dev/a1/subagents/workflows/w/journal.jsonl', false],
    ['-home-dev/a1/subagents/agent-1.meta.json', false], ['-home-dev/notes.txt', false],
    ['g/s/local_1/.claude/projects/-p/a1.jsonl', true], ['g/s/agent/local_1/.claude/projects/-p/a1/subagents/agent-1.jsonl', true],
    ['g/s/local_1/audit.jsonl', false], ['g/s/local_1/.claude/history.jsonl', false], ['g/s/agent/local_1/uploads/x.jsonl', false],
  ] as const) {
    it(`${expected ? 'takes' : 'leaves'} ${file}`, () => assert.equal(lines.matches(file), expected));
  }

  it("counts what Claude Desktop's Cowork did, and looks into nothing else of its sessions", async () => {
    const home = new TestHome();
    try {
      const sessions = 'Library/Application Support/Claude/local-agent-mode-sessions/group/session';
      home.lines(`${sessions}/local_1/.claude/projects/-p/a.jsonl`, claudeLine({ output: 5 }));
      home.lines(`${sessions}/agent/local_2/.claude/projects/-p/b.jsonl`, claudeLine({ output: 5 }), claudeLine({ id: 'msg_2', output: 7 }));
      home.lines(`${sessions}/local_1/audit.jsonl`, claudeLine({ id: 'msg_3' }));
      home.lines(`${sessions}/local_1/uploads/c.jsonl`, claudeLine({ id: 'msg_4' }));
      assert.equal(total((await home.scan(claude)).report).output, 12);
      assert.deepEqual(['g/s/local_1', 'g/s/local_1/.claude', 'g/s/local_1/.claude/projects/-p', 'g/s/local_1/.claude/todos', 'g/s/local_1/uploads'].map(folder => claudeLogs.enters?.(folder)), [true, true, true, false, false]);
    } finally {
      home.remove();
    }
  });

  it('looks in the folders that Claude Code and its readers use', () => {
    assert.deepEqual(claudeFolders(machine, undefined), ['/home/dev/.config/claude', '/home/dev/.claude']);
    assert.deepEqual(claudeFolders({ ...machine, env: { CLAUDE_CONFIG_DIR: '/a,/b/' } }, undefined), ['/a,/b', '/a', '/b', '/home/dev/.config/claude', '/home/dev/.claude']);
    assert.deepEqual(claudeFolders(machine, '/x/.claude/projects/'), ['/x/.claude', '/x/.claude/.claude']);
  });
});
