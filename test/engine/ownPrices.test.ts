import assert from 'node:assert/strict';
import { defaultEngineSettings } from '../../src/core/settings';
import { SECOND_MS } from '../../src/core/time';
import { claude } from '../../src/providers/claude';
import { readsEnded, useRig } from '../support/engineRig';
import { account } from '../support/readings';
import { useTempDir } from '../support/tempDir';
import { claudeLine, TestHome } from './logs/rig';

describe('prices of the user\'s own', () => {
  const dir = useTempDir();
  const rig = useRig();
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());

  it('R11: price what is shown as unpriced as soon as they are set, and no longer when they are taken back', async () => {
    home.lines('.claude/projects/p/a.jsonl', claudeLine({ id: '1', model: 'model-x', input: 100, output: 10, at: new Date(rig().clock.now()).toISOString() }));
    const engine = await rig().start(dir(), [claude], [account('a', { providerId: 'claude', options: { home: home.dir } })]);
    const figure = async () => {
      await engine.refresh(null);
      await rig().clock.advance(60 * SECOND_MS);
      await readsEnded(engine);
      const { today } = engine.snapshot().accounts[0]!;
      return [today?.costs, today?.unpriced];
    };
    const unpriced = [[], [{ model: 'model-x', tokens: 110 }]];
    assert.deepEqual(await figure(), unpriced);
    engine.configure({ ...defaultEngineSettings, prices: { 'model-x': { input: 2, output: 5 } } });
    assert.deepEqual(await figure(), [[{ micros: 250, currency: 'USD' }], []]);
    engine.configure({ ...defaultEngineSettings, modelAliases: { 'model-x': 'no-such' } });
    assert.deepEqual(await figure(), unpriced);
    assert.equal(engine.snapshot().priceDate, null);
  });
});
