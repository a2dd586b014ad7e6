/**
 * How full the prompt of the newest response was: `last_token_usage.input_tokens`, cached ones included, of `model_context_window`
 * tokens where the event tells that.
 */
import * as z from 'zod/mini';
import { BLOCK_MS } from '../../core/blocks';
import type { Activity } from '../../core/reading';
import type { EpochMs } from '../../core/time';
import type { LogSink } from '../logSource';
import type { Sighting } from '../provider';

const CONTEXT = 'context';
const Context = /* @__PURE__ */ z.object({ tokens: /* @__PURE__ */ z.number(), window: /* @__PURE__ */ z.nullable(/* @__PURE__ */ z.number()) });

/** @param window what JSON gave; null where it is no size. */
export function noticeContext(tokens: number, window: unknown, at: EpochMs, emit: LogSink): void {
  emit.sighting(CONTEXT, { at, value: { tokens, window: typeof window === 'number' && window > 0 && Number.isFinite(window) ? window : null } });
}

/** Null: nothing was used of late. */
export function codexActivity(sightings: ReadonlyMap<string, Sighting>, now: EpochMs): Activity | null {
  const seen = sightings.get(CONTEXT);
  const context = z.safeParse(Context, seen?.value);
  return seen === undefined || !context.success || now - seen.at >= BLOCK_MS ? null : { block: null, context: { at: seen.at, ...context.data } };
}
