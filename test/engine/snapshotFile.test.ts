import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { STORED_SNAPSHOT } from '../../src/core/glance';
import { parseStored } from '../../src/core/storedSnapshot';
import { MINUTE_MS } from '../../src/core/time';
import { useBrokenDisk } from '../support/brokenDisk';
import { useRig } from '../support/engineRig';
import { account, fakeProvider } from '../support/readings';
import { useTempDir } from '../support/tempDir';

describe('the file of the last snapshot', () => {
  const rig = useRig();
  const dir = useTempDir();
  const disk = useBrokenDisk();
  const file = () => path.join(dir(), STORED_SNAPSHOT);
  const stored = () => parseStored(readFileSync(file(), 'utf8'), rig().clock.now());

  async function start() {
    rig().secrets.set('a', 'sk-canary-0123456789');
    const engine = await rig().start(dir(), [fakeProvider()], [account('a')]);
    await rig().clock.advance(10_000);
    return engine;
  }

  it('has what is shown soon after the first reading, and no secret', async () => {
    await start();
    assert.equal(stored()?.accounts[0]?.meters[0]?.used, 42);
    assert.doesNotMatch(readFileSync(file(), 'utf8'), /canary/);
  });

  it('is written seldom while nothing but values change', async () => {
    await start();
    let writes = 0;
    for (let minute = 0, seen = statSync(file()).ino; minute < 120; minute++) {
      await rig().clock.advance(MINUTE_MS);
      if (statSync(file()).ino !== seen) writes++;
      seen = statSync(file()).ino;
    }
    assert.ok(writes >= 3 && writes <= 4, `${writes} in two hours`);
  });

  it('is written at the end, and tells nothing of an account that was removed', async () => {
    const engine = await start();
    const madeAt = stored()?.madeAt ?? 0;
    await rig().clock.advance(5 * MINUTE_MS);
    engine.dispose();
    assert.ok((stored()?.madeAt ?? 0) > madeAt);
    const again = await start();
    await again.remove({ accountId: 'a', forget: false });
    await rig().clock.advance(1_000);
    assert.equal(existsSync(file()), false);
  });

  it('does not stop anything where it cannot be written, and says so in the log', async () => {
    disk.breakAfter(0, 'ENOSPC');
    await start();
    assert.match(rig().events.log.map(({ message }) => message).join('\n'), /last snapshot could not be kept/);
    assert.equal(rig().events.snapshot.at(-1)?.accounts[0]?.meters[0]?.used, 42);
  });
});
