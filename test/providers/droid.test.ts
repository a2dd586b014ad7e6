import assert from 'node:assert/strict';
import { droid, droidLogs } from '../../src/providers/droid';
import { someFile, TestHome, total } from '../engine/logs/rig';
import { fileAt, formatOf, holdsInAnyOrder, tellDocument } from './localRig';

const settings = (usage: object = {}, change: object = {}): object => ({
  model: 'custom:claude-opus-5', providerLock: 'anthropic', providerLockTimestamp: '2026-11-22T09:00:00Z',
  tokenUsage: { inputTokens: 1200, outputTokens: 800, cacheCreationTokens: 5000, cacheReadTokens: 90_000, thinkingTokens: 300, ...usage }, ...change,
});
const file = fileAt('/home/dev/.factory/sessions/-home-dev-app/s1.settings.json');

describe('droid sessions', () => {
  it('tell all that a session has used so far, at the time of the file', () => {
    assert.deepEqual(tellDocument(droidLogs, settings(), file).totals, [{
      id: 's1', at: someFile.modifiedAt, model: 'claude-opus-5', project: null, branch: null, session: 's1',
      input: 1200, cacheRead: 90_000, cacheWrite5m: 5000, cacheWrite1h: 0, output: 800, reasoning: 300, tier: null, costMicros: null,
    }]);
  });

  it('tell nothing of settings without usage, and take odd ones for damaged', () => {
    for (const empty of [{}, { tokenUsage: null }, settings({ inputTokens: 0, outputTokens: 0, cacheCreationTokens: 0, cacheReadTokens: 0, thinkingTokens: 0 })]) {
      const { totals, damagedCount } = tellDocument(droidLogs, empty, file);
      assert.deepEqual([totals, damagedCount], [[], 0]);
    }
    assert.deepEqual([[], settings({ inputTokens: -1 }), settings({ outputTokens: '8' })].map(odd => tellDocument(droidLogs, odd, file).damagedCount), [1, 1, 1]);
  });

  it('R4: count what a session rose by, and nothing of totals that fall; of requests they know nothing', async () => {
    const home = new TestHome();
    try {
      const output = async (outputTokens: number): Promise<number> => {
        home.write('.factory/sessions/p/s1.settings.json', JSON.stringify(settings({ outputTokens })));
        return total((await home.scan(droid, { stateDir: home.stateDir })).report).output;
      };
      const scanner = home.scanner(droid);
      await output(1);
      assert.deepEqual((await scanner.scan()).report.buckets.map(({ requests }) => requests), [null]);
      assert.equal(scanner.counted?.countsRequests, false);
      assert.deepEqual([await output(800), await output(950), await output(20), await output(1000)], [800, 950, 950, 1000]);
    } finally {
      home.remove();
    }
  });

  it('R36: lie below the home of any name on any system', () => {
    assert.deepEqual(droidLogs.roots({ home: 'C:\\Users\\Ağa', platform: 'win32', env: { DROID_SESSIONS_DIR: 'D:\\s' } }, undefined), ['D:\\s', 'C:\\Users\\Ağa/.factory/sessions']);
    assert.deepEqual(['p/s1.settings.json', 's1.settings.json', 'p/s1.jsonl', 'settings.json'].map(path => formatOf(droidLogs, 'document').matches(path)), [true, true, false, false]);
  });

  it('R3: come to the same totals in any order, moved, copied and written anew', async () => {
    const steps = [[1, 100], [2, 500], [3, 400], [3, 800]].map(([outputTokens, cacheReadTokens]) => JSON.stringify(settings({ outputTokens, cacheReadTokens })));
    await holdsInAnyOrder(droid, [
      { file: '.factory/sessions/p/s1.settings.json', steps: ['{', ...steps] }, { file: '.factory/sessions/q/s1.settings.json', steps: steps.slice(1, 3) },
      { file: '.factory/sessions/p/s2.settings.json', steps: steps.slice(0, 2) },
    ], { input: 2400, output: 5, cacheRead: 1300, cacheWrite: 10_000, reasoning: 5 });
  });
});
