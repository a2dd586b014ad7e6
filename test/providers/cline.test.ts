import assert from 'node:assert/strict';
import { cline, kiloCode, roo } from '../../src/providers/cline';
import type { LogSource } from '../../src/providers/logSource';
import { TestHome, total } from '../engine/logs/rig';
import { fileAt, holdsInAnyOrder, type Seen, seen } from './localRig';

const sourceOf = ({ logs }: { readonly logs?: LogSource }): LogSource => logs ?? assert.fail('no logs');
const [tasks, sessions] = sourceOf(cline).formats.map(format => (format.kind === 'document' ? format : assert.fail(format.kind)));
const read = (document: unknown, near: Record<string, string> = {}, path = '/u/tasks/1795/ui_messages.json'): Seen => {
  const sink = seen();
  (path.endsWith('ui_messages.json') ? tasks : sessions)?.read(document, undefined, fileAt(path, near), sink);
  return sink;
};

const figures = { tokensIn: 8121, tokensOut: 402, cacheWrites: 0, cacheReads: 7680, cost: 0.0182, apiProtocol: 'anthropic' };
const request = (change: object = {}, told: object | null = figures): object =>
  ({ ts: 1795348700123, type: 'say', say: 'api_req_started', text: JSON.stringify({ request: 'x'.repeat(2000), ...told }), ...change });

describe('cline tasks', () => {
  it('take Anthropic\'s input for what no cache had, and the cost as the extension tells it', () => {
    assert.deepEqual(read([{ ts: 1, type: 'say', say: 'text', text: 'hi' }, request({ modelInfo: { providerId: 'a', modelId: 'claude-opus-5' } })]).responses, [{
      id: '1795 1795348700123', at: 1795348700123, model: 'claude-opus-5', project: null, branch: null, session: '1795',
      input: 8121, cacheRead: 7680, cacheWrite5m: 0, cacheWrite1h: 0, output: 402, reasoning: 0, tier: null, costMicros: 18_200,
    }]);
  });

  it('take the cached part out of OpenAI\'s input where it can lie in it', () => {
    const parts = (told: object): number[] => read([request({}, { ...figures, ...told })]).responses.flatMap(({ input, cacheRead, cacheWrite5m }) => [input, cacheRead, cacheWrite5m]);
    assert.deepEqual(parts({ apiProtocol: 'openai', cacheWrites: 41 }), [400, 7680, 41]);
    assert.deepEqual(parts({ apiProtocol: 'openai', cacheReads: 9000 }), [8121, 9000, 0]);
    assert.deepEqual(parts({ apiProtocol: undefined }), [8121, 7680, 0]);
  });

  it('tell no cost of 0 for tokens', () => assert.deepEqual(read([request({}, { ...figures, cost: 0 })]).responses.map(({ costMicros }) => costMicros), [null]));

  it('know the model from what lies near the task, else not at all', () => {
    const models = (near: Record<string, string>, ...times: number[]): string[] => read(times.map(ts => request({ ts })), near).responses.map(({ model }) => model);
    const history = { 'api_conversation_history.json': JSON.stringify([{ content: [{ text: '<model>claude-opus-5</model> and then <model>qwen/qwen3:free</model> <model>{name}</model>' }] }]) };
    const changes = JSON.stringify({ model_usage: [{ ts: 1795348800000, model_id: 'later' }, { ts: 1795348600000, model_id: 'first' }, { ts: 'x', model_id: 3 }, null] });
    assert.deepEqual(models({}, 1795348700123), ['unknown']);
    assert.deepEqual(models(history, 1795348700123), ['qwen/qwen3:free']);
    assert.deepEqual(models({ ...history, 'task_metadata.json': changes }, 1795348500000, 1795348700123, 1795348800000), ['first', 'first', 'later']);
    for (const odd of ['{', '[]', '{"model_usage":{}}']) assert.deepEqual(models({ ...history, 'task_metadata.json': odd }, 1795348700123), ['qwen/qwen3:free']);
  });

  it('take times in milliseconds and in ISO 8601', () => {
    assert.deepEqual(read([request({ ts: '2026-11-22T12:38:20.123Z' })]).responses.map(({ id, at }) => [id, at]), [[`1795 ${Date.UTC(2026, 10, 22, 12, 38, 20, 123)}`, Date.UTC(2026, 10, 22, 12, 38, 20, 123)]]);
  });

  it('count nothing of requests without figures, and take odd ones for damaged', () => {
    for (const empty of [request({}, null), request({ text: 'words' }), request({ text: undefined }), request({ say: 'api_req_finished' }), null, 3]) {
      const { responses, damagedCount } = read([empty]);
      assert.deepEqual([responses, damagedCount], [[], 0], JSON.stringify(empty));
    }
    for (const odd of [request({ ts: 'x' }), request({}, { ...figures, tokensIn: -1 }), request({}, { ...figures, cacheReads: '12' })]) {
      const { responses, damagedCount } = read([odd]);
      assert.deepEqual([responses, damagedCount], [[], 1], JSON.stringify(odd));
    }
    assert.equal(read({}).damagedCount, 1);
  });

  it('R1: come to the same totals in any order, filled in later, copied and written anew', async () => {
    const steps = [[request({}, null)], [request(), request({ ts: 1795348700999 }, null)], [request(), request({ ts: 1795348700999 })], [request({ ts: 1795348700999 })]].map(value => JSON.stringify(value));
    await holdsInAnyOrder(cline, [
      { file: '.config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1795/ui_messages.json', steps: ['[{', ...steps] },
      { file: '.vscode-server/data/User/globalStorage/saoudrizwan.claude-dev/tasks/1795/ui_messages.json', steps: steps.slice(0, 3) },
    ], { input: 2 * 8121, cacheRead: 2 * 7680, output: 804, requests: 2 });
  });

  it('R36: lie in the storage of every editor of the family, on every system, below homes of any name', () => {
    const roots = (home: string, platform: string, env: Record<string, string> = {}, chosen?: string): readonly string[] => sourceOf(roo).roots({ home, platform, env }, chosen);
    const storage = 'User/globalStorage/rooveterinaryinc.roo-cline/tasks';
    assert.deepEqual(roots('C:\\Users\\Jörg', 'win32', { APPDATA: 'D:\\Profile\\Jörg\\AppData\\Roaming' }).slice(0, 2), [`D:\\Profile\\Jörg\\AppData\\Roaming/Code/${storage}`, `D:\\Profile\\Jörg\\AppData\\Roaming/Code - Insiders/${storage}`]);
    assert.ok(roots('C:\\Users\\Jörg', 'win32').includes(`C:\\Users\\Jörg/AppData/Roaming/VSCodium/${storage}`));
    assert.ok(roots('/Users/Zoë', 'darwin').includes(`/Users/Zoë/Library/Application Support/Cursor/${storage}`));
    assert.ok(roots('/home/dev', 'linux', { XDG_CONFIG_HOME: '/cfg' }).includes(`/cfg/Windsurf/${storage}`));
    assert.ok(roots('/home/dev', 'linux', { VSCODE_PORTABLE: '/opt/code/data' }).includes(`/opt/code/data/user-data/${storage}`));
    for (const server of ['.vscode-server', '.vscode-server-insiders', '.cursor-server', '.vscodium-server']) assert.ok(roots('/home/dev', 'linux').includes(`/home/dev/${server}/data/${storage}`));
    const chosen = roots('/home/dev', 'linux', {}, '/mnt/c/Users/Ünal/AppData/Roaming/Code/User');
    assert.ok(chosen.includes(`/mnt/c/Users/Ünal/AppData/Roaming/Code/${storage}`) && !chosen.some(root => root.startsWith('/home/dev')));
  });

  it('are those of each extension by itself', async () => {
    const home = new TestHome();
    try {
      for (const [i, folder] of ['saoudrizwan.claude-dev', 'rooveterinaryinc.roo-cline', 'kilocode.kilo-code'].entries()) {
        home.write(`.config/Code/User/globalStorage/${folder}/tasks/t/ui_messages.json`, JSON.stringify([request({}, { ...figures, tokensOut: i + 1 })]));
        home.write(`.config/Code/User/globalStorage/${folder}/tasks/t/checkpoints/x/ui_messages.json`, JSON.stringify([request({ ts: 1795348700999 })]));
      }
      assert.deepEqual(['t', 't/checkpoints'].map(folder => sourceOf(roo).enters?.(folder)), [true, false]);
      assert.deepEqual(await Promise.all([cline, roo, kiloCode].map(async tool => total((await home.scan(tool)).report).output)), [1, 2, 3]);
    } finally {
      home.remove();
    }
  });
});

describe('cline sessions of the command line', () => {
  const path = '/home/dev/.cline/data/sessions/s1/s1.messages.json';
  const answer = (change: object = {}, metrics: object = {}): object => ({
    id: 'm1', role: 'assistant', ts: 1795348700123, modelInfo: { id: 'claude-opus-5', provider: 'anthropic' },
    metrics: { inputTokens: 100, outputTokens: 20, cacheReadTokens: 60, cacheWriteTokens: 10, cost: 0.5, ...metrics }, ...change,
  });

  it('count each answer, and take the cached part out of the input, where it can lie in it', () => {
    const { responses } = read({ version: 1, messages: [{ role: 'user', metrics: {} }, answer(), answer({ id: 'm2', modelInfo: { id: 'gpt-5.6', provider: 'openai' } }, { inputTokens: 69 }), { role: 'assistant' }] }, {}, path);
    assert.deepEqual(responses.map(({ id, model, input, cacheRead, cacheWrite5m, output, costMicros }) => [id, model, input, cacheRead, cacheWrite5m, output, costMicros]), [
      ['s1 m1', 'claude-opus-5', 30, 60, 10, 20, 500_000], ['s1 m2', 'gpt-5.6', 69, 60, 10, 20, 500_000],
    ]);
  });

  it('count sub-agents, which lie beside their parent, to its session, and what they copied of it once', async () => {
    const home = new TestHome();
    try {
      home.write('.cline/data/sessions/s1/s1.messages.json', JSON.stringify({ messages: [answer()] }));
      home.write('.cline/data/sessions/s1/agent_x.messages.json', JSON.stringify({ messages: [answer(), answer({ id: 'm2' }, { outputTokens: 3 })] }));
      home.write('.cline/data/sessions/s1/agent_x__task.messages.json', JSON.stringify({ messages: [answer({ id: 'm3' }, { outputTokens: 4 })] }));
      assert.deepEqual(total((await home.scan(cline)).report), { input: 90, cacheRead: 180, cacheWrite: 30, output: 27, reasoning: 0, requests: 3 });
    } finally {
      home.remove();
    }
  });

  it('take odd ones for damaged', () => {
    assert.deepEqual([read({ messages: [answer({ ts: 'x' }), answer({}, { inputTokens: -1 })] }, {}, path).damagedCount, read({}, {}, path).damagedCount], [2, 1]);
  });

  it('are looked for where the environment says', () => {
    const { roots } = sourceOf(cline);
    const found = roots({ home: '/home/dev', platform: 'linux', env: { CLINE_SESSION_DATA_DIR: '/a', CLINE_DATA_DIR: '/b', CLINE_DIR: '/c' } }, undefined).filter(root => !root.includes('globalStorage'));
    assert.deepEqual(found, ['/a', '/b/sessions', '/c/data/sessions', '/c/.cline/data/sessions', '/home/dev/.cline/data/sessions']);
    assert.deepEqual(['s1/s1.messages.json', 's1/s1.json', 's1.messages.json'].map(file => sessions?.matches(file)), [true, false, false]);
  });
});
