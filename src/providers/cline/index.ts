/**
 * Cline, Roo Code and Kilo Code (while it was of that family): extensions that keep each task in a folder of the editor's storage;
 * Cline also has a command line. Source: local-logs facts B7, read 2026-11-23; see tasks.ts and sessions.ts.
 */
import { editorFolders, toolFolders, trimmed } from '../folders';
import { localTool } from '../localTool';
import type { LogSource } from '../logSource';
import type { Machine, Provider } from '../provider';
import { clineSessions } from './sessions';
import { extensionTasks } from './tasks';

const CLINE = 'saoudrizwan.claude-dev';

export const cline = extension('cline', 'Cline', CLINE, {
  roots: (machine, home) => [...taskFolders(machine, home, CLINE), ...sessionFolders(machine, home)],
  enters: isTask,
  formats: [extensionTasks, clineSessions],
});
export const roo = extension('roo', 'Roo Code', 'rooveterinaryinc.roo-cline');
export const kiloCode = extension('kilo-code', 'Kilo Code', 'kilocode.kilo-code');

function extension(id: string, name: string, folder: string, logs?: LogSource): Provider {
  return localTool({
    id, name,
    summary: 'Experimental: tokens and what they would cost at list prices',
    reads: `Token counts, models and times of the tasks of ${name}, whose saved conversation is searched for the model's name, in the editor's storage (${folder})${id === 'cline' ? ' and in ~/.cline' : ''}`,
    logs: logs ?? { roots: (machine, home) => taskFolders(machine, home, folder), enters: isTask, formats: [extensionTasks] },
  });
}

/** Tasks and sessions are folders that hold their files themselves; what lies deeper, such as check-points, is none. */
function isTask(path: string): boolean {
  return !path.includes('/');
}

/** `home`: the extension's own folder, an editor's user folder, or a home that holds those. */
const taskFolders = (machine: Machine, home: string | undefined, folder: string): readonly string[] =>
  [...(home === undefined ? [] : [trimmed(home)]), ...editorFolders(machine, home).map(user => `${user}/globalStorage/${folder}`)].map(place => `${place}/tasks`);

/** Of the command line, most wanted first; of several that are there, each. */
function sessionFolders(machine: Machine, home: string | undefined): readonly string[] {
  const data = toolFolders(machine, home, { env: ['CLINE_DIR'], below: ['.cline'] }).map(folder => `${folder}/data/sessions`);
  if (home !== undefined) return data;
  const [sessions, all] = [trimmed(machine.env['CLINE_SESSION_DATA_DIR'] ?? ''), trimmed(machine.env['CLINE_DATA_DIR'] ?? '')];
  return [sessions, all && `${all}/sessions`, ...data].filter(folder => folder !== '');
}
