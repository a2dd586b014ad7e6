import type { EpochMs } from '../../core/time';
import { isJson, type LogFile, moment, text } from '../logSource';

/** The model that was in use at a time; null: nothing near the task tells. */
export type ModelAt = (at: EpochMs | null) => string | null;

const MAX_METADATA_BYTES = 4 * 1024 * 1024;
const MAX_HISTORY_BYTES = 16 * 1024 * 1024;
/** What the extensions tell the model of itself, in JSON. */
const MODEL = /<model>([\w./:@-]{1,200})<\/model>/g;

/**
 * For messages that do not name their model: the changes of model in task_metadata.json, else the last one that the conversation
 * with the vendor names, which is then taken for all of the task's. Of that file nothing else is looked at.
 */
export function modelsOf(file: LogFile): ModelAt {
  const changes = changesOf(file.near('task_metadata.json', MAX_METADATA_BYTES));
  const [first] = changes;
  if (first !== undefined) return at => changes.findLast(change => change.at <= (at ?? Infinity))?.model ?? first.model;
  const last = [...(file.near('api_conversation_history.json', MAX_HISTORY_BYTES) ?? '').matchAll(MODEL)].at(-1)?.[1] ?? null;
  return () => last;
}

function changesOf(metadata: string | null): readonly { readonly at: EpochMs; readonly model: string }[] {
  let json: unknown = null;
  try {
    json = metadata === null ? null : JSON.parse(metadata);
  } catch {
    return []; // half written, perhaps
  }
  const usage = isJson(json) && Array.isArray(json['model_usage']) ? json['model_usage'] as readonly unknown[] : [];
  return usage.flatMap(change => {
    const [at, model] = isJson(change) ? [moment(change['ts']), text(change['model_id'])] : [null, null];
    return at === null || model === null ? [] : [{ at, model }];
  }).sort((a, b) => a.at - b.at);
}
