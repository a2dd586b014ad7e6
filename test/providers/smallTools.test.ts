/** Tools whose logs need little: Continue, Grok Build, Aider, Amp, Auggie. */
import assert from 'node:assert/strict';
import { aider, aiderLogs } from '../../src/providers/aider';
import { amp, ampLogs } from '../../src/providers/amp';
import { auggie, auggieLogs } from '../../src/providers/auggie';
import { continueDev, continueLogs } from '../../src/providers/continueDev';
import { grok, grokLogs } from '../../src/providers/grok';
import type { LogSource } from '../../src/providers/logSource';
import { someFile, TestHome, total } from '../engine/logs/rig';
import { fileAt, formatOf, growing, holdsInAnyOrder, tellDocument, tellLines } from './localRig';

const at = Date.parse('2026-11-22T10:00:05Z');
const rest = { project: null, branch: null, session: null, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, reasoning: 0, tier: null, costMicros: null };
const rootsOn = (source: LogSource, env: Record<string, string> = {}, chosen?: string): readonly string[] => source.roots({ home: 'C:\\Users\\Jörg', platform: 'win32', env }, chosen);

describe('continue logs', () => {
  const line = (change: object = {}): object => ({ timestamp: '2026-11-22T10:00:05.000Z', model: 'qwen3', provider: 'ollama', promptTokens: 900, generatedTokens: 120, ...change });

  it('R7: tell tokens, as estimates of the tool itself', async () => {
    assert.deepEqual(tellLines(continueLogs, [line()]).responses, [{ ...rest, id: `${at} qwen3 900 120`, at, model: 'qwen3', input: 900, output: 120 }]);
    const home = new TestHome();
    try {
      home.lines('.continue/dev_data/0.2.0/tokensGenerated.jsonl', JSON.stringify(line()));
      home.lines('.continue/dev_data/0.1.0/tokensGenerated.jsonl', JSON.stringify(line({ promptTokens: 1 })));
      home.lines('.continue/dev_data/0.2.0/chatInteraction.jsonl', JSON.stringify(line({ promptTokens: 2 })));
      const { report } = await home.scan(continueDev);
      assert.deepEqual([report.tokenProvenance, total(report).input], ['estimated', 900]);
    } finally {
      home.remove();
    }
  });

  it('take odd ones for damaged', () => {
    for (const odd of [line({ timestamp: 5 }), line({ promptTokens: -3 }), line({ generatedTokens: 'x' })]) assert.equal(tellLines(continueLogs, [odd]).damagedCount, 1);
  });

  it('R36: lie below the home of any name, or where the environment says', () => {
    assert.deepEqual(rootsOn(continueLogs, { CONTINUE_GLOBAL_DIR: 'E:\\c' }), ['E:\\c/dev_data/0.2.0', 'E:\\c/.continue/dev_data/0.2.0', 'C:\\Users\\Jörg/.continue/dev_data/0.2.0']);
  });

  it('R1: come to the same totals in any order', async () => {
    const lines = [line(), line({ timestamp: '2026-11-22T10:00:06.000Z' }), line({ generatedTokens: 1 })];
    await holdsInAnyOrder(continueDev, [growing('.continue/dev_data/0.2.0/tokensGenerated.jsonl', lines)], { input: 2700, output: 241, requests: 3 });
  });
});

describe('grok logs', () => {
  const done = (pid: number, change: object = {}, ctx: object = {}): object => ({
    ts: '2026-11-22T10:00:05.000Z', src: 'shell', pid, sid: 's1', msg: 'shell.turn.inference_done', ctx: { prompt_tokens: 1000, cached_prompt_tokens: 900, completion_tokens: 50, reasoning_tokens: 20, ...ctx }, ...change,
  });
  const changed = (pid: number, model: unknown): object => ({ ts: '2026-11-22T10:00:00Z', pid, msg: 'model changed', ctx: { model } });

  it('take the cached part out of the prompt, and the model from the same process', () => {
    assert.deepEqual(tellLines(grokLogs, [changed(1, 'grok-5'), changed(2, 'grok-5-fast'), done(1), done(2), done(3), changed(1, 'grok-6'), done(1), changed(1, null), done(1)]).responses.map(({ model }) => model), [
      'grok-5', 'grok-5-fast', 'unknown', 'grok-6', 'unknown',
    ]);
    assert.deepEqual(tellLines(grokLogs, [done(1)]).responses, [{ ...rest, id: '2026-11-22T10:00:05.000Z p1 1000 900 50', at, model: 'unknown', session: 's1', input: 100, cacheRead: 900, output: 50, reasoning: 20 }]);
  });

  it('remember the models of the last hundred processes', () => {
    const many = Array.from({ length: 150 }, (_, i) => changed(i, `m${i}`));
    assert.deepEqual(tellLines(grokLogs, [...many, done(49), done(50), done(149)]).responses.map(({ model }) => model), ['unknown', 'm50', 'm149']);
  });

  it('tell nothing of other messages, and take odd ones for damaged', () => {
    const { responses, damagedCount } = tellLines(grokLogs, [{ msg: 'other', note: 'shell.turn.inference_done' }, { msg: 'the model changed' }]);
    assert.deepEqual([responses, damagedCount], [[], 0]);
    for (const odd of [done(1, { ts: 3 }), done(1, {}, { prompt_tokens: -1 })]) assert.equal(tellLines(grokLogs, [odd]).damagedCount, 1);
    assert.deepEqual(tellLines(grokLogs, [done(1, { pid: { toString: {} } })]).responses.map(({ model, output }) => [model, output]), [['unknown', 50]]);
  });

  it('R48: stay counted when the log begins anew, and R36: lie below any home', async () => {
    assert.deepEqual(rootsOn(grokLogs), ['C:\\Users\\Jörg/.grok/logs']);
    const [first, second] = [[changed(1, 'grok-5'), done(1), done(1, { ts: '2026-11-22T10:00:06Z' })], [done(1, { ts: '2026-11-22T11:00:06Z' })]].map(lines => growing('', lines, 2).steps);
    await holdsInAnyOrder(grok, [{ file: '.grok/logs/unified.jsonl', steps: second ?? [] }], { requests: 1 });
    const home = new TestHome();
    try {
      for (const content of [first?.at(-1), second?.at(-1)]) {
        home.write('.grok/logs/unified.jsonl', content ?? '');
        await home.scan(grok, { stateDir: home.stateDir });
      }
      assert.equal(total((await home.scan(grok, { stateDir: home.stateDir })).report).requests, 3);
    } finally {
      home.remove();
    }
  });
});

describe('aider logs', () => {
  const sent = (change: object = {}, properties: object = {}): object =>
    ({ event: 'message_send', properties: { main_model: 'claude-opus-5', prompt_tokens: 12_000, completion_tokens: 1100, cost: 0.05, total_cost: 0.31, ...properties }, time: 1795341605, ...change });

  it('tell tokens and the cost of a message, with blanks in their JSON or without', () => {
    for (const line of [JSON.stringify(sent()), JSON.stringify(sent()).replaceAll('":', '": ')]) {
      assert.deepEqual(tellLines(aiderLogs, [line]).responses, [{ ...rest, id: '1795341605000 claude-opus-5 12000 1100 0.05', at: 1795341605000, model: 'claude-opus-5', input: 12_000, output: 1100, costMicros: 50_000 }]);
    }
    assert.deepEqual(tellLines(aiderLogs, [sent({ event: 'launched', note: 'message_send' })]).responses, []);
    for (const odd of [sent({ time: 'x' }), sent({}, { prompt_tokens: -1 })]) assert.equal(tellLines(aiderLogs, [odd]).damagedCount, 1);
  });

  it('are looked for only where they are named: a file, or those in a folder', async () => {
    assert.deepEqual([rootsOn(aiderLogs), rootsOn(aiderLogs, { AIDER_ANALYTICS_LOG: 'C:\\Users\\Jörg\\a.jsonl' }), rootsOn(aiderLogs, { AIDER_ANALYTICS_LOG: '/a' }, '/b/')], [[], ['C:\\Users\\Jörg\\a.jsonl'], ['/b']]);
    const home = new TestHome();
    try {
      const file = home.lines('aider.jsonl', JSON.stringify(sent()));
      home.lines('other.jsonl', JSON.stringify(sent({ time: 1795341606 })));
      home.lines('deep/other.jsonl', JSON.stringify(sent({ time: 1795341607 })));
      const requests = async (named: string): Promise<number> => total((await home.scan({ ...aider, logs: { ...aiderLogs, roots: machine => aiderLogs.roots(machine, named) } })).report).requests;
      assert.deepEqual([await requests(file), await requests(home.dir), aiderLogs.enters?.('deep')], [1, 2, false]);
    } finally {
      home.remove();
    }
  });
});

describe('amp threads', () => {
  const thread = (events: readonly unknown[], messages: readonly unknown[] = []): object => ({ id: 'T-1', messages, usageLedger: { events } });
  const event = (change: object = {}): object => ({ id: 'e1', timestamp: '2026-11-22T10:00:05.000Z', model: 'claude-opus-5', credits: 3.2, tokens: { input: 10, output: 20, total: 30 }, operationType: 'inference', toMessageId: 4, ...change });
  const message = (messageId: unknown): object => ({ messageId, role: 'assistant', usage: { model: 'claude-opus-5', inputTokens: 10, outputTokens: 20, cacheCreationInputTokens: 5, cacheReadInputTokens: 7 } });
  const file = fileAt('/home/dev/.local/share/amp/threads/T-1.json');

  it('tell tokens of each event, the cached parts from the message it led to, and take credits for no money', () => {
    assert.deepEqual(tellDocument(ampLogs, thread([event()], [message('4'), { role: 'user' }]), file).responses, [
      { ...rest, id: 'T-1 e1', at, model: 'claude-opus-5', session: 'T-1', input: 10, cacheRead: 7, cacheWrite5m: 5, output: 20 },
    ]);
  });

  it('give the cached parts of a message to one event alone, and none to one that leads nowhere', () => {
    const read = (events: readonly object[], messages: readonly unknown[]): number[] => tellDocument(ampLogs, thread(events, messages), file).responses.map(({ cacheRead }) => cacheRead);
    assert.deepEqual(read([event(), event({ id: 'e2' })], [message(4)]), [7, 0]);
    assert.deepEqual(read([event({ toMessageId: undefined })], [message(undefined), message(null)]), [0]);
  });

  it('take odd ones for damaged, and tell nothing of threads without a ledger', () => {
    assert.deepEqual([[], thread([event({ timestamp: 3 })]), thread([event({ tokens: { input: -1 } })])].map(odd => tellDocument(ampLogs, odd, file).damagedCount), [1, 1, 1]);
    for (const odd of [{}, { usageLedger: { events: {} } }, thread([null, 3, {}])]) assert.deepEqual(tellDocument(ampLogs, odd, file).responses, []);
  });

  it('R1, R36: come to the same totals in any order, wherever they lie', async () => {
    assert.deepEqual(rootsOn(ampLogs, { AMP_DATA_DIR: 'E:\\amp', XDG_DATA_HOME: 'E:\\x' }), ['E:\\x/amp/threads', 'E:\\amp/threads', 'E:\\amp/.local/share/amp/threads', 'C:\\Users\\Jörg/.local/share/amp/threads']);
    assert.deepEqual(['T-1.json', 'x.json', 'T-1.json.bak'].map(path => formatOf(ampLogs, 'document').matches(path)), [true, false, false]);
    const steps = [[event()], [event({ id: 'e2' })], [event(), event({ id: 'e2' })]].map(events => JSON.stringify(thread(events)));
    await holdsInAnyOrder(amp, [{ file: '.local/share/amp/threads/T-1.json', steps }], { output: 40, requests: 2 });
  });
});

describe('auggie sessions', () => {
  const usage = (change: object = {}): object => ({ id: 1, token_usage: { input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 7, cache_creation_input_tokens: 5, ...change } });
  const turn = (change: object = {}, nodes: readonly unknown[] = [{ id: 0 }, usage()]): object => ({ exchange: { model_id: 'claude-opus-5', response_nodes: nodes }, completed: true, sequenceId: 3, finishedAt: '2026-11-22T10:00:05.000Z', ...change });
  const file = fileAt('/home/dev/.augment/sessions/s1.json');
  const read = (...history: readonly unknown[]): ReturnType<typeof tellDocument> => tellDocument(auggieLogs, { sessionId: 's1', chatHistory: history }, file);

  it('tell tokens of each request of an exchange', () => {
    assert.deepEqual(read(turn({}, [usage(), { id: 9 }, usage({ output_tokens: 2 })])).responses, [
      { ...rest, id: 's1 3 0', at, model: 'claude-opus-5', session: 's1', input: 10, cacheRead: 7, cacheWrite5m: 5, output: 20 },
      { ...rest, id: 's1 3 1', at, model: 'claude-opus-5', session: 's1', input: 10, cacheRead: 7, cacheWrite5m: 5, output: 2 },
    ]);
  });

  it('take the time of the file, and the place in the session, where an exchange has none', () => {
    assert.deepEqual(read(null, turn({ finishedAt: undefined, sequenceId: undefined })).responses.map(({ id, at: time }) => [id, time]), [['s1 1 0', someFile.modifiedAt]]);
  });

  it('take odd ones for damaged, and tell nothing of those without usage', () => {
    assert.deepEqual([tellDocument(auggieLogs, [], file).damagedCount, read(turn({}, [usage({ input_tokens: -1 })])).damagedCount], [1, 1]);
    assert.deepEqual([...read({}, turn({}, [{}]), turn({ exchange: null }), turn({ exchange: { response_nodes: {} } }), 7).responses, ...tellDocument(auggieLogs, {}, file).responses], []);
  });

  it('R1, R36: come to the same totals in any order, wherever they lie', async () => {
    assert.deepEqual(rootsOn(auggieLogs), ['C:\\Users\\Jörg/.augment/sessions']);
    const steps = [[turn()], [turn(), turn({ sequenceId: 4 })]].map(chatHistory => JSON.stringify({ chatHistory }));
    await holdsInAnyOrder(auggie, [{ file: '.augment/sessions/s1.json', steps: ['{"chat', ...steps] }, { file: '.augment/sessions/s2.json', steps: steps.slice(0, 1) }], { output: 60, requests: 3 });
  });
});
