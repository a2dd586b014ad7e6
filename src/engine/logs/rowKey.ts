import { promptStep, type PricedTokens } from '../../core/pricing';
import { MINUTE_MS } from '../../core/time';
import type { LogResponse } from '../../providers/logSource';

/** A response, known by the hash of its id. */
export type CountedResponse = Omit<LogResponse, 'id'>;

/** The grain of the ledger: every zone's days begin on a quarter of an hour. */
export const QUARTER_MS = 15 * MINUTE_MS;

/** Where a response counts. */
export interface RowKey {
  /** Quarters of an hour since the epoch. */
  readonly quarter: number;
  readonly model: string;
  readonly project: string | null;
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
export const keyOf = ({ at, model, project, tier, costMicros }: CountedResponse, prompt: number): RowKey =>
  ({ quarter: Math.floor(at / QUARTER_MS), model, project, tier, step: promptStep(prompt), reported: costMicros !== null });

/** Whether a copy that would count in `a` wins over one in `b`. A tier that is told wins over none. */
export function precedes(a: RowKey, b: RowKey): boolean {
  if (a.quarter !== b.quarter) return a.quarter < b.quarter;
  if (a.model !== b.model) return a.model < b.model;
  if (a.project !== b.project) return a.project !== null && (b.project === null || a.project < b.project);
  return a.tier !== b.tier && a.tier !== null && (b.tier === null || a.tier < b.tier);
}
