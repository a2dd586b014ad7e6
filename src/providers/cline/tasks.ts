/**
 * A task of an extension of this family: <extension>/tasks/<task>/ui_messages.json, an array that is written anew with every change.
 * A request is a message whose `text` is JSON in a string; its figures are filled in later. A message is known by its time.
 * Units: `cost` in US dollars, as the extension reckons it. `tokensIn` has no cached tokens in it where the vendor's protocol is Anthropic's; in OpenAI's it may: unsure.
 */
import { namesOf } from '../folders';
import { count, type DocumentFormat, isJson, type Json, type LogFile, type LogSink, moment, text } from '../logSource';
import { tell, type ToldTokens, withoutCached } from '../told';
import { type ModelAt, modelsOf } from './models';

export const extensionTasks: DocumentFormat = {
  kind: 'document',
  matches: path => /^[^/]+\/ui_messages\.json$/.test(path),
  read: (document, _, file, emit) => {
    if (!Array.isArray(document)) return emit.damaged();
    let models: ModelAt | null = null;
    for (const message of document as readonly unknown[]) {
      if (!isJson(message) || message['say'] !== 'api_req_started') continue;
      tellRequest(message, file, (models ??= modelsOf(file)), emit);
    }
  },
};

function tellRequest(message: Json, file: LogFile, models: ModelAt, emit: LogSink): void {
  const request = parse(message['text']);
  if (!isJson(request)) return;
  const [at, task] = [moment(message['ts']), namesOf(file.path).at(-2) ?? ''];
  const info = isJson(message['modelInfo']) ? text(message['modelInfo']['modelId']) : null;
  tell(emit, { id: `${task} ${at}`, at, model: info ?? models(at), session: task, cost: request['cost'], tokens: tokensOf(request) });
}

function tokensOf(request: Json): ToldTokens {
  const [told, output, cacheWrite, cacheRead] = [count(request['tokensIn']), count(request['tokensOut']), count(request['cacheWrites']), count(request['cacheReads'])];
  return { input: request['apiProtocol'] === 'openai' ? withoutCached(told, cacheRead + cacheWrite) : told, output, cacheWrite, cacheRead };
}

function parse(json: unknown): unknown {
  try {
    return typeof json === 'string' ? JSON.parse(json) as unknown : null;
  } catch {
    return null; // words for people
  }
}
