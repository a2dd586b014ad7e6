/**
 * A session of Cline, of its command line and of newer extensions: ~/.cline/data/sessions/<id>/<id>.messages.json, and beside it
 * <agent>.messages.json of each sub-agent, written anew with every change. Each answer has its `metrics`; copies keep its id.
 * Units: `cost` in US dollars; the input of every vendor has what was read from the cache, and written to it, in it (Cline's own
 * apps/vscode/src/sdk/message-translator.ts takes it out to show it).
 */
import { namesOf } from '../folders';
import { count, type DocumentFormat, isJson, type Json, moment, text } from '../logSource';
import { idOf, tell, type ToldTokens, withoutCached } from '../told';

export const clineSessions: DocumentFormat = {
  kind: 'document',
  matches: path => /^[^/]+\/[^/]+\.messages\.json$/.test(path),
  read: (document, _, file, emit) => {
    const messages = isJson(document) ? document['messages'] : document;
    if (!Array.isArray(messages)) return emit.damaged();
    const session = namesOf(file.path).at(-2) ?? '';
    for (const message of messages as readonly unknown[]) {
      if (!isJson(message) || message['role'] !== 'assistant' || !isJson(message['metrics'])) continue;
      const [at, info] = [moment(message['ts']), isJson(message['modelInfo']) ? message['modelInfo'] : {}];
      const metrics = message['metrics'];
      tell(emit, { id: idOf(session, text(message['id']) ?? at), at, model: text(info['id']), session, cost: metrics['cost'], tokens: tokensOf(metrics) });
    }
  },
};

function tokensOf(metrics: Json): ToldTokens {
  const [told, output, cacheRead, cacheWrite] =
    [count(metrics['inputTokens']), count(metrics['outputTokens']), count(metrics['cacheReadTokens']), count(metrics['cacheWriteTokens'])];
  return { input: withoutCached(told, cacheRead + cacheWrite), output, cacheRead, cacheWrite };
}
