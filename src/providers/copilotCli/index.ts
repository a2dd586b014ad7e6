/** GitHub Copilot CLI: token counts from its own files, and nothing of what was written or answered. */
import { localTool } from '../localTool';
import { copilotCliLogs } from './logs';

export const copilotCli = localTool({
  id: 'copilot-cli', name: 'GitHub Copilot CLI', summary: 'Tokens and the AI credits that they cost',
  reads: 'Token counts, models, times, costs, folders and branches in ~/.copilot: session-store.db, data.db and session-state', logs: copilotCliLogs,
});
