/**
 * What is kept of a chat request: a few numbers and names out of what may be megabytes.
 * Units: `promptTokens` are the whole prompt, of which the cached part is not known; `completionTokens` have the thinking in them.
 * The same numbers lie in other places in other versions, the newest first here. Before about February 2026 there are none: such
 * requests are not counted, as the text that is kept is a small part of what was sent.
 */
import { count, isJson, type Json, type LogSink, moment, text } from '../logSource';
import { idOf, tell } from '../told';

/** The keys that are kept; true: a number or a name. */
interface Shape { readonly [key: string]: true | Shape }
const REQUEST: Shape = {
  requestId: true, timestamp: true, modelId: true, promptTokens: true, completionTokens: true,
  result: {
    promptTokens: true, outputTokens: true, usage: { promptTokens: true, completionTokens: true },
    metadata: { promptTokens: true, outputTokens: true, resolvedModel: true },
  },
};

/** A request with nothing else in it; also what is remembered of it. */
export type ChatRequest = Readonly<Record<string, unknown>>;

/** Whether a path of keys inside a request may change what is kept of it. */
export const keeps = ([key]: readonly unknown[]): boolean => key === undefined || (typeof key === 'string' && Object.hasOwn(REQUEST, key));

export const requestFrom = (value: unknown): ChatRequest => pruned(value, REQUEST);

/** With another value at a path of keys. Other keys than those that are kept, such as "__proto__", change nothing. */
export const requestWith = (request: ChatRequest, path: readonly unknown[], value: unknown): ChatRequest => withValue(request, path, value, REQUEST);

function pruned(value: unknown, shape: Shape): ChatRequest {
  if (!isJson(value)) return {};
  return Object.fromEntries(Object.entries(shape).flatMap(([key, inner]) => {
    const part = Object.hasOwn(value, key) ? value[key] : undefined;
    if (inner !== true) return isJson(part) ? [[key, pruned(part, inner)]] : [];
    return typeof part === 'number' || text(part) !== null ? [[key, part]] : [];
  }));
}

function withValue(request: ChatRequest, [key, ...rest]: readonly unknown[], value: unknown, shape: Shape): ChatRequest {
  if (key === undefined) return pruned(value, shape);
  const inner = typeof key === 'string' && Object.hasOwn(shape, key) ? shape[key] : undefined;
  if (typeof key !== 'string' || inner === undefined) return request;
  if (inner === true) return rest.length > 0 ? request : { ...request, ...pruned({ [key]: value }, { [key]: true }) };
  const part = request[key];
  return { ...request, [key]: withValue(isJson(part) ? part : {}, rest, value, inner) };
}

/** Null where none of the places has a number. */
function tokensOf(request: Json): { readonly input: number; readonly output: number } | null {
  const result = objectOf(request['result']);
  const places: readonly (readonly [input: unknown, output: unknown])[] = [
    [request['promptTokens'], request['completionTokens']],
    [objectOf(result['metadata'])['promptTokens'], objectOf(result['metadata'])['outputTokens']],
    [result['promptTokens'], result['outputTokens']],
    [objectOf(result['usage'])['promptTokens'], objectOf(result['usage'])['completionTokens']],
  ];
  const told = places.find(place => place.some(value => typeof value === 'number'));
  return told === undefined ? null : { input: count(told[0]), output: count(told[1]) };
}

const objectOf = (value: unknown): Json => (isJson(value) ? value : {});

const OWN = 'copilot/';

/** Hands on a request that tells its tokens; those to other vendors' models, by their own keys, are none of Copilot's. */
export function tellRequest(request: ChatRequest, session: string, project: string | null, emit: LogSink): void {
  const tokens = tokensOf(request);
  const asked = text(request['modelId']);
  const resolved = text(objectOf(objectOf(request['result'])['metadata'])['resolvedModel']);
  if (tokens === null || (resolved === null && asked?.startsWith(OWN) !== true)) return;
  const at = moment(request['timestamp']);
  tell(emit, { id: text(request['requestId']) ?? idOf(session, at), at, model: resolved ?? asked?.slice(OWN.length) ?? null, session, project, tokens });
}
