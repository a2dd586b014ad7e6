import assert from 'node:assert/strict';
import { pi, piLogs } from '../../src/providers/pi';
import { growing, holdsInAnyOrder, tellLines } from './localRig';

const header = { type: 'session', version: 3, id: 's1', timestamp: '2026-11-22T10:00:00.000Z', cwd: '/home/dev/app' };
const entry = (message: object = {}, usage: object = {}, change: object = {}): object => ({
  type: 'message', id: 'e1', timestamp: '2026-11-22T10:00:05.000Z',
  message: {
    role: 'assistant', provider: 'anthropic', model: 'claude-opus-5', responseId: 'msg_1', timestamp: 1795341605000,
    usage: { input: 100, output: 50, cacheRead: 10, cacheWrite: 5, totalTokens: 165, cost: { total: 0.0021 }, ...usage }, ...message,
  }, ...change,
});

describe('pi logs', () => {
  it('tell disjoint parts, the cost, and the folder of the header', () => {
    assert.deepEqual(tellLines(piLogs, [header, entry()]).responses, [{
      id: 'msg_1', at: Date.parse('2026-11-22T10:00:05Z'), model: 'claude-opus-5', project: '/home/dev/app', branch: null, session: 's1',
      input: 100, cacheRead: 10, cacheWrite5m: 5, cacheWrite1h: 0, output: 50, reasoning: 0, tier: null, costMicros: 2100,
    }]);
  });

  it('take a cost of 0 for tokens, or an odd one, for not told', () => {
    const costs = [0, -1, '3', null].map(total => tellLines(piLogs, [entry({}, { cost: { total } })]).responses[0]?.costMicros);
    assert.deepEqual(costs, [null, null, null, null]);
  });

  it('R1: know an answer without an id of its vendor\'s by what its copies share', () => {
    const ids = tellLines(piLogs, [entry({ responseId: undefined }), entry({ responseId: undefined }), entry({ responseId: undefined }, {}, { id: 'e2' })]).responses.map(({ id }) => id);
    assert.deepEqual([ids[0] === ids[1], ids[0] === ids[2]], [true, false]);
  });

  it('tell nothing of other lines, and take odd ones for damaged', () => {
    const { responses, damagedCount } = tellLines(piLogs, [header, entry({ role: 'user' }), { type: 'compaction', usage: 3 }, entry({}, { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 })]);
    assert.deepEqual([responses, damagedCount], [[], 0]);
    for (const odd of [entry({ timestamp: undefined }, {}, { timestamp: 'x' }), entry({}, { output: -1 }), entry({}, { cacheRead: '1' })]) assert.equal(tellLines(piLogs, [odd]).damagedCount, 1);
    assert.equal(tellLines(piLogs, [entry({}, {}, { timestamp: undefined })]).responses[0]?.at, 1795341605000);
  });

  it('R36: lie below the home of any name, and where the environment says', () => {
    assert.deepEqual(piLogs.roots({ home: 'C:\\Users\\Ærø', platform: 'win32', env: {} }, undefined).slice(0, 2), ['C:\\Users\\Ærø/.pi/agent/sessions', 'C:\\Users\\Ærø/.omp/agent/sessions']);
    assert.deepEqual(piLogs.roots({ home: '/h', platform: 'linux', env: { PI_CODING_AGENT_SESSION_DIR: '/s', PI_AGENT_DIR: '/a' } }, undefined).slice(0, 2), ['/s', '/a/sessions']);
    assert.ok(piLogs.roots({ home: '/h', platform: 'linux', env: { PI_CODING_AGENT_SESSION_DIR: '/s' } }, '/home/other').every(root => root.startsWith('/home/other/')));
  });

  it('R1: come to the same totals in any order, forked and cut anywhere', async () => {
    const entries = ['msg_1', 'msg_2', 'msg_3'].map(responseId => entry({ responseId }));
    await holdsInAnyOrder(pi, [
      growing('.pi/agent/sessions/--app--/a.jsonl', [header, ...entries]), growing('.pi/agent/sessions/--app--/fork.jsonl', [{ ...header, id: 's2' }, ...entries, entry({ responseId: 'msg_4' })]),
      growing('.omp/agent/sessions/x/a.jsonl', [header, ...entries.slice(1)]),
    ], { input: 400, output: 200, cacheRead: 40, cacheWrite: 20, requests: 4 });
  });
});
