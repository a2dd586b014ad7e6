/**
 * Amp: token counts from its local threads. Since 2026-05-27 its command line keeps threads on the server only: these are older ones.
 * Source: local-logs facts B8, read 2026-11-23. Files: <data>/amp/threads/T-*.json, written anew with every change.
 * Units:  parts are disjoint. `credits` are Amp's own, no money: not told. The cached parts are with the message that an event led to.
 */
import { dataFolders, namesOf } from './folders';
import { localTool } from './localTool';
import { count, instant, isJson, type Json, type LogSink, type LogSource, text } from './logSource';
import { idOf, tell } from './told';

export const ampLogs: LogSource = {
  roots: (machine, home) => dataFolders(machine, home, 'amp', { env: ['AMP_DATA_DIR'] }).map(folder => `${folder}/threads`),
  enters: () => false,
  formats: [{
    kind: 'document',
    matches: path => /^T-[^/]+\.json$/.test(path),
    read: (document, _, file, emit) => {
      if (!isJson(document)) return emit.damaged();
      const thread = namesOf(file.path).at(-1)?.replace(/\.json$/, '') ?? '';
      const events = isJson(document['usageLedger']) ? listOf(document['usageLedger']['events']) : [];
      const usages = new Map(listOf(document['messages']).map(message => [keyOf(message['messageId']), message['usage']] as const));
      usages.delete(null);
      for (const event of events) {
        const key = keyOf(event['toMessageId']);
        tellEvent(event, usages.get(key), thread, emit);
        usages.delete(key); // else a second event that led to the message would have its cached parts too
      }
    },
  }],
};

export const amp = localTool({
  id: 'amp', name: 'Amp', summary: 'Experimental: tokens of threads up to May 2026, which were kept here, and what they would cost at list prices',
  reads: 'Token counts, models and times in the threads of ~/.local/share/amp', logs: ampLogs,
});

function tellEvent(event: Json, usage: unknown, thread: string, emit: LogSink): void {
  const tokens = isJson(event['tokens']) ? event['tokens'] : {};
  const [at, model, input, output] = [instant(event['timestamp']), text(event['model']), count(tokens['input']), count(tokens['output'])];
  const parts = isJson(usage) ? usage : {};
  tell(emit, {
    id: idOf(thread, text(event['id']) ?? idOf(at, model, input, output)), at, model, session: thread,
    tokens: { input, output, cacheRead: count(parts['cacheReadInputTokens']), cacheWrite: count(parts['cacheCreationInputTokens']) },
  });
}

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isJson) : []);

/** Ids of messages are numbers in some threads, text in others; null: none. */
const keyOf = (id: unknown): string | null => (typeof id === 'number' || typeof id === 'string' ? String(id) : null);
