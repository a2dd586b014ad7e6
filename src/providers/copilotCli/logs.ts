import { toolFolders } from '../folders';
import type { LogSource } from '../logSource';
import { desktopSessions } from './desktop';
import { eventLog } from './eventLog';
import { sessionStore } from './sessionStore';

export const copilotCliLogs: LogSource = {
  roots: (machine, home) => toolFolders(machine, home, { env: ['COPILOT_HOME'], below: ['.copilot'] })
    .flatMap(folder => ['session-store.db', 'session-state', 'data.db'].map(name => `${folder}/${name}`)),
  enters: path => !path.includes('/'),
  formats: [sessionStore, eventLog, desktopSessions],
};
