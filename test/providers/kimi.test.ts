import assert from 'node:assert/strict';
import { kimi, kimiLogs } from '../../src/providers/kimi';
import { JsLine } from '../../src/engine/logs/bytesJs';
import { fileAt, growing, holdsInAnyOrder, type Seen, seen } from './localRig';

const [cli, code] = kimiLogs.formats.map(format => (format.kind === 'lines' ? format : assert.fail(format.kind)));
const CLI_PATH = '/home/dev/.kimi/sessions/g/s1/wire.jsonl';
const CODE_PATH = '/home/dev/.kimi-code/sessions/w/s2/agents/main/wire.jsonl';

/** Tells a line that holds one of the markers. */
function read(format: typeof cli, path: string, text: string): Seen {
  const sink = seen();
  const { markers = [], fields = [] } = format ?? {};
  const line = markers.some(marker => text.includes(marker)) ? JsLine.parse(text, fields) : null;
  if (line !== null) format?.parser(undefined, fileAt(path)).line(line, sink);
  return sink;
}

const status = (change: object = {}, usage: object = {}): object => ({
  timestamp: 1795348700.42, message: { type: 'StatusUpdate', payload: { message_id: 'chatcmpl-1', token_usage: { input_other: 1562, output: 2463, input_cache_read: 30, input_cache_creation: 4, ...usage } } }, ...change,
});
const record = (change: object = {}, usage: object = {}): object => ({
  type: 'usage.record', model: 'kimi-code/kimi-for-coding', usage: { inputOther: 1163, output: 352, inputCacheRead: 22_272, inputCacheCreation: 0, ...usage }, usageScope: 'turn', time: 1795348700000, ...change,
});

describe('kimi logs', () => {
  it('of kimi-cli tell disjoint parts, seconds, and no model, with blanks in their JSON or without', () => {
    for (const text of [JSON.stringify(status()), JSON.stringify(status()).replaceAll('":', '": ').replaceAll(',"', ', "')]) {
      assert.deepEqual(read(cli, CLI_PATH, text).responses, [{
        id: 'chatcmpl-1', at: 1795348700420, model: 'unknown', project: null, branch: null, session: 's1',
        input: 1562, cacheRead: 30, cacheWrite5m: 4, cacheWrite1h: 0, output: 2463, reasoning: 0, tier: null, costMicros: null,
      }]);
    }
  });

  it('of Kimi Code tell disjoint parts, milliseconds and the model', () => {
    assert.deepEqual(read(code, CODE_PATH, JSON.stringify(record())).responses.map(({ at, model, session, input, cacheRead, output }) => [at, model, session, input, cacheRead, output]), [
      [1795348700000, 'kimi-code/kimi-for-coding', 's2', 1163, 22_272, 352],
    ]);
  });

  it('take odd lines for damaged, and others for none', () => {
    const told = (format: typeof cli, line: object): [number, number] => { const { responses, damagedCount } = read(format, CODE_PATH, JSON.stringify(line)); return [responses.length, damagedCount]; };
    for (const odd of [status({ timestamp: 'x' }), status({}, { output: -1 })]) assert.deepEqual(told(cli, odd), [0, 1]);
    for (const odd of [record({ time: null }), record({}, { inputOther: '3' })]) assert.deepEqual(told(code, odd), [0, 1]);
    assert.deepEqual(told(cli, { timestamp: 1795348700, message: { type: 'Other', payload: { token_usage: { output: 5 } } } }), [0, 0]);
    assert.deepEqual(told(code, record({ type: 'other', note: 'usage.record' })), [0, 0]);
  });

  it('R36: lie below the home of any name on any system', () => {
    assert.deepEqual(kimiLogs.roots({ home: 'C:\\Users\\李', platform: 'win32', env: { KIMI_CODE_HOME: 'E:\\kimi\\' } }, undefined), [
      'C:\\Users\\李/.kimi/sessions', 'E:\\kimi/sessions', 'E:\\kimi/.kimi-code/sessions', 'C:\\Users\\李/.kimi-code/sessions',
    ]);
    assert.deepEqual([cli?.matches('g/s1/wire.jsonl'), cli?.matches('w/s/agents/a/wire.jsonl'), code?.matches('w/s/agents/a/wire.jsonl'), cli?.matches('g/s1/context.jsonl')], [true, false, true, false]);
    assert.deepEqual(['g', 'g/s', 'g/s/agents', 'g/s/agents/a', 'g/s/files', 'g/s/agents/a/b'].map(folder => kimiLogs.enters?.(folder)), [true, true, true, true, false, false]);
  });

  it('R1: come to the same totals in any order, cut anywhere and copied', async () => {
    const [first, second] = [status(), status({ message: { type: 'StatusUpdate', payload: { message_id: 'chatcmpl-2', token_usage: { output: 7 } } } })];
    const records = [record(), record({ usageScope: 'session', time: 1795348700001 }), record({}, { output: 1 })];
    await holdsInAnyOrder(kimi, [
      growing('.kimi/sessions/g/s1/wire.jsonl', [first, first, second]), growing('.kimi/sessions/g/s1-copy/wire.jsonl', [second, first]),
      growing('.kimi-code/sessions/w/s2/agents/main/wire.jsonl', records), growing('.kimi-code/sessions/w/fork/agents/main/wire.jsonl', records.slice(1)),
    ], { output: 2463 + 7 + 352 + 352 + 1, requests: 5 });
  });
});
