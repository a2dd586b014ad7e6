/**
 * Auggie: token counts from its sessions.
 * Source: local-logs facts B21 in brief, and the forms that readers of these files expect, read 2026-11-23.
 * Files:  <home>/.augment/sessions/<id>.json, written anew with every change. An exchange is known by its number in the session,
 *         a request of it by its place among those that tell usage.
 * Units:  parts are disjoint. An exchange without a time of its own has ended when the file was last written.
 */
import { namesOf, toolFolders } from './folders';
import { localTool } from './localTool';
import { count, isJson, type Json, type LogFile, type LogSink, type LogSource, moment, text } from './logSource';
import { idOf, tell } from './told';

export const auggieLogs: LogSource = {
  roots: (machine, home) => toolFolders(machine, home, { below: ['.augment'] }).map(folder => `${folder}/sessions`),
  enters: () => false,
  formats: [{
    kind: 'document',
    matches: path => /^[^/]+\.json$/.test(path),
    read: (document, _, file, emit) => {
      if (!isJson(document)) return emit.damaged();
      const history: readonly unknown[] = Array.isArray(document['chatHistory']) ? document['chatHistory'] : [];
      for (const [place, turn] of history.entries()) if (isJson(turn) && isJson(turn['exchange'])) tellExchange(turn, turn['exchange'], place, file, emit);
    },
  }],
};

export const auggie = localTool({
  id: 'auggie', name: 'Auggie', summary: 'Experimental: tokens and what they would cost at list prices',
  reads: 'Token counts, models and times in ~/.augment/sessions', logs: auggieLogs,
});

function tellExchange(turn: Json, exchange: Json, place: number, file: LogFile, emit: LogSink): void {
  const session = namesOf(file.path).at(-1)?.replace(/\.json$/, '') ?? '';
  const nodes = Array.isArray(exchange['response_nodes']) ? (exchange['response_nodes'] as readonly unknown[]).filter(isJson) : [];
  const number = typeof turn['sequenceId'] === 'number' ? turn['sequenceId'] : place;
  const at = moment(turn['finishedAt']) ?? moment(file.modifiedAt);
  for (const [part, usage] of nodes.map(node => node['token_usage']).filter(isJson).entries()) {
    tell(emit, {
      id: idOf(session, number, part), at, model: text(exchange['model_id']), session,
      tokens: {
        input: count(usage['input_tokens']), output: count(usage['output_tokens']),
        cacheRead: count(usage['cache_read_input_tokens']), cacheWrite: count(usage['cache_creation_input_tokens']),
      },
    });
  }
}
