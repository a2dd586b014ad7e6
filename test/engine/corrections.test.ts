import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../src/core/time';
import { Corrections } from '../../src/engine/corrections';
import { claude } from '../../src/providers/claude';
import { readsEnded, useRig } from '../support/engineRig';
import { account } from '../support/readings';
import { useTempDir } from '../support/tempDir';
import { claudeLine, TestHome } from './logs/rig';

describe('corrections', () => {
  const dir = useTempDir();
  const rig = useRig();
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());

  it('R14: are shown where logs, counted anew without their index, tell fewer tokens of a day than before', async () => {
    const at = new Date(rig().clock.now() - HOUR_MS).toISOString();
    const [a, b] = ['a', 'b'].map(name => home.lines(`.claude/projects/p/${name}.jsonl`, claudeLine({ id: name, output: 1000, at })));
    assert.ok(a !== undefined && b !== undefined);
    const notes = async (): Promise<readonly string[]> => {
      const engine = await rig().start(dir(), [claude], [account('a', { providerId: 'claude', options: { home: home.dir } })]);
      await engine.refresh(null);
      await rig().clock.advance(60 * SECOND_MS);
      await readsEnded(engine);
      const [shown] = engine.snapshot().accounts;
      engine.dispose();
      return shown?.notes.filter(note => note.startsWith('Corrected')) ?? [];
    };
    assert.deepEqual(await notes(), []);
    rmSync(b);
    assert.deepEqual(await notes(), [], 'what was counted stays');
    rmSync(path.join(dir(), 'logs'), { recursive: true });
    assert.deepEqual(await notes(), [`Corrected, tokens counted are fewer than shown before: ${at.slice(0, 10)} (UTC) by 1,010. Logs were counted anew.`]);
  });

  it('name three days and count the rest, and are told for a day', () => {
    const corrections = new Corrections();
    corrections.note('a', [5, 4, 3, 2, 1].map(day => ({ day: `2026-10-0${day}`, tokens: day * 1e6 })), 0);
    corrections.note('a', [], 1);
    corrections.note('a', [{ day: '2026-10-09', tokens: 1 }], HOUR_MS);
    assert.deepEqual(corrections.of('a', DAY_MS - 1).map(text => text.slice(55)), [
      '2026-10-09 (UTC) by 1. Logs were counted anew.',
      '2026-10-05 (UTC) by 5,000,000, 2026-10-04 (UTC) by 4,000,000, 2026-10-03 (UTC) by 3,000,000, and 2 more days. Logs were counted anew.',
    ]);
    assert.deepEqual([corrections.of('a', DAY_MS).length, corrections.of('b', 0)], [1, []]);
    corrections.forget('a');
    assert.deepEqual(corrections.of('a', 0), []);
  });
});
