import assert from 'node:assert/strict';
import { Reading } from '../../src/core/reading';
import { codex } from '../../src/providers/codex';
import { codexFolders, codexLogs } from '../../src/providers/codex/logs';
import type { LogResponse } from '../../src/providers/logSource';
import type { LogScan, Machine, Sighting } from '../../src/providers/provider';
import { codexLine, lineFormat, someFile, tellLine, type Usage } from '../engine/logs/rig';

const { meta, turn, event, tokens } = codexLine;
const machine: Machine = { home: '/home/dev', platform: 'linux', env: {} };

const format = lineFormat(codexLogs);

interface Seen { readonly responses: LogResponse[]; readonly replays: string[]; readonly sightings: Map<string, Sighting>; damaged: number }

/** Parses lines; `restart` puts the parser's state through JSON and a new parser after each. */
function parse(lines: readonly string[], restart = false): Seen {
  const seen: Seen = { responses: [], replays: [], sightings: new Map(), damaged: 0 };
  let parser = format.parser(undefined, someFile);
  for (const line of lines) {
    tellLine(format, parser, line, {
      response: response => seen.responses.push(response), running: () => assert.fail('a running total'), replay: id => seen.replays.push(id),
      sighting: (key, sighting) => seen.sightings.set(key, sighting), damaged: () => seen.damaged++,
    });
    if (restart) parser = format.parser(JSON.parse(JSON.stringify(parser.state())), someFile);
  }
  return seen;
}
const counted = (lines: readonly string[]): number[][] => {
  const figures = (restart: boolean): number[][] => parse(lines, restart).responses.map(({ input, cacheRead, output, reasoning }) => [input, cacheRead, output, reasoning]);
  assert.deepEqual(figures(true), figures(false));
  return figures(false);
};

const at = (second: number, ms = 0): string => new Date(Date.UTC(2026, 9, 31, 10, 0, second, ms)).toISOString();
const one: Usage = [1000, 800, 50, 20];
const two: Usage = [3000, 2000, 150, 60];
const three: Usage = [6000, 4500, 300, 100];

describe('codex logs', () => {
  it('counts the rises of the running totals, input without the cached part', () => {
    assert.deepEqual(counted([meta(at(0)), turn(at(1)), tokens(at(2), one, one), tokens(at(9), two, [2000, 1200, 100, 40])]), [[200, 800, 50, 20], [800, 1200, 100, 40]]);
  });

  it('R4: counts nothing of events that repeat the totals', () => {
    assert.deepEqual(counted([meta(at(0)), turn(at(1)), tokens(at(2), one, one), tokens(at(3), one, one), tokens(at(60), one, one), tokens(at(61), two, one)]), [[200, 800, 50, 20], [800, 1200, 100, 40]]);
  });

  it('counts nothing of events without figures, and goes on after them', () => {
    assert.deepEqual(counted([meta(at(0)), turn(at(1)), tokens(at(2), null, null), tokens(at(3), one, one)]), [[200, 800, 50, 20]]);
  });

  it('counts totals without the last response beside them', () => {
    assert.deepEqual(counted([meta(at(0)), turn(at(1)), tokens(at(2), one, null), tokens(at(3), two, null)]), [[200, 800, 50, 20], [800, 1200, 100, 40]]);
  });

  it('counts last responses without totals beside them', () => {
    assert.deepEqual(counted([meta(at(0)), turn(at(1)), tokens(at(2), null, one), tokens(at(3), null, two)]), [[200, 800, 50, 20], [1000, 2000, 150, 60]]);
  });

  it('takes the last response when a log begins amid a session', () => {
    assert.deepEqual(counted([meta(at(0)), turn(at(1)), tokens(at(2), three, one)]), [[200, 800, 50, 20]]);
  });

  it('takes the last response when the totals begin anew', () => {
    assert.deepEqual(counted([meta(at(0)), turn(at(1)), tokens(at(2), three, three), tokens(at(3), one, one), tokens(at(4), two, one)]), [[1500, 4500, 300, 100], [200, 800, 50, 20], [800, 1200, 100, 40]]);
  });

  it('leaves a snapshot alone that comes out of order', () => {
    const late: Usage = [5990, 4490, 299, 100];
    assert.deepEqual(counted([meta(at(0)), turn(at(1)), tokens(at(2), three, three), tokens(at(3), late, one), tokens(at(4), three, one)]), [[1500, 4500, 300, 100]]);
  });

  it('leaves a snapshot of two responses ago alone, also of a session that has just begun', () => {
    const four: Usage = [9000, 7000, 400, 120];
    assert.deepEqual(counted([meta(at(0)), turn(at(1)), tokens(at(2), one, one), tokens(at(3), two, [2000, 1200, 100, 40]), tokens(at(4), three, [3000, 2500, 150, 40]), tokens(at(5), two, [2000, 1200, 100, 40]), tokens(at(6), four, three)]), [
      [200, 800, 50, 20], [800, 1200, 100, 40], [500, 2500, 150, 40], [500, 2500, 100, 20],
    ]);
  });

  it('R4: counts on where the totals of a long session are above what any response can be', () => {
    const [huge, more]: [Usage, Usage] = [[5e9, 4.9e9, 6e7, 1e7], [5e9 + 1000, 4.9e9 + 800, 6e7 + 50, 1e7 + 20]];
    assert.deepEqual(counted([meta(at(0)), turn(at(1)), tokens(at(2), huge, one), tokens(at(3), more, null), tokens(at(4), more, one)]), [[200, 800, 50, 20], [200, 800, 50, 20]]);
    for (const totals of [huge, [1e300, 0, 1, 0], [10, 0, -1, 0]] as const) {
      const { responses, damaged } = parse([meta(at(0)), tokens(at(2), totals, null)]);
      assert.deepEqual([responses, damaged], [[], 1]);
    }
  });

  it('gives each response the model, the folder and the tier of its moment', () => {
    const { responses } = parse([
      meta(at(0)), turn(at(1), 'gpt-5-codex'), tokens(at(2), one, one),
      event(at(3), { type: 'thread_settings_applied', thread_settings: { service_tier: 'priority' } }), turn(at(4), 'gpt-5.2-codex', { cwd: '/home/dev/other' }), tokens(at(5), two, one),
      event(at(6), { type: 'thread_settings_applied', thread_settings: {} }), tokens(at(7), three, one),
    ]);
    assert.deepEqual(responses.map(({ model, project, tier }) => [model, project, tier]), [
      ['gpt-5-codex', '/home/dev/app', null], ['gpt-5.2-codex', '/home/dev/other', 'priority'], ['gpt-5.2-codex', '/home/dev/other', null],
    ]);
  });

  it('takes the first model for that of old logs, which named none, and invents none for others', () => {
    const model = (at: string): string | undefined => parse([meta(at), tokens(at, one, one)]).responses[0]?.model;
    assert.deepEqual([model('2025-09-10T10:00:00Z'), model(at(2))], ['gpt-5', 'unknown']);
  });

  it('counts cache writes apart from uncached input', () => {
    const usage = { input_tokens: 100, cached_input_tokens: 30, cache_write_input_tokens: 20, output_tokens: 5 };
    const [response] = parse([event(at(1), { type: 'token_count', info: { total_token_usage: usage } })]).responses;
    assert.deepEqual([response?.input, response?.cacheRead, response?.cacheWrite5m], [50, 30, 20]);
  });

  it('counts broken lines as damaged, and nothing of them', () => {
    const good = tokens(at(1), one, one);
    const odd = event(at(1), { type: 'token_count', info: { total_token_usage: { input_tokens: -1 } } });
    assert.deepEqual(parse([good.slice(0, -9), good + good, odd, tokens('never', one, one)]), { responses: [], replays: [], sightings: new Map(), damaged: 4 });
  });

  const spawned = { id: 'child', forked_from_id: 'session-1', source: { subagent: { thread_spawn: { parent_thread_id: 'session-1', depth: 1 } } } };

  it('R3: counts nothing of a parent\'s history that a spawned thread repeats in its first second', () => {
    const lines = [
      meta(at(30), spawned), turn(at(30, 100)), tokens(at(30, 101), one, one), tokens(at(30, 102), two, [2000, 1200, 100, 40]),
      turn(at(36)), tokens(at(37), three, [3000, 2500, 150, 40]),
    ];
    assert.deepEqual(counted(lines), [[500, 2500, 150, 40]]);
    assert.equal(parse(lines).replays.length, 2);
  });

  it('R3: counts nothing of a history whose writing goes on beyond the second of its creation, and all that comes after it', () => {
    for (const start of [spawned, { id: 'child', forked_from_id: 'session-1' }]) {
      assert.deepEqual(counted([
        meta(at(30, 900), start), turn(at(30, 910)), tokens(at(30, 990), one, one), tokens(at(31, 300), two, [2000, 1200, 100, 40]), turn(at(31, 310)), tokens(at(32, 900), three, [3000, 2500, 150, 40]),
      ]), [[500, 2500, 150, 40]]);
    }
  });

  it('R3: counts a spawned thread\'s own responses although the clock went back', () => {
    assert.deepEqual(counted([meta(at(30), spawned), tokens(at(30, 101), one, one), tokens(at(5), two, null)]), [[800, 1200, 100, 40]]);
  });

  it('R3: gives a forked copy of a response the id that it has in its parent', () => {
    const history = [turn(at(1)), tokens(at(2), one, one), tokens(at(3), two, [2000, 1200, 100, 40])];
    const ids = (lines: readonly string[]): string[] => parse(lines).responses.map(({ id }) => id);
    const parent = ids([meta(at(0)), ...history]);
    const fork = ids([meta(at(30), { id: 'child', forked_from_id: 'session-1' }), ...history, tokens(at(40), three, null)]);
    assert.deepEqual(fork.slice(0, 2), parent);
    assert.equal(new Set([...parent, ...fork]).size, 3);
  });

  it('R3: skips all before a child\'s own first turn where turns say when they began', () => {
    const started = (second: number): string => event(at(31), { type: 'task_started', turn_id: 'x', started_at: Date.UTC(2026, 9, 31, 10, 0, second) / 1000 });
    assert.deepEqual(counted([
      meta(at(30), spawned), started(1), tokens(at(31), one, one), started(9), tokens(at(33), two, null),
      started(35), turn(at(35)), tokens(at(36), three, null),
    ]), [[500, 2500, 150, 40]]);
  });

  it('R3: skips all before a fork\'s own first turn where the ids of turns hold their time', () => {
    const id = (second: number): string => {
      const hex = Date.UTC(2026, 9, 31, 10, 0, second).toString(16).padStart(12, '0');
      return `${hex.slice(0, 8)}-${hex.slice(8)}-7abc-8def-0123456789ab`;
    };
    assert.deepEqual(counted([
      meta(at(30), { id: 'child', forked_from_id: 'session-1' }), turn(at(31), 'gpt-5', { turn_id: id(3) }), tokens(at(31), one, one),
      turn(at(40), 'gpt-5', { turn_id: id(40) }), tokens(at(41), two, null),
    ]), [[800, 1200, 100, 40]]);
  });

  it('counts a spawned thread to the session that it was spawned from, and a fork to itself', () => {
    const session = (payload: object): string | null | undefined => parse([meta(at(2), { id: 'child', ...payload }), tokens(at(9), one, one)]).responses[0]?.session;
    assert.deepEqual([
      spawned, { parent_thread_id: 'session-2', source: { subagent: 'review' } }, { source: { subagent: 'review' } }, { source: { subagent: { thread_spawn: { parent_thread_id: 7 } } } }, { forked_from_id: 'session-1' },
    ].map(session), ['session-1', 'session-2', 'child', 'child', 'child']);
  });

  it('takes the first session line for the file\'s own: a replay may bring others', () => {
    assert.deepEqual(counted([meta(at(0)), meta(at(2), spawned), tokens(at(2, 5), one, one)]), [[200, 800, 50, 20]]);
  });

  it('takes rollouts and names compressed ones', () => {
    assert.deepEqual(['2026/10/31/rollout-a.jsonl', 'rollout-b.jsonl', '2026/notes.jsonl', 'rollout-a.jsonl.zst'].map(file => format.matches(file)), [true, true, false, false]);
  });

  it('looks in the folders that Codex and its readers use', () => {
    assert.deepEqual(codexFolders(machine, undefined), ['/home/dev/.codex']);
    assert.deepEqual(codexFolders({ ...machine, env: { CODEX_HOME: '/srv/codex' } }, undefined), ['/srv/codex']);
    assert.deepEqual(codexFolders(machine, '/x'), ['/x', '/x/.codex']);
  });
});

describe('codex limits', () => {
  const limits = (primary: object | null, secondary: object | null = null, rest: object = {}): object => ({ limit_id: 'codex', primary, secondary, credits: null, plan_type: 'plus', ...rest });
  const window = (used: number, minutes: number | null, resets: number): object => ({ used_percent: used, window_minutes: minutes, resets_at: resets });
  const resets = Date.UTC(2026, 9, 31, 15) / 1000;
  const week = Date.UTC(2026, 10, 5) / 1000;

  async function read(...lines: readonly string[]): Promise<Reading> {
    const { sightings } = parse([meta(at(0)), ...lines]);
    const scan: LogScan = {
      recent: () => [],
      report: { source: 'logs', covers: null, costKind: 'equivalent', costProvenance: 'estimated', tokenProvenance: 'measured', dayZone: null, buckets: [] },
      sightings, notes: [],
    };
    return codex.read({
      now: Date.UTC(2026, 10, 1), account: { id: 'codex', options: {} }, machine, signal: new AbortController().signal,
      getJson: () => Promise.reject(new Error('no network')), readFile: () => Promise.resolve(null), scanLogs: () => Promise.resolve(scan),
    });
  }
  const short = ({ meters }: Reading): unknown[] => meters.map(({ id, label, used, resetsAt }) => [id, label, used, resetsAt]);

  it('classifies windows by their length, whatever their slot', async () => {
    const reading = await read(tokens(at(5), null, null, limits(window(23, 10_080, week), window(41.5, 300, resets))));
    assert.deepEqual(short(reading), [['window-300', '5-hour window', 41.5, resets * 1000], ['window-10080', 'Weekly window', 23, week * 1000]]);
    assert.deepEqual([reading.plan, reading.meters[0]?.trueAt, reading.meters[0]?.durationMs, reading.meters[0]?.provenance], ['Plus', Date.parse(at(5)), 18_000_000, 'reported']);
  });

  it('R54: tells how full the prompt of the newest response was, of a window where one is told, and nothing of long ago', async () => {
    const told = (second: number, last: Usage, size?: unknown, hour = 22): string => {
      const line = JSON.parse(tokens(at(second), null, last)) as { timestamp: string; payload: { info: Record<string, unknown> } };
      line.timestamp = line.timestamp.replace('T10', `T${hour}`);
      line.payload.info['model_context_window'] = size;
      return JSON.stringify(line);
    };
    const context = async (...lines: readonly string[]): Promise<unknown> => (await read(...lines)).activity?.context ?? null;
    const newest = Date.parse(at(9).replace('T10', 'T22'));
    assert.deepEqual(await context(told(5, one, 400_000), told(9, two, 272_000)), { at: newest, tokens: 3000, window: 272_000 });
    for (const size of [undefined, null, 0, -1, '400000']) assert.deepEqual(await context(told(9, two, size)), { at: newest, tokens: 3000, window: null });
    assert.equal(await context(told(9, two, 400_000, 10)), null);
  });

  it('names windows of other lengths by them', async () => {
    assert.deepEqual((await read(tokens(at(5), null, null, limits(window(1, 1440 * 30, week), window(2, 90, week))))).meters.map(({ label }) => label), ['90-minute window', '30-day window']);
  });

  it('keeps a window that the newest event leaves out until its reset', async () => {
    const both = tokens(at(5), null, null, limits(window(10, 300, resets), window(20, 10_080, week)));
    assert.deepEqual((await read(both, tokens(at(9), null, null, limits(window(11, 300, resets))))).meters.map(({ used }) => used), [11, 20]);
    const afterReset = new Date(resets * 1000 + 60_000).toISOString();
    assert.deepEqual((await read(both, tokens(afterReset, null, null, limits(window(21, 10_080, week))))).meters.map(({ used }) => used), [21]);
  });

  it('leaves limits of other pools alone', async () => {
    const other = tokens(at(9), null, null, limits(window(99, 300, resets), null, { limit_id: 'codex_spark' }));
    assert.deepEqual((await read(tokens(at(5), null, null, limits(window(10, 300, resets))), other)).meters.map(({ used }) => used), [10]);
  });

  it('understands older resets, counted from the event', async () => {
    assert.equal((await read(tokens(at(5), null, null, { primary: { used_percent: 5, window_minutes: 299, resets_in_seconds: 100 } }))).meters[0]?.resetsAt, Date.parse(at(105)));
  });

  for (const [what, told, resetsAt] of [['milliseconds', resets * 1000, resets * 1000], ['zero', 0, null], ['microseconds', resets * 1e6, null], ['nonsense', -5, null]] as const) {
    it(`R9: makes no reset of ${what} that is none, and keeps the percent`, async () => {
      const reading = await read(tokens(at(5), null, null, limits(window(23, 300, told))));
      assert.deepEqual(short(reading), [['window-300', '5-hour window', 23, resetsAt]]);
      Reading.parse(reading);
    });
  }

  it('R9: makes nothing of shares, lengths and balances that none can be', async () => {
    const reading = await read(tokens(at(5), null, null, limits(window(1e30, 300, resets), window(20, 2 ** 63, week), { credits: { has_credits: true, unlimited: false, balance: '1e30' } })));
    assert.deepEqual(short(reading), [['window-secondary', 'Limit (secondary)', 20, week * 1000]]);
    assert.deepEqual(short(await read(tokens(at(5), null, null, limits(window(-1, 300, resets), window(20, 10_080, week))))), [['window-10080', 'Weekly window', 20, week * 1000]]);
    Reading.parse(reading);
  });

  it('R9: shows no meter where none was told', async () => {
    for (const told of [null, limits(null), limits({ window_minutes: 300 }), limits({ used_percent: 'full' })]) {
      const { meters, notes } = await read(tokens(at(5), one, one, told));
      assert.deepEqual([meters.length, notes.length], [0, 1]);
    }
  });

  it('shows credits when the account has some', async () => {
    const credits = async (told: object): Promise<unknown[]> => (await read(tokens(at(5), null, null, limits(null, null, { credits: told })))).meters.map(({ id, left, cap }) => [id, left, cap.kind]);
    assert.deepEqual(await credits({ has_credits: true, unlimited: false, balance: '12.5' }), [['credits', 12.5, 'unknown']]);
    assert.deepEqual(await credits({ has_credits: true, unlimited: true, balance: null }), [['credits', null, 'unlimited']]);
    assert.deepEqual(await credits({ has_credits: false, unlimited: false, balance: '0' }), []);
  });

  it('takes no limits from a replayed history', async () => {
    const lines = [meta(at(30), { forked_from_id: 'p', source: { subagent: {} } }), tokens(at(30, 500), one, one, limits(window(77, 300, resets)))];
    assert.equal(parse(lines).sightings.size, 0);
  });
});
