/**
 * A session of Cline's command line: ~/.cline/data/sessions/<id>/<id>.messages.json, written anew with every change. Each answer has
 * its `metrics`. Known from readers of these files only. Units: `cost` in
 * US dollars; Anthropic's input has no cached tokens in it; the others' may.
 */
import { namesOf } from '../folders';
import { count, type DocumentFormat, isJson, type Json, moment, text } from '../logSource';
import { idOf, tell, type ToldTokens } from '../told';

export const clineSessions: DocumentFormat = {
  kind: 'document',
  matches: path => /^([^/]+)\/\1\.messages\.json$/.test(path),
  read: (document, _, file, emit) => {
    const messages = isJson(document) ? document['messages'] : document;
    if (!Array.isArray(messages)) return emit.damaged();
    const session = namesOf(file.path).at(-2) ?? '';
    for (const message of messages as readonly unknown[]) {
      if (!isJson(message) || message['role'] !== 'assistant' || !isJson(message['metrics'])) continue;
      const [at, info] = [moment(message['ts']), isJson(message['modelInfo']) ? message['modelInfo'] : {}];
      const metrics = message['metrics'];
      tell(emit, { id: idOf(session, text(message['id']) ?? at), at, model: text(info['id']), session, cost: metrics['cost'], tokens: tokensOf(metrics, info) });
    }
  },
};

function tokensOf(metrics: Json, info: Json): ToldTokens {
  const [told, output, cacheRead, cacheWrite] =
    [count(metrics['inputTokens']), count(metrics['outputTokens']), count(metrics['cacheReadTokens']), count(metrics['cacheWriteTokens'])];
  const cached = cacheRead + cacheWrite;
  const within = info['provider'] !== 'anthropic' && cached <= told;
  return { input: within ? told - cached : told, output, cacheRead, cacheWrite };
}
