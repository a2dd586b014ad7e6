import type { EngineHandlers } from '../windows';
import type { HistoryTools } from './historyTools';

export type ToolsService = Pick<
  EngineHandlers, 'exportHistory' | 'importHistory' | 'backup' | 'inspectBackup' | 'restore' | 'purgeList' | 'purge' | 'auditLog' | 'cancelTask'
>;

/** @param tools of the engine that runs; rejects with a sentence when there is none. */
export const toolsService = (tools: () => Promise<HistoryTools>): ToolsService => ({
  exportHistory: async params => (await tools()).export(params),
  importHistory: async params => (await tools()).import(params),
  backup: async params => (await tools()).backup(params),
  inspectBackup: async params => (await tools()).inspect(params),
  restore: async params => {
    await (await tools()).restore(params);
    return {};
  },
  purgeList: async () => (await tools()).purgeList(),
  purge: async params => (await tools()).purge(params),
  auditLog: async () => (await tools()).auditLog(),
  cancelTask: async ({ task }) => {
    (await tools()).cancel(task);
    return {};
  },
});
