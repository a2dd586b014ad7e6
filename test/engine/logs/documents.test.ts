/** Logs that are one JSON value each, written anew with every change. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { claude } from '../../../src/providers/claude';
import { isJson, text } from '../../../src/providers/logSource';
import type { Provider } from '../../../src/providers/provider';
import { TestHome, total } from './rig';

/** A tool that keeps each session as {"n": output tokens} in <id>.json, and its model beside it. */
const tool: Provider = {
  ...claude,
  logs: {
    roots: ({ home }) => [`${home}/tool`],
    formats: [{
      kind: 'document',
      matches: file => file.endsWith('.json'),
      read: (document, state, file, emit) => {
        const output = isJson(document) && typeof document['n'] === 'number' ? document['n'] : null;
        if (output === null) {
          emit.damaged();
          return state;
        }
        const seen = typeof state === 'number' ? state : 0;
        emit.response({
          id: `${path.basename(file.path)} ${seen}`, at: file.modifiedAt, model: text(file.near('../model.txt', 10)) ?? 'unknown', project: null, branch: null, session: null,
          input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: output - seen, reasoning: 0, tier: null, costMicros: null,
        });
        return output;
      },
    }],
  },
};

describe('logs that are documents', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());
  const output = async (): Promise<number> => total((await home.scan(tool, { stateDir: home.stateDir })).report).output;

  it('are read past a mark of the byte order', async () => {
    home.write('tool/a.json', '\uFEFF{"n": 5}');
    assert.equal(await output(), 5);
  });

  it('are read again when they change, from what was remembered of them', async () => {
    home.write('tool/a.json', '{"n":5}');
    assert.equal(await output(), 5);
    assert.equal(await output(), 5);
    home.write('tool/a.json', '{"n":50}');
    assert.equal(await output(), 50);
  });

  it('may know small files near them, and no large ones', async () => {
    home.write('model.txt', 'm');
    home.write('tool/a.json', '{"n":5}');
    assert.deepEqual((await home.scan(tool)).report.buckets.map(({ model }) => model), ['m']);
    home.write('model.txt', 'a-long-model-name');
    assert.deepEqual((await home.scan(tool)).report.buckets.map(({ model }) => model), ['unknown']);
  });

  it('keep what they told when they are damaged later, which is told', async () => {
    const file = home.write('tool/a.json', '{"n":5}');
    assert.equal(await output(), 5);
    for (const damaged of ['{"n":50', '[]', '']) {
      fs.writeFileSync(file, damaged);
      const { report, notes } = await home.scan(tool, { stateDir: home.stateDir });
      assert.deepEqual([total(report).output, notes], [5, ['1 damaged line or file not counted.']]);
    }
    fs.writeFileSync(file, '{"n":60}');
    assert.equal(await output(), 60);
  });

  it('are read again where a scan was stopped amid one', async () => {
    home.write('tool/a.json', `{"n":5,"x":"${'x'.repeat(5_000_000)}"}`);
    const abort = new AbortController();
    await assert.rejects(home.scan(tool, { stateDir: home.stateDir, signal: abort.signal, onProgress: () => abort.abort(new Error('enough')) }), /enough/);
    assert.equal(await output(), 5);
  });

  it('are passed over above 64 MB', async () => {
    const file = home.write('tool/a.json', '{"n":5}');
    fs.truncateSync(file, 64 * 1024 * 1024 + 1);
    const { report, notes } = await home.scan(tool);
    assert.deepEqual([total(report).output, notes], [0, ['1 line or file above 64 MB: not counted.']]);
  });

  it('are looked for only in folders that may hold them', async () => {
    const { logs } = tool;
    assert.ok(logs);
    home.write('tool/a/chats/a.json', '{"n":5}');
    home.write('tool/a/files/deep/b.json', '{"n":7}');
    fs.symlinkSync(path.join(home.dir, 'tool/a/files/deep'), path.join(home.dir, 'tool/a/chats/link'));
    const asked: string[] = [];
    const narrow = { ...tool, logs: { ...logs, enters: (folder: string) => { asked.push(folder); return !/files|link/.test(folder); } } };
    assert.equal(total((await home.scan(narrow)).report).output, 5);
    assert.deepEqual(asked.sort(), ['a', 'a/chats', 'a/chats/link', 'a/files']);
  });

  it('may be a root themselves', async () => {
    const { logs } = tool;
    assert.ok(logs);
    const file = home.write('alone/a.json', '{"n":5}');
    home.write('alone/b.json', '{"n":7}');
    const single = { ...tool, logs: { ...logs, roots: () => [file, path.join(home.dir, 'alone/gone.json')] } };
    assert.equal(total((await home.scan(single, { stateDir: home.stateDir })).report).output, 5);
    fs.rmSync(file);
    await assert.rejects(home.scan(single, { stateDir: home.stateDir }), { kind: 'unreadable' });
  });

  it('R7: are told as estimated where the tool itself guesses', async () => {
    const { logs } = tool;
    assert.ok(logs);
    home.write('tool/a.json', '{"n":5}');
    assert.equal((await home.scan(tool)).report.tokenProvenance, 'measured');
    assert.equal((await home.scan({ ...tool, logs: { ...logs, tokenProvenance: 'estimated' } })).report.tokenProvenance, 'estimated');
  });

  it('are not taken packed', async () => {
    home.write('tool/a.json.zst', '{"n":5}');
    assert.equal(await output(), 0);
  });
});
