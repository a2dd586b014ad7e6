/** Seeds are told on failure. How much real time goes by is not up to them, so that one may have to be tried more than once. */
import path from 'node:path';
import { seeded } from '../support/seeded';
import { useTempDir } from '../support/tempDir';
import { WindowsWorld } from '../support/windowsWorld';

const FIRST_SEED = Number(process.env['QUOTA_MONITOR_SEED'] ?? 1);
const SEEDS = Number(process.env['QUOTA_MONITOR_SEEDS'] ?? 3);
const ACTIONS = Number(process.env['QUOTA_MONITOR_ACTIONS'] ?? 40);

describe('many windows, by chance', function () {
  this.timeout(120_000);
  const dir = useTempDir();

  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    it(`lose no account and no poll, break no floor, and warn once, in whatever order they come, go, hang and die (seed ${seed})`, async () => {
      const world = new WindowsWorld(seeded(seed), path.join(dir(), 'storage'));
      await world.begin();
      try {
        for (let n = 0; n < ACTIONS; n++) {
          await world.act();
          await world.pass(world.pick([0, 0, 10, 100, 1_000, 15_000]) ?? 0);
        }
        await world.end();
        world.check();
        await world.close();
      } catch (error) {
        console.error(`seed ${seed}: ${String(error)}\n  ${world.story.join('\n  ')}`);
        throw error;
      } finally {
        for (const { client } of world.windows) client.dispose();
      }
    });
  }
});
