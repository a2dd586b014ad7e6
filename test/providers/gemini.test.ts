import assert from 'node:assert/strict';
import { gemini, geminiLogs } from '../../src/providers/gemini';
import { TestHome, total } from '../engine/logs/rig';
import { fileAt, formatOf, growing, holdsInAnyOrder, tellDocument, tellLines } from './localRig';

const header = { sessionId: 's1', projectHash: 'h', startTime: '2026-11-22T10:00:00.000Z', lastUpdated: '2026-11-22T10:00:00.000Z' };
const message = (change: object = {}, tokens: object = {}): object => ({
  id: 'm-42', timestamp: '2026-11-22T10:00:05.000Z', type: 'gemini', model: 'gemini-3-pro', content: '…',
  tokens: { input: 18_234, output: 512, cached: 15_000, thoughts: 220, tool: 0, total: 18_966, ...tokens }, ...change,
});
const chat = '/home/dev/.gemini/tmp/app/chats/session-1.jsonl';

describe('gemini logs', () => {
  it('take the cached part out of the input, and add thoughts to the output', () => {
    assert.deepEqual(tellLines(geminiLogs, [header, message()], fileAt(chat)).responses, [{
      id: 's1 m-42', at: Date.parse('2026-11-22T10:00:05Z'), model: 'gemini-3-pro', project: null, branch: null, session: 's1',
      input: 3234, cacheRead: 15_000, cacheWrite5m: 0, cacheWrite1h: 0, output: 732, reasoning: 220, tier: null, costMicros: null,
    }]);
  });

  it('count prompts of tools as input', () => {
    assert.deepEqual(tellLines(geminiLogs, [header, message({}, { tool: 66 })]).responses.map(({ input }) => input), [3300]);
  });

  it('count a message once however often it is written, and one that was rewound', async () => {
    const home = new TestHome();
    try {
      home.lines('.gemini/tmp/app/chats/session-1.jsonl', ...[
        header, { id: 'u', type: 'user', timestamp: '2026-11-22T10:00:04.000Z', content: 'x' }, message({ tokens: null }), message({}, { output: 3 }), message(),
        { $rewindTo: 'm-42' }, { $set: { lastUpdated: '2026-11-22T10:00:09.000Z' } }, message({ id: 'm-43' }, { output: 8 }), { $set: { messages: [message({ id: 'm-43' }, { output: 8 })] } },
      ].map(line => JSON.stringify(line)));
      const { output, requests } = total((await home.scan(gemini)).report);
      assert.deepEqual([output, requests], [732 + 228, 2]);
    } finally {
      home.remove();
    }
  });

  it('count a session once that lies there as a document and as the lines that it was made into', () => {
    const ids = [tellDocument(geminiLogs, { ...header, messages: [{ type: 'user' }, message(), message({ id: 'm-43' })] }), tellLines(geminiLogs, [header, message(), message({ id: 'm-43' })])]
      .map(({ responses }) => responses.map(({ id }) => id));
    assert.deepEqual(ids, [['s1 m-42', 's1 m-43'], ['s1 m-42', 's1 m-43']]);
  });

  it('count messages that are set as a whole, under the id that the session began with', () => {
    const { responses } = tellLines(geminiLogs, [header, { $set: { messages: [message(), message({ id: 'm-43' })] } }, { ...header, sessionId: 's2' }, message()]);
    assert.deepEqual(responses.map(({ id }) => id), ['s1 m-42', 's1 m-43', 's1 m-42']);
  });

  it('give a sub-agent its parent\'s session, and count it apart', () => {
    const { responses } = tellLines(geminiLogs, [{ ...header, sessionId: 'sub' }, message()], fileAt('/home/dev/.gemini/tmp/app/chats/s1/sub.jsonl'));
    assert.deepEqual(responses.map(({ id, session }) => [id, session]), [['sub m-42', 's1']]);
  });

  it('know the folder from the tool\'s own maps only', () => {
    const project = (path: string, near: Record<string, string>): (string | null)[] => tellLines(geminiLogs, [header, message()], fileAt(path, near)).responses.map(({ project }) => project);
    const map = JSON.stringify({ projects: { '/home/dev/Büro': 'app', '/else': 'other' } });
    assert.deepEqual(project(chat, { '../../../projects.json': map }), ['/home/dev/Büro']);
    assert.deepEqual(project('/x/tmp/app/chats/s1/sub.jsonl', { '../../../../projects.json': map }), ['/home/dev/Büro']);
    assert.deepEqual(project(chat, { '../.project_root': '/home/dev/app\n', '../../../projects.json': map }), ['/home/dev/app']);
    assert.deepEqual(project(chat.replace('app', 'd41d8cd9'), { '../../../projects.json': map }), [null]);
    for (const broken of ['{', '[]', '{"projects":[]}', '{"projects":{"/a":1}}']) assert.deepEqual(project(chat, { '../../../projects.json': broken }), [null]);
  });

  it('take broken ones for damaged, and nothing of them', () => {
    for (const bad of [message({ timestamp: 'soon' }), message({}, { input: -1 }), message({}, { output: '12' }), message({}, { cached: 1e12 })]) {
      const { responses, damagedCount } = tellLines(geminiLogs, [header, bad]);
      assert.deepEqual([responses, damagedCount], [[], 1]);
    }
    assert.equal(tellDocument(geminiLogs, []).damagedCount, 1);
    for (const odd of [{}, { messages: {} }, { messages: [null, 1, 'x', { tokens: 3 }] }]) assert.deepEqual(tellDocument(geminiLogs, odd).responses, []);
  });

  it('R36: lie below the home of any name on any system', () => {
    assert.deepEqual(geminiLogs.roots({ home: 'C:\\Users\\Jörg Müller', platform: 'win32', env: {} }, undefined)[0], 'C:\\Users\\Jörg Müller/.gemini/tmp');
    assert.deepEqual(geminiLogs.roots({ home: '/home/dev', platform: 'linux', env: { GEMINI_CLI_HOME: '/srv/g/' } }, undefined), [
      '/srv/g/tmp', '/srv/g/.gemini/tmp', '/home/dev/.gemini/tmp',
    ]);
    assert.deepEqual(geminiLogs.roots({ home: '/home/dev', platform: 'linux', env: {} }, '/mnt/c/Users/Ünal/.gemini'), ['/mnt/c/Users/Ünal/.gemini/tmp', '/mnt/c/Users/Ünal/.gemini/.gemini/tmp']);
  });

  it('are looked for in the folders of chats alone', () => {
    const taken = ['app/chats/session-1.jsonl', 'app/chats/s1/sub.jsonl', 'app/logs.json', 'app/chats/s1/x/y.jsonl'].map(file => formatOf(geminiLogs, 'lines').matches(file));
    assert.deepEqual(taken, [true, true, false, false]);
    assert.deepEqual(['app', 'app/chats', 'app/chats/s1', 'app/checkpoints', 'app/chats/s1/x'].map(folder => geminiLogs.enters?.(folder)), [true, true, true, false, false]);
  });

  it('R1: come to the same totals in any order, cut anywhere, copied and written anew', async () => {
    const messages = [message({}, { output: 1 }), message(), message({ id: 'm-43' }), message({ id: 'm-44' })];
    await holdsInAnyOrder(gemini, [
      growing('.gemini/tmp/app/chats/session-1.jsonl', [header, ...messages]),
      growing('.gemini/tmp/copy/chats/session-1.jsonl', [header, ...messages.slice(1)]),
      { file: '.gemini/tmp/app/chats/session-1.json', steps: ['{"sess', ...[1, 2, 1].map(n => JSON.stringify({ ...header, messages: messages.slice(0, n) }))] },
    ], { input: 3 * 3234, cacheRead: 45_000, output: 3 * 732, reasoning: 660, requests: 3 });
  });
});
