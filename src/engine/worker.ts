/** The engine's worker thread: waits for its window's settings, then runs. */
import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod/mini';
import { systemClock } from '../core/time';
import { providers } from '../providers';
import { Accounts } from './accounts';
import { portChannel } from './channel';
import { Engine } from './engine';
import { finishBegun } from './historyTools/unfinished';
import { loosen } from './history/loosen';
import { watchFolder } from './logs/logWatch';
import { Receiver } from './otlp/receiver';
import { makeParts, telemetryDir, thisMachine } from './parts';
import { Seat } from './seat';

const WorkerData = z.object({ storageDir: z.string().check(z.minLength(1)), depose: z.nullable(z.number()) });

if (parentPort === null) throw new Error('The engine runs in a worker thread.');
const port = parentPort;
const { storageDir, depose } = z.parse(WorkerData, workerData);

new Seat({
  channel: portChannel(port, () => port.close()),
  storageDir, depose,
  clock: systemClock,
  afterDeposing: loosen,
  makeEngine: async (settings, windows, guard) => {
    const dir = telemetryDir(storageDir);
    const machine = { ...thisMachine(), telemetryDir: dir };
    const left = await finishBegun(storageDir, guard);
    if (left !== null) windows.tell('log', { level: 'warn', message: left });
    return new Engine({
      ...await makeParts(__dirname, settings, machine),
      receiver: new Receiver({ dir, clock: systemClock, guard, log: (level, message) => windows.tell('log', { level, message }) }),
      machine, storageDir, settings, providers, accounts: new Accounts(storageDir, [], guard), clock: systemClock, random: Math.random, guard, watch: watchFolder,
      secret: accountId => windows.secret(accountId),
      tell: (name, data) => windows.tell(name, data),
    });
  },
});
