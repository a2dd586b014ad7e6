import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { detectTools } from '../../src/engine/detect';
import { copilotChat, copilotChatLogs } from '../../src/providers/copilotChat';
import { tellLine, TestHome, total } from '../engine/logs/rig';
import { fileAt, formatOf, growing, holdsInAnyOrder, seen, tellDocument, tellLines } from './localRig';

const request = (change: object = {}): object => ({
  requestId: 'request_1', timestamp: 1795348700000, modelId: 'copilot/claude-opus-4.6', promptTokens: 41_210, completionTokens: 911, message: { text: 'secret' }, response: [{ value: 'long' }],
  result: {
    details: 'Claude Opus 4.6 • 3x', timings: { totalElapsed: 18_233 },
    metadata: { promptTokens: 41_210, outputTokens: 911, resolvedModel: 'claude-opus-4-6', toolCallRounds: [{ thinking: { tokens: 130 } }] },
  }, ...change,
});
const bare = (change: object = {}): object => request({ promptTokens: undefined, completionTokens: undefined, result: undefined, ...change });
const session = (...requests: readonly unknown[]): object => ({ version: 3, sessionId: 's1', requests });
const start = (...requests: readonly unknown[]): object => ({ kind: 0, v: session(...requests) });
const set = (k: readonly unknown[], v: unknown): object => ({ kind: 1, k, v });
const push = (v: readonly unknown[], i?: number): object => ({ kind: 2, k: ['requests'], v, ...(i !== undefined && { i }) });
const WORKSPACES = '.config/Code/User/workspaceStorage';
const file = fileAt(`/home/dev/${WORKSPACES}/abc/chatSessions/s1.jsonl`, { '../workspace.json': JSON.stringify({ folder: 'file:///home/dev/B%C3%BCro' }) });
/** What is remembered after some lines. */
function stateAfter(lines: readonly object[]): unknown {
  const format = formatOf(copilotChatLogs, 'lines');
  const parser = format.parser(undefined, file);
  for (const line of lines) tellLine(format, parser, JSON.stringify(line), seen());
  return parser.state();
}
const figures = (lines: readonly object[]): unknown[] => tellLines(copilotChatLogs, lines).responses.map(({ id, input, output }) => [id, input, output]);

describe('copilot chat requests', () => {
  it('tell the whole prompt, whose cached part is not known, and the model that answered', () => {
    const told = {
      id: 'request_1', at: 1795348700000, model: 'claude-opus-4-6', project: '/home/dev/Büro', branch: null, session: 's1',
      input: 41_210, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 911, reasoning: 0, tier: null, costMicros: null,
    };
    assert.deepEqual(tellDocument(copilotChatLogs, session(request()), file).responses, [told]);
    assert.deepEqual(tellLines(copilotChatLogs, [start(request())], file).responses, [told]);
  });

  it('tell their tokens in the first of the places that has them', () => {
    const tokens = (change: object): unknown => tellDocument(copilotChatLogs, session(bare(change))).responses.map(({ input, output }) => [input, output])[0];
    const result = { metadata: { promptTokens: 3, outputTokens: 4 }, promptTokens: 5, outputTokens: 6, usage: { promptTokens: 7, completionTokens: 8 } };
    assert.deepEqual([
      tokens({ promptTokens: 1, completionTokens: 2, result }), tokens({ result }), tokens({ result: { ...result, metadata: {} } }), tokens({ result: { usage: result.usage } }), tokens({ result: {} }), tokens({}),
    ], [[1, 2], [3, 4], [5, 6], [7, 8], undefined, undefined]);
  });

  it('are left alone where they went to another vendor with the user\'s own key', () => {
    const models = [{ modelId: 'ollama/qwen3' }, { modelId: undefined }, { modelId: 'copilot/gpt-5.6' }, { modelId: 'ollama/x', result: { metadata: { resolvedModel: 'gpt-5.6-sol' } } }]
      .map(change => tellDocument(copilotChatLogs, session(request({ result: undefined, ...change }))).responses.map(({ model }) => model)[0]);
    assert.deepEqual(models, [undefined, undefined, 'gpt-5.6', 'gpt-5.6-sol']);
  });

  it('without an id are known by session and time', () => {
    assert.deepEqual(tellDocument(copilotChatLogs, session(request({ requestId: undefined }))).responses.map(({ id }) => id), ['s1 1795348700000']);
  });

  it('that are odd are damaged, and ids of other sessions are none', () => {
    for (const odd of [session(request({ timestamp: 'x' })), session(request({ promptTokens: -1 })), [], 7]) assert.equal(tellDocument(copilotChatLogs, odd).damagedCount, 1);
    for (const empty of ['0b3c', {}, { requests: {} }, session(null, 3, 'x')]) {
      const { responses, damagedCount } = tellDocument(copilotChatLogs, empty);
      assert.deepEqual([responses, damagedCount], [[], 0]);
    }
  });
});

describe('copilot chat delta logs', () => {
  it('come to the requests that they are the changes of', () => {
    assert.deepEqual(figures([
      start(), push([bare()]), set(['requests', 0, 'response'], [{ value: '"requests"' }]), set(['requests', 0, 'result'], { metadata: { promptTokens: 10, outputTokens: 2 } }),
      set(['requests', 0, 'promptTokens'], 12), set(['requests', 0, 'completionTokens'], 3), push([bare({ requestId: 'request_2' })]),
      set(['requests', 1, 'result', 'metadata', 'outputTokens'], 5), set(['requests', 1], request({ requestId: 'request_3' })),
    ]), [['request_1', 10, 2], ['request_1', 12, 0], ['request_1', 12, 3], ['request_2', 0, 5], ['request_3', 41_210, 911]]);
  });

  it('are cut where a push says, count what is cut off, and go on from there', () => {
    assert.deepEqual(figures([start(request(), request({ requestId: 'request_2' })), push([bare({ requestId: 'request_3' })], 1), set(['requests', 1, 'promptTokens'], 5)]), [
      ['request_1', 41_210, 911], ['request_2', 41_210, 911], ['request_3', 5, 0],
    ]);
    assert.deepEqual(figures([start(request()), set(['requests'], [request({ requestId: 'request_2' })]), { kind: 0, v: session(request({ requestId: 'request_3' })) }]).length, 3);
  });

  it('change nothing by paths that lead elsewhere, beyond the end, or to what every object has', () => {
    const before = [start(), push([bare({ result: {} })])];
    for (const odd of [
      set(['requests', 1, 'promptTokens'], 5), set(['requests', -1, 'promptTokens'], 5), set(['requests', 1e9, 'promptTokens'], 5), set(['requests', '0', 'promptTokens'], 5),
      set(['requests', 0, '__proto__', 'promptTokens'], 5), set(['requests', 0, 'result', 'constructor', 'prototype'], { promptTokens: 5 }), set(['requests', 0, 'promptTokens', 'x'], 5),
      set(['requests', 0, 'promptTokens'], null), set(['requests', 0, 'constructor'], {}), set(['inputState', 'requests'], [request()]), set(['inputState', 0, 'result'], { requests: [], promptTokens: 5 }),
      { kind: 2, k: ['requests', 0, 'response'], v: [request()] }, { kind: 2, k: ['requests'], v: request() }, { kind: 3, k: ['requests', 0] }, { kind: 9, k: ['requests'], v: [request()] }, { kind: 1, k: 'requests', v: [request()] },
    ]) {
      assert.deepEqual(figures([...before, odd]), [], JSON.stringify(odd));
      assert.deepEqual(stateAfter([...before, odd]), stateAfter(before), JSON.stringify(odd));
    }
    assert.equal(({} as Record<string, unknown>)['promptTokens'], undefined);
    assert.equal(tellLines(copilotChatLogs, [{ kind: 0, v: ['requests'] }]).damagedCount, 1);
  });

  it('take values of another type for none', () => {
    for (const odd of [set(['requests', 0, 'promptTokens'], '5'), set(['requests', 0, 'result'], 5), set(['requests', 0, 'result', 'usage'], [5])]) assert.deepEqual(figures([start(), push([bare()]), odd]), []);
  });

  it('know a request once whose line was read before its newline was written', async () => {
    const home = new TestHome();
    try {
      const log = `${WORKSPACES}/abc/chatSessions/s1.jsonl`;
      const [first, ...rest] = [[start(), push([bare()])], [push([bare({ requestId: 'request_2' })])], [set(['requests', 1, 'promptTokens'], 5), set(['requests', 0, 'promptTokens'], 40)]]
        .map(lines => lines.map(line => JSON.stringify(line)).join('\n'));
      home.write(log, first ?? '');
      await home.scan(copilotChat, { stateDir: home.stateDir });
      for (const lines of rest) {
        home.append(log, `\n${lines}`);
        await home.scan(copilotChat, { stateDir: home.stateDir });
      }
      assert.deepEqual(total((await home.scan(copilotChat, { stateDir: home.stateDir })).report), { input: 45, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0, requests: 2 });
    } finally {
      home.remove();
    }
  });

  it('do not even parse answers, the bulk of all lines', () => {
    const parser = formatOf(copilotChatLogs, 'lines').parser({ session: 's1', forgotten: 0, open: [request()] }, file);
    const values: readonly unknown[] = [1, ['requests', 0, 'response'], undefined];
    const none = (): never => assert.fail('it was looked at');
    parser.line({ json: field => (field < 3 ? values[field] : none()), has: none, text: none, count: none, instant: none }, seen());
  });

  it('keep no more than the numbers and names that are counted', () => {
    const format = formatOf(copilotChatLogs, 'lines');
    const parser = format.parser({ session: 's1', forgotten: 2, open: [request({ extra: 1, modelId: 'm'.repeat(2000) }), 7] }, file);
    assert.deepEqual(parser.state(), { session: 's1', forgotten: 2, open: [{
      requestId: 'request_1', timestamp: 1795348700000, promptTokens: 41_210, completionTokens: 911, result: { metadata: { promptTokens: 41_210, outputTokens: 911, resolvedModel: 'claude-opus-4-6' } },
    }, {}] });
    for (const odd of [7, { forgotten: -1, open: {} }, { forgotten: 1e9 }]) assert.ok(JSON.stringify(format.parser(odd, file).state()).length < 100);
    assert.deepEqual(figures([start(), push(Array.from({ length: 5000 }, (_, i) => request({ requestId: `r${i}` })))]).length, 4096);
  });

  it('remember the last requests alone, in their places', () => {
    const many = Array.from({ length: 20 }, (_, i) => bare({ requestId: `r${i}` }));
    const tokens = (i: number): object => set(['requests', i, 'promptTokens'], i + 1);
    assert.deepEqual(figures([start(), push(many), tokens(11), tokens(12), tokens(19), push([bare({ requestId: 'cut' })], 2), tokens(1), tokens(2)]), [['r12', 13, 0], ['r19', 20, 0], ['cut', 3, 0]]);
    assert.ok(JSON.stringify(stateAfter([start(), push(many)])).length < 1000);
  });

  it('survive any changes', () => {
    const key = fc.constantFrom<unknown>('requests', 'result', 'metadata', 'promptTokens', '__proto__', 0, 1, -1, null, 0.5);
    const value = fc.oneof(fc.jsonValue(), fc.constant(request()), fc.constant([request(), bare()]));
    const line = fc.record({ kind: fc.constantFrom<unknown>(0, 1, 2, 3, 'x'), k: fc.oneof(fc.array(key), fc.tuple(fc.constant('requests'), key, key)), v: value, i: fc.option(fc.integer({ min: -2, max: 5 })) });
    fc.assert(fc.property(fc.array(line, { maxLength: 15 }), lines => void tellLines(copilotChatLogs, [start(), ...lines])));
  });
});

describe('copilot chat files', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());

  it('are those of chats alone, in work spaces, in the extension\'s own folders and of windows without a folder', async () => {
    const places = [`${WORKSPACES}/a/chatSessions/1.json`, `${WORKSPACES}/b/GitHub.copilot-chat/chatSessions/2.json`, '.config/Code/User/globalStorage/emptyWindowChatSessions/3.json', '.vscode-server/data/User/globalStorage/github.copilot-chat/chatSessions/4.json'];
    const others = [`${WORKSPACES}/a/other.ext/chatSessions/5.json`, `${WORKSPACES}/a/workspace.json`, `${WORKSPACES}/a/chatSessions/deep/6.json`, `${WORKSPACES}/a/chatEditingSessions/7.json`, '.config/Code/User/globalStorage/x/8.json'];
    for (const [i, place] of [...places, ...others].entries()) home.write(place, JSON.stringify(session(request({ requestId: `r${i}` }))));
    assert.equal(total((await home.scan(copilotChat)).report).requests, 4);
    const { enters } = copilotChatLogs;
    assert.deepEqual(['a', 'a/chatSessions', 'a/GitHub.copilot-chat', 'a/GitHub.copilot-chat/chatSessions', 'a/other.ext', 'a/chatSessions/x', 'a/GitHub.copilot-chat/debug-logs'].map(folder => enters?.(folder)), [true, true, true, true, false, false, false]);
  });

  it('R29: are not listed to see whether the tool is there, for which its own folder stands', async () => {
    home.write(`${WORKSPACES}/a/chatSessions/1.json`, '{}');
    assert.deepEqual(await detectTools([copilotChat], [], home.machine), []);
    const own = path.dirname(home.write('.config/Code/User/globalStorage/github.copilot-chat/x.json', '{}'));
    const { readdirSync } = fs;
    Object.assign(fs, { readdirSync: () => assert.fail('a folder was listed') });
    try {
      assert.deepEqual(await detectTools([copilotChat], [], home.machine), [{ providerId: 'copilot-chat', name: 'Copilot Chat', paths: [own] }]);
    } finally {
      Object.assign(fs, { readdirSync });
    }
  });

  it('R36: know the folder of the window as its own system writes it', () => {
    const project = (told: unknown): (string | null)[] => tellDocument(copilotChatLogs, session(request()), fileAt(file.path, { '../workspace.json': typeof told === 'string' ? told : JSON.stringify(told) })).responses.map(({ project }) => project);
    assert.deepEqual([
      { folder: 'file:///c%3A/Users/J%C3%B6rg/app' }, { folder: 'vscode-remote://wsl%2Bubuntu/home/dev/app' }, { workspace: 'file:///home/dev/all.code-workspace' },
      { folder: 'file:///%E0%A4%A' }, { folder: 'nonsense' }, {}, '{', '[]',
    ].map(told => project(told)[0]), ['C:\\Users\\Jörg\\app', '/home/dev/app', '/home/dev/all.code-workspace', null, null, null, null, null]);
  });

  it('know the folder also of chats in the extension\'s own folder', () => {
    const near = { '../../workspace.json': JSON.stringify({ folder: 'file:///home/dev/app' }) };
    assert.deepEqual(tellDocument(copilotChatLogs, session(request()), fileAt('/x/GitHub.copilot-chat/chatSessions/s1.json', near)).responses.map(({ project }) => project), ['/home/dev/app']);
  });

  it('R7: say that agents used more than is told', async () => {
    home.write(`${WORKSPACES}/a/chatSessions/1.json`, JSON.stringify(session(request())));
    assert.equal((await home.scan(copilotChat)).report.tokenProvenance, 'estimated');
  });

  it('R1: come to the same totals in any order, cut anywhere, copied and written anew', async () => {
    const lines = [start(), push([bare()]), set(['requests', 0, 'result'], { metadata: { promptTokens: 10, outputTokens: 2 } }), push([request({ requestId: 'request_2' })]), set(['requests', 0, 'completionTokens'], 3)];
    await holdsInAnyOrder(copilotChat, [
      growing(`${WORKSPACES}/a/chatSessions/s1.jsonl`, lines, 5), growing(`${WORKSPACES}/b/chatSessions/s1.jsonl`, lines.slice(0, 4)),
      { file: `${WORKSPACES}/a/chatSessions/s0.json`, steps: ['"s1"', JSON.stringify(session(request({ requestId: 'request_2' }))), JSON.stringify(session(request({ requestId: 'request_0' })))] },
    ], { output: 3 + 911 + 911, input: 10 + 2 * 41_210, requests: 3 });
  });
});
