/**
 * GitHub Copilot's chat in VS Code and its kin: token counts from the chat sessions that the editor keeps.
 * Source: local-logs facts B4.4, read 2026-11-23; see sessions.ts and request.ts. The editor's own settings and databases are not read.
 */
import { MINUTE_MS } from '../../core/time';
import { editorFolders } from '../folders';
import { localTool } from '../localTool';
import type { LogSource } from '../logSource';
import { deltaLogs, wholeSessions } from './sessions';

export const copilotChatLogs: LogSource = {
  roots: (machine, home) => editorFolders(machine, home).flatMap(user => [
    `${user}/workspaceStorage`, `${user}/globalStorage/emptyWindowChatSessions`, `${user}/globalStorage/github.copilot-chat/chatSessions`,
  ]),
  /** Every editor has a folder for its work spaces; that of the extension shows that there is something to see in them. */
  signs: (machine, home) => editorFolders(machine, home).map(user => `${user}/globalStorage/github.copilot-chat`),
  enters: path => /^[^/]+(\/(chatSessions|GitHub\.copilot-chat(\/chatSessions)?))?$/.test(path),
  tokenProvenance: 'estimated',
  formats: [wholeSessions, deltaLogs],
};

export const copilotChat = localTool({
  id: 'copilot-chat', name: 'Copilot Chat',
  summary: "Experimental: tokens of each request's last round; agents use more than that. Requests before 2026 tell none",
  reads: "Token counts, models, times and folders in VS Code's Copilot chat sessions",
  intervalMs: 5 * MINUTE_MS, // there may be thousands of work spaces to look through
  logs: copilotChatLogs,
});
