/** Telemetry with several windows: whoever owns the engine receives it, and nobody else. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { systemClock } from '../../../src/core/time';
import { findOwner } from '../../../src/engine/place';
import { claim, type Owned } from '../../../src/engine/ownership';
import { Receiver } from '../../../src/engine/otlp/receiver';
import { useRig } from '../../support/engineRig';
import { Profile } from '../../support/profile';
import { useTempDir } from '../../support/tempDir';
import { claudeEvent, post, toJson } from './sent';

describe('telemetry of many windows', function () {
  this.timeout(30_000);
  const dir = useTempDir();
  const rig = useRig();
  let profile: Profile;
  let receivers: Receiver[];
  let port: number;
  let storageDir: string;
  beforeEach(async () => {
    receivers = [];
    storageDir = path.join(dir(), 'storage');
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => free.once('listening', resolve));
    ({ port } = free.address() as AddressInfo);
    await new Promise(resolve => free.close(resolve));
    profile = new Profile({
      storageDir, clock: rig().clock, settings: { otlpPort: port },
      startEngine: (settings, more) => {
        const receiver = new Receiver({ dir: path.join(storageDir, 'otlp'), clock: systemClock, guard: more.guard, log: () => undefined });
        receivers.push(receiver);
        return rig().start(storageDir, [], [], settings, { ...more, receiver });
      },
    });
  });
  afterEach(() => profile.close());

  const send = (id: string) => post(port, '/v1/logs', { 'content-type': 'application/json', 'x-token': readFileSync(`${storageDir}/otlp/token`, 'utf8') }, toJson('logs', 'claude-code', [claudeEvent(id)]));
  const kept = (): string => {
    const folder = `${storageDir}/otlp/claude-telemetry`;
    return readdirSync(folder).map(name => readFileSync(path.join(folder, name), 'utf8')).join('');
  };

  it('is received by the next window, with the same token, when the one that received it closes', async () => {
    const first = await profile.served();
    const second = await profile.served();
    await profile.until('it listens', () => receivers[0]?.port === port);
    assert.equal(receivers.length, 1);
    assert.equal((await send('r1')).status, 200);
    await first.client.stop();
    await profile.until('the other one listens', () => receivers[1]?.port === port);
    assert.equal(second.state(), 'running');
    assert.equal(receivers[0]?.port, null);
    assert.equal((await send('r2')).status, 200);
    assert.match(kept(), /"r1".*\n.*"r2"/);
  });

  it('is neither written down nor received any more where another process has taken over', async function () {
    if (process.platform === 'win32') this.skip(); // there, who hangs cannot be replaced
    const first = await profile.served();
    await profile.until('it listens', () => receivers[0]?.port === port);
    await send('r1');
    const owner = await findOwner(storageDir);
    owner?.socket?.destroy();
    const other = await claim(storageDir, { onWindow: socket => void socket.on('error', () => undefined).end(), depose: owner?.generation ?? null }) as Owned;
    assert.equal(other.kind, 'owner');
    assert.equal((await send('r2')).status, 503);
    await profile.until('it has left', () => receivers[0]?.port === null);
    assert.doesNotMatch(kept(), /"r2"/);
    await assert.rejects(send('r3'), { code: 'ECONNREFUSED' });
    first.client.dispose();
    other.release();
  });
});
