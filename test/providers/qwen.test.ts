import assert from 'node:assert/strict';
import { qwen, qwenLogs } from '../../src/providers/qwen';
import { TestHome, total } from '../engine/logs/rig';
import { formatOf, growing, holdsInAnyOrder, tellLines } from './localRig';

const line = (change: object = {}, usage: object = {}): object => ({
  type: 'assistant', sessionId: 's1', uuid: 'u1', timestamp: '2026-11-22T10:00:05.000Z', model: 'qwen3-coder-plus', cwd: '/home/dev/app', gitBranch: 'main',
  usageMetadata: { promptTokenCount: 9000, candidatesTokenCount: 300, thoughtsTokenCount: 50, cachedContentTokenCount: 7000, totalTokenCount: 9350, ...usage }, ...change,
});

describe('qwen logs', () => {
  it('take the cached part out of the prompt, and add thoughts to the output', () => {
    assert.deepEqual(tellLines(qwenLogs, [line()]).responses, [{
      id: 'u1', at: Date.parse('2026-11-22T10:00:05Z'), model: 'qwen3-coder-plus', project: '/home/dev/app', branch: 'main', session: 's1',
      input: 2000, cacheRead: 7000, cacheWrite5m: 0, cacheWrite1h: 0, output: 350, reasoning: 50, tier: null, costMicros: null,
    }]);
  });

  it('leave thoughts in the output where the total says that they are in it, as with vendors of OpenAI\'s protocol', () => {
    const outputs = [{ totalTokenCount: 9300 }, { totalTokenCount: 9350 }, { totalTokenCount: undefined }, { totalTokenCount: 0 }].map(usage => tellLines(qwenLogs, [line({}, usage)]).responses.map(({ output, reasoning }) => [output, reasoning]));
    assert.deepEqual(outputs, [[[300, 50]], [[350, 50]], [[350, 50]], [[350, 50]]]);
  });

  it('tell nothing in lines of other kinds, or that used nothing', () => {
    const nothing = { promptTokenCount: 0, candidatesTokenCount: 0, thoughtsTokenCount: 0, cachedContentTokenCount: 0 };
    const { responses, damagedCount } = tellLines(qwenLogs, [line({ type: 'system' }), line({ type: 'user' }), line({}, nothing), { type: 'assistant', uuid: 'u2' }]);
    assert.deepEqual([responses, damagedCount], [[], 0]);
  });

  it('take broken ones for damaged, and nothing of them', () => {
    for (const bad of [line({ timestamp: null }), line({}, { promptTokenCount: -1 }), line({}, { thoughtsTokenCount: 'x' })]) {
      const { responses, damagedCount } = tellLines(qwenLogs, [bad]);
      assert.deepEqual([responses, damagedCount], [[], 1]);
    }
  });

  it('give a line without an id one that its copies have too', () => {
    const ids = tellLines(qwenLogs, [line({ uuid: undefined }), line({ uuid: undefined }), line({ uuid: undefined, timestamp: '2026-11-22T10:00:06.000Z' })]).responses.map(({ id }) => id);
    assert.deepEqual([ids[0] === ids[1], ids[1] === ids[2]], [true, false]);
  });

  it('of older versions, which have the form of Gemini CLI\'s, are counted too', async () => {
    const home = new TestHome();
    try {
      const message = { id: 'm1', timestamp: '2026-11-22T10:00:05.000Z', type: 'gemini', model: 'qwen3-coder-plus', tokens: { input: 18_234, output: 512, cached: 15_000, thoughts: 220, tool: 0, total: 18_966 } };
      home.write('.qwen/tmp/0b3c/chats/session-2025-09-01.json', JSON.stringify({ sessionId: 's0', messages: [message, { id: 'm0', type: 'user' }] }));
      home.write('.qwen/tmp/0b3c/chats/checkpoint.json', JSON.stringify({ sessionId: 's1', messages: [message] }));
      home.write('.qwen/tmp/0b3c/logs.json', JSON.stringify({ sessionId: 's2', messages: [message] }));
      home.lines('.qwen/projects/p/chats/a.jsonl', JSON.stringify(line()));
      assert.deepEqual(total((await home.scan(qwen)).report), { input: 5234, cacheRead: 22_000, cacheWrite: 0, output: 1082, reasoning: 270, requests: 2 });
    } finally {
      home.remove();
    }
  });

  it('R36: lie below the home of any name on any system', () => {
    assert.deepEqual(qwenLogs.roots({ home: 'C:\\Users\\Żółć', platform: 'win32', env: {} }, undefined), ['C:\\Users\\Żółć/.qwen/projects', 'C:\\Users\\Żółć/.qwen/tmp']);
    assert.deepEqual(['p/chats/a.jsonl', 'p/a.jsonl', 'p/chats/a.json'].map(file => formatOf(qwenLogs, 'lines').matches(file)), [true, false, false]);
    assert.deepEqual(['p', 'p/chats', 'p/files'].map(folder => qwenLogs.enters?.(folder)), [true, true, false]);
  });

  it('R1: come to the same totals in any order, cut anywhere and copied', async () => {
    const lines = [1, 2, 3, 4].map(n => line({ uuid: `u${n}` }, { candidatesTokenCount: n }));
    await holdsInAnyOrder(qwen, [growing('.qwen/projects/p/chats/a.jsonl', lines), growing('.qwen/projects/q/chats/b.jsonl', lines.slice(2).reverse())], { output: 210, input: 8000, requests: 4 });
  });
});
