/** An assistant's message, as OpenCode keeps it in its database and kept it in files. */
import { count, isJson, type LogSink, moment, text } from '../logSource';
import { idOf, outputIn, tell } from '../told';

/** What is known of a message beside what it says. */
export interface MessagePlace {
  /** Its own id. */
  readonly id: string;
  readonly session: string | null;
  readonly project: string | null;
  /** It was told before, unfinished. */
  readonly wasOpen: boolean;
  /** Of the file that it is in. */
  readonly modifiedAt: number;
}

/** A message that was not finished when this had passed never will be: its tool was ended. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

/**
 * Tells what a message used. A finished one goes by what it says, as copies of it have ids of their own: a fork's, and those in files
 * of an earlier version. One that may yet grow goes by its id until then.
 */
export function tellMessage(message: unknown, { id, session, project, wasOpen, modifiedAt }: MessagePlace, emit: LogSink): 'done' | 'open' {
  if (!isJson(message) || message['role'] !== 'assistant' || !isJson(message['tokens'])) return 'done';
  const [tokens, time] = [message['tokens'], isJson(message['time']) ? message['time'] : {}];
  const cache = isJson(tokens['cache']) ? tokens['cache'] : {};
  const [at, model] = [moment(time['created']), text(message['modelID'])];
  const [input, output, reasoning] = [count(tokens['input']), count(tokens['output']), count(tokens['reasoning'])];
  const [cacheRead, cacheWrite] = [count(cache['read']), count(cache['write'])];
  const finished = moment(time['completed']) !== null;
  const unfinishedId = idOf('unfinished', id);
  if (finished && wasOpen) emit.replay(unfinishedId);
  const cost = typeof message['cost'] === 'number' ? message['cost'] : null;
  tell(emit, {
    id: finished ? idOf(at, model, text(message['providerID']), input, output, reasoning, cacheRead, cacheWrite, cost) : unfinishedId,
    at, model, session, project: project ?? (isJson(message['path']) ? text(message['path']['cwd']) : null), cost,
    tokens: { input, cacheRead, cacheWrite, output: outputIn({ output, reasoning, others: input + cacheRead + cacheWrite, total: count(tokens['total']) }), reasoning },
  });
  return finished || at === null || at < modifiedAt - ABANDONED_MS ? 'done' : 'open';
}
