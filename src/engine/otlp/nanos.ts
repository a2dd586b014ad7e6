import { moment } from '../../providers/logSource';
import type { EpochMs } from '../../core/time';

/** What is read of a resource. */
export const SERVICE: ReadonlySet<string> = new Set(['service.name']);

const NANOS_PER_MS = 1_000_000n;
/** Early in 1973. */
const LEAST_MS = 100_000_000_000n;

/** Null: none is told, or one of another century. */
export function atNanos(nanos: bigint): EpochMs | null {
  const ms = nanos / NANOS_PER_MS;
  return ms < LEAST_MS ? null : moment(Number(ms));
}
