import type { Engine } from './engine';
import { toolsService } from './historyTools/toolsService';
import type { EngineHandlers } from './windows';

/** What windows ask of the engine itself, beside what its seat answers. */
export type EngineService = Omit<EngineHandlers, 'hello' | 'ping' | 'focus' | 'configure' | 'alertShown' | 'stop'>;

/** @param engine waits for one that is being started; rejects with a sentence when there is none. */
export const serviceOf = (engine: () => Promise<Engine>): EngineService => ({
  snapshot: async () => (await engine()).snapshot(),
  refresh: async ({ accountId }) => {
    await (await engine()).refresh(accountId);
    return {};
  },
  stopLogs: async ({ accountIds }) => {
    (await engine()).stopLogs(accountIds);
    return {};
  },
  testAccount: async params => (await engine()).test(params),
  addAccount: async params => (await engine()).add(params),
  updateAccount: async params => (await engine()).update(params),
  keyChanged: async ({ accountId }) => {
    (await engine()).update({ accountId, changes: {}, credentialChanged: true }, false);
    return {};
  },
  removeAccount: async params => {
    await (await engine()).remove(params);
    return {};
  },
  detect: async () => (await engine()).detect(),
  usage: async params => (await engine()).usage(params),
  ...toolsService(async () => (await engine()).tools),
});
