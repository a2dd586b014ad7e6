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

  it('are passed over above 64 MB', async () => {
    const file = home.write('tool/a.json', '{"n":5}');
    fs.truncateSync(file, 64 * 1024 * 1024 + 1);
    const { report, notes } = await home.scan(tool);
    assert.deepEqual([total(report).output, notes], [0, ['1 line or file above 64 MB: not counted.']]);
  });

  it('are not taken packed', async () => {
    home.write('tool/a.json.zst', '{"n":5}');
    assert.equal(await output(), 0);
  });
});
