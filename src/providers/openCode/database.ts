import { type DatabaseFormat, type LogTables, text } from '../logSource';
import { newRows } from '../newRows';
import { tellMessage } from './message';

const MESSAGES = { name: 'message', id: 'id', columns: ['id', 'session_id', 'data'] } as const;
/** Sub-agents of sub-agents are rare; a circle is none. */
const MAX_PARENTS = 8;

/** @param matches as of DatabaseFormat. */
export const messageDatabase = (matches: DatabaseFormat['matches']): DatabaseFormat => ({
  kind: 'database',
  matches,
  read: (tables, state, file, emit) => {
    const places = new Map<string, { readonly session: string; readonly project: string | null }>();
    return newRows(tables, MESSAGES, state, (row, wasOpen) => {
      const session = text(row.session_id);
      let message: unknown;
      try {
        message = JSON.parse(typeof row.data === 'string' ? row.data : '');
      } catch {
        emit.damaged();
        return 'done';
      }
      let place = session === null ? null : places.get(session) ?? null;
      if (place === null && session !== null) places.set(session, place = placeOf(tables, session));
      return tellMessage(message, { id: String(row.id), session: place?.session ?? null, project: place?.project ?? null, wasOpen, modifiedAt: file.modifiedAt }, emit);
    });
  },
});

/** A sub-agent's session counts as that of its parent. */
function placeOf(tables: LogTables, id: string): { readonly session: string; readonly project: string | null } {
  let [session, project]: [string, string | null] = [id, null];
  for (let i = 0; i < MAX_PARENTS; i++) {
    const row = tables.row('session', ['directory', 'parent_id'], { column: 'id', text: session });
    project ??= text(row?.directory);
    const parent = text(row?.parent_id);
    if (parent === null) break;
    session = parent;
  }
  return { session, project };
}
