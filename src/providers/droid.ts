/**
 * Factory's Droid: token counts from the settings that it keeps for each session.
 * Source: local-logs facts B9, read 2026-11-23. Files: <home>/.factory/sessions/**.settings.json, written anew with every change.
 * Units:  running totals of the session: what is new is counted when the file was written, so that all of a session which ended
 *         before the first look counts at its end. Whether `thinkingTokens` lie inside `outputTokens` is unsure: they are not added.
 */
import { namesOf, toolFolders } from './folders';
import { localTool } from './localTool';
import { count, isJson, type LogSource, moment, text } from './logSource';
import { tellRunning } from './told';

export const droidLogs: LogSource = {
  roots: (machine, home) => [
    ...[machine.env['DROID_SESSIONS_DIR'] ?? ''].filter(folder => home === undefined && folder !== ''),
    ...toolFolders(machine, home, { below: ['.factory'] }).map(folder => `${folder}/sessions`),
  ],
  countsRequests: false,
  formats: [{
    kind: 'document',
    matches: path => path.endsWith('.settings.json'),
    read: (document, _, file, emit) => {
      if (!isJson(document)) return emit.damaged();
      const usage = document['tokenUsage'];
      if (!isJson(usage)) return;
      const session = namesOf(file.path).at(-1)?.replace(/\.settings\.json$/, '') ?? '';
      tellRunning(emit, {
        id: session, at: moment(file.modifiedAt), model: text(document['model'])?.replace(/^custom:/, '') ?? null, session,
        tokens: {
          input: count(usage['inputTokens']), output: count(usage['outputTokens']), reasoning: count(usage['thinkingTokens']),
          cacheRead: count(usage['cacheReadTokens']), cacheWrite: count(usage['cacheCreationTokens']),
        },
      });
    },
  }],
};

export const droid = localTool({
  id: 'droid', name: 'Factory Droid', summary: 'Experimental: tokens and what they would cost at list prices, by the time a session was last seen to grow',
  reads: 'Token counts and models in the .settings.json files of ~/.factory/sessions', logs: droidLogs,
});
