/** Responses of late with their exact times, which rows do not know. */
import assert from 'node:assert/strict';
import { PriceTable } from '../../../src/core/pricing';
import { LogStore } from '../../../src/engine/logs/logStore';
import { claude } from '../../../src/providers/claude';
import { codex } from '../../../src/providers/codex';
import { claudeLine, codexLine, TestHome } from './rig';

const prices = new PriceTable({ source: 't', date: null, models: [{ names: ['claude-sonnet-4-5'], lists: [{ from: null, input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6 }] }] });
const log = '.claude/projects/p/a.jsonl';
const at = (clock: string, day = 31): string => `2026-10-${day}T${clock}Z`;

describe('responses of late', () => {
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());
  const scanned = async (): Promise<readonly unknown[]> => (await home.scan(claude, { stateDir: home.stateDir, prices })).recent().map(({ at: time, output }) => [new Date(time).toISOString().slice(8, 23), output]);

  it('are told once each, in the order of their times, with all parts and their price', async () => {
    home.lines(log, claudeLine({ id: '2', at: at('10:07:03.456'), output: 2 }), claudeLine({ id: '1', at: at('10:02:01.001'), input: 10, read: 1000, write: 100, oneHour: 60, output: 100 }), claudeLine({ id: '2', at: at('10:06:00.000'), output: 7 }));
    const { recent } = await home.scan(claude, { prices });
    assert.deepEqual(recent()[0], { at: Date.parse(at('10:02:01.001')), input: 10, output: 100, cacheRead: 1000, cacheWrite: 100, costMicros: 30 + 300 + 150 + 360 + 1500 });
    assert.deepEqual(recent().map(each => [new Date(each.at).toISOString().slice(11, 23), each.output]), [['10:02:01.001', 100], ['10:06:00.000', 7]]);
  });

  it('are those of the last twelve hours that the logs tell of', async () => {
    home.lines(log, claudeLine({ id: 'old', at: at('10:00:00.000') }), claudeLine({ id: 'edge', at: at('10:00:00.001') }), claudeLine({ id: 'new', at: at('22:00:00.000'), output: 3 }));
    assert.deepEqual(await scanned(), [['31T10:00:00.001', 100], ['31T22:00:00.000', 3]]);
  });

  for (const image of [false, true]) {
    it(`are known after a restart, from ${image ? 'an image' : 'the journal'}, and grow with their copies`, async () => {
      home.lines(log, claudeLine({ id: '1', at: at('10:02:01.001') }), claudeLine({ id: '2', at: at('10:05:00.000'), output: 1 }));
      const first = await scanned();
      if (image) {
        const { state } = new LogStore(home.stateDir).load();
        const store = new LogStore(home.stateDir);
        store.load();
        store.discard();
        store.save(state);
      }
      assert.deepEqual([first, await scanned()], [[['31T10:02:01.001', 100], ['31T10:05:00.000', 1]], first]);
      home.append(log, `${claudeLine({ id: '2', at: at('10:05:00.900'), output: 5 })}\n`);
      assert.deepEqual([await scanned(), await scanned()], [[['31T10:02:01.001', 100], ['31T10:05:00.000', 5]], [['31T10:02:01.001', 100], ['31T10:05:00.000', 5]]]);
      home.append(log, `${claudeLine({ id: '2', at: at('10:04:00.000'), output: 5 })}\n`);
      assert.deepEqual([await scanned(), await scanned()], [[['31T10:02:01.001', 100], ['31T10:04:00.000', 5]], [['31T10:02:01.001', 100], ['31T10:04:00.000', 5]]]);
    });
  }

  it('are none of a replay', async () => {
    const day = '.codex/sessions/2026/10/31';
    home.lines(`${day}/rollout-a.jsonl`, codexLine.meta(at('10:00:00')), codexLine.tokens(at('10:00:02'), [100, 0, 10, 0], null));
    home.lines(`${day}/rollout-b.jsonl`, codexLine.meta(at('11:00:00'), { id: 'child', forked_from_id: 'session-1' }), codexLine.tokens(at('10:00:02'), [100, 0, 10, 0], null));
    const { recent, report } = await home.scan(codex);
    assert.equal(recent().length, report.buckets.filter(({ requests }) => requests !== 0).length);
  });

  it('are few in memory, however many a first scan brings', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => claudeLine({ id: String(i), at: new Date(Date.UTC(2026, 0, 1) + i * 600_000).toISOString() }));
    home.lines(log, ...lines);
    assert.equal((await home.scan(claude)).recent().length, 72);
  });
});
