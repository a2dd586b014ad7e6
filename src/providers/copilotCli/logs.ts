import { toolFolders } from '../folders';
import type { LogSource } from '../logSource';
import { sessionStore } from './sessionStore';

export const copilotCliLogs: LogSource = {
  roots: (machine, home) => toolFolders(machine, home, { env: ['COPILOT_HOME'], below: ['.copilot'] }).map(folder => `${folder}/session-store.db`),
  formats: [sessionStore],
};
