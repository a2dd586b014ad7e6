/**
 * A process with an engine in it for the live bench: tells the tokens of today with each snapshot, and how long its timers kept it waiting.
 * Timers run fifty times as fast as a user's, so that what is measured takes minutes, and no work is left out.
 */
import { defaultEngineSettings } from '../../src/core/settings';
import { systemClock, type Clock } from '../../src/core/time';
import { Accounts } from '../../src/engine/accounts';
import { Engine } from '../../src/engine/engine';
import { watchFolder } from '../../src/engine/logs/logWatch';
import { makeParts } from '../../src/engine/parts';
import { providers } from '../../src/providers';
import type { LiveReport } from './logsLive';

const [home = '', storageDir = '', assetsDir = ''] = process.argv.slice(2);
const FASTER = 50;
const settings = { ...defaultEngineSettings, scanThreads: 1, intervalMinutes: 1440 };

let waitedMs = 0;
const clock: Clock = {
  now: () => systemClock.now(),
  after: (delayMs, task) => {
    const ms = delayMs / FASTER;
    return systemClock.after(ms, () => {
      waitedMs += ms;
      task();
    });
  },
};

async function main(): Promise<void> {
  const machine = { home, platform: process.platform, env: {} };
  const engine = new Engine({
    ...await makeParts(assetsDir, settings, machine), machine, storageDir, settings, providers, clock, random: Math.random, watch: watchFolder, receiver: null,
    accounts: new Accounts(null, [{ id: 'a', providerId: 'claude', alias: 'Claude', options: {}, createdAt: 0 }]),
    guard: () => undefined, secret: () => Promise.resolve(null),
    tell: (name, data) => {
      if (name !== 'snapshot') return;
      const { accounts: [account] } = data as ReturnType<Engine['snapshot']>;
      const { user, system } = process.cpuUsage();
      const report: LiveReport = { tokens: account?.today?.tokens ?? 0, done: account?.refreshing === false && account.unread === null, waitedMs, cpuMicros: user + system };
      process.send?.(report);
    },
  });
  process.on('message', () => { waitedMs = 0; });
  process.once('disconnect', () => {
    engine.dispose();
    process.exit(0);
  });
}

void main();
