/**
 * OpenCode and its kin, which keep messages in the same form: Kilo Code CLI and MiMo Code.
 * Source: local-logs facts B6, read 2026-11-23. Files below <data>/<tool>: <tool>.db and <tool>-<channel>.db, SQLite databases with a row
 * for each message, which is written while it grows, or the file that OPENCODE_DB names; before OpenCode 1.2, storage/message/<session>/msg_*.json, some of which stay.
 * Units:  parts are disjoint; `reasoning` comes on top of `output`, but lies in it where `total` shows that. `cost` is US dollars; 0 means a subscription, or not known.
 */
import { dataFolders, trimmed } from '../folders';
import { localTool } from '../localTool';
import { type DocumentFormat, isJson, text } from '../logSource';
import type { Machine, Provider } from '../provider';
import { messageDatabase } from './database';
import { tellMessage } from './message';

const messageFile: DocumentFormat = {
  kind: 'document',
  matches: path => /^storage\/message\/[^/]+\/msg_[^/]+\.json$/.test(path),
  read: (document, state, file, emit) => {
    if (!isJson(document)) {
      emit.damaged();
      return state;
    }
    const place = { id: text(document['id']) ?? file.path, session: text(document['sessionID']), project: null, wasOpen: state === 'open', modifiedAt: file.modifiedAt };
    return tellMessage(document, place, emit);
  },
};

interface Kin { readonly id: string; readonly name: string; /** Of its folder, and of its environment variable that names it. */ readonly folder: string; readonly env: string; readonly database: string; /** Names a database of another name. */ readonly databaseEnv?: string }

const kin = ({ id, name, folder, env, database, databaseEnv }: Kin): Provider => localTool({
  id, name, summary: 'Tokens, and what they cost or would cost at list prices',
  reads: `Token counts, costs, models, times and folders in the databases and messages of ~/.local/share/${folder}`,
  logs: {
    roots: (machine, home) => {
      const folders = dataFolders(machine, home, folder, { env: [env] });
      return [...folders, ...(home === undefined && databaseEnv !== undefined ? namedDatabase(machine, databaseEnv, folders) : [])];
    },
    enters: path => /^storage(\/message(\/[^/]+)?)?$/.test(path),
    formats: [
      // Of a file that the user named himself the name tells nothing; of others <tool>.db, and <tool>-<channel>.db beside it.
      messageDatabase(path => /^[^/]+\.(db|sqlite3?)$/.test(path) && (databaseEnv !== undefined || path === `${database}.db` || path.startsWith(`${database}-`))),
      messageFile,
    ],
  },
});

/** The file that a variable names: absolute, or in the data folder. */
function namedDatabase({ env }: Machine, variable: string, folders: readonly string[]): readonly string[] {
  const told = trimmed(env[variable] ?? '');
  if (told === '' || told === ':memory:') return [];
  return /^([\\/]|[A-Za-z]:)/.test(told) ? [told] : folders.map(folder => `${folder}/${told}`);
}

export const openCode = kin({ id: 'opencode', name: 'OpenCode', folder: 'opencode', env: 'OPENCODE_DATA_DIR', database: 'opencode', databaseEnv: 'OPENCODE_DB' });
export const kilo = kin({ id: 'kilo', name: 'Kilo Code CLI', folder: 'kilo', env: 'KILO_DATA_DIR', database: 'kilo' });
export const mimo = kin({ id: 'mimo', name: 'MiMo Code', folder: 'mimocode', env: 'MIMOCODE_DATA_DIR', database: 'mimocode' });
