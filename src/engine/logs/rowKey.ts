import { promptStep, type PricedTokens } from '../../core/pricing';
import { quarterOf } from '../../core/time';
import type { LogResponse } from '../../providers/logSource';

/** A response, known by the hash of its id. */
export type CountedResponse = Omit<LogResponse, 'id'>;

/** Where a response counts. The grain is a quarter of an hour, so that every zone's days come out exact. */
export interface RowKey {
  /** Quarters of an hour since the epoch. */
  readonly quarter: number;
  readonly model: string;
  /** The folder as the log tells it. */
  readonly project: string | null;
  readonly branch: string | null;
  readonly session: string | null;
  readonly tier: string | null;
  /** The price step of the prompt: what is summed here has one price. */
  readonly step: number;
  /** Their logs tell what these cost: `cost` is their price. */
  readonly reported: boolean;
}
export type Row = RowKey & PricedTokens & {
  readonly reasoning: number;
  readonly requests: number;
  /** Micro-dollars; 0 where it is not reported. */
  readonly cost: number;
};

/** @param prompt the size of its whole prompt. */
export const keyOf = (event: CountedResponse, prompt: number): RowKey => {
  const { model, project, branch, session, tier, costMicros } = event;
  return { quarter: quarterOf(event.at), model, project, branch, session, tier, step: promptStep(prompt), reported: costMicros !== null };
};

/** Whether the key of a response, as of `keyOf`, is this one. */
export const countsIn = (event: CountedResponse, prompt: number, key: RowKey): boolean =>
  quarterOf(event.at) === key.quarter && event.model === key.model && event.project === key.project && event.branch === key.branch && event.session === key.session
  && event.tier === key.tier && promptStep(prompt) === key.step && (event.costMicros !== null) === key.reported;

/** Of two keys of one quarter. */
export const isSameKey = (a: RowKey | undefined, b: RowKey): boolean =>
  a !== undefined && a.model === b.model && a.session === b.session && a.project === b.project && a.branch === b.branch && a.step === b.step && a.tier === b.tier && a.reported === b.reported;

/** Whether a copy that would count in `a` wins over one in `b`. What is told wins over what is not. */
export function precedes(a: RowKey, b: RowKey): boolean {
  if (a.quarter !== b.quarter) return a.quarter < b.quarter;
  if (a.model !== b.model) return a.model < b.model;
  if (a.project !== b.project) return isLess(a.project, b.project);
  if (a.tier !== b.tier) return isLess(a.tier, b.tier);
  if (a.branch !== b.branch) return isLess(a.branch, b.branch);
  return a.session !== b.session && isLess(a.session, b.session);
}

const isLess = (a: string | null, b: string | null): boolean => a !== null && (b === null || a < b);

/** One of FIGURES of IdTable by its place there. */
export function figureOf(event: CountedResponse, i: number): number {
  switch (i) {
    case 0: return event.input;
    case 1: return event.cacheRead;
    case 2: return event.cacheWrite5m;
    case 3: return event.cacheWrite1h;
    case 4: return event.output;
    case 5: return event.reasoning;
    default: return event.costMicros ?? 0;
  }
}
