import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { DAY_MS, MINUTE_MS } from '../../src/core/time';
import type { Engine } from '../../src/engine/engine';
import { claude } from '../../src/providers/claude';
import { readsEnded, useRig } from '../support/engineRig';
import { account } from '../support/readings';
import { useTempDir } from '../support/tempDir';
import { claudeLine, TestHome } from './logs/rig';

describe('logs that their tool deletes', () => {
  const dir = useTempDir();
  const rig = useRig();
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());

  const log = (daysAgo: number): string => `.claude/projects/-home-dev-app/${daysAgo}.jsonl`;
  const write = (daysAgo: number): void => {
    home.lines(log(daysAgo), claudeLine({ id: `msg_${daysAgo}`, at: new Date(rig().clock.now() - daysAgo * DAY_MS).toISOString(), input: 0, output: daysAgo }));
  };
  const start = (): Promise<Engine> => rig().start(dir(), [claude], [account('a', { providerId: 'claude' })], {}, { machine: home.machine });
  async function told(engine: Engine): Promise<readonly (number | null)[]> {
    await rig().clock.advance(2 * MINUTE_MS);
    await engine.refresh(null);
    await readsEnded(engine);
    return engine.usage({ days: 90 }).rows.map(({ tokens }) => tokens);
  }

  it('R48: stay in the history, as the rest goes on, over restarts and without the index of the logs', async () => {
    for (const daysAgo of [70, 40, 1]) write(daysAgo);
    let engine = await start();
    assert.deepEqual(await told(engine), [70, 40, 1]);
    for (const daysAgo of [70, 40]) rmSync(path.join(home.dir, log(daysAgo)));
    write(2);
    assert.deepEqual(await told(engine), [70, 40, 2, 1]);
    engine.dispose();
    engine = await start();
    assert.deepEqual(await told(engine), [70, 40, 2, 1]);
    engine.dispose();
    rmSync(path.join(dir(), 'logs'), { recursive: true });
    engine = await start();
    assert.deepEqual(await told(engine), [70, 40, 2, 1]);
    rmSync(path.join(home.dir, '.claude'), { recursive: true });
    assert.deepEqual(await told(engine), [70, 40, 2, 1]);
  });
});
