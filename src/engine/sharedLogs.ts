/** Accounts of one tool may read the same folders: what lies there counts in the one that was added first. */
import path from 'node:path';
import type { Account } from '../core/account';
import type { UsageReport } from '../core/reading';
import type { LogSource } from '../providers/logSource';
import type { LogScan, Machine } from '../providers/provider';
import { existingRoots } from './logs/listing';

export interface Shared {
  /** Who counts them: the first of several. */
  readonly by: Account;
  /** False: there are folders that this account alone reads. */
  readonly all: boolean;
}

/**
 * Null: no earlier account reads what this one reads.
 * @param earlier accounts of the same tool that were added before. @param folders of that tool, by setting.
 */
export function sharedLogs(account: Pick<Account, 'options'>, source: LogSource, earlier: readonly Account[], machine: Machine, folders: readonly string[]): Shared | null {
  if (earlier.length === 0) return null;
  let left = existingRoots(source, machine, account.options.home, folders);
  let by: Account | null = null;
  for (const other of earlier) {
    const held = existingRoots(source, machine, other.options.home, folders);
    const rest = left.filter(root => !held.some(folder => root === folder || root.startsWith(folder + path.sep)));
    if (rest.length < left.length) by ??= other;
    left = rest;
  }
  return by === null ? null : { by, all: left.length === 0 };
}

/** All of what was recorded; a report that covers it and lists nothing takes it back. */
export const ALL_TIME: UsageReport['covers'] = { fromAt: 0, toAt: Date.UTC(2100, 0, 1) };

/** A scan that leaves all to another account. */
export const leftTo = ({ alias }: Account): LogScan => ({
  report: { source: 'logs', covers: ALL_TIME, costKind: 'equivalent', costProvenance: 'estimated', tokenProvenance: 'measured', dayZone: null, buckets: [] },
  sightings: new Map(), recent: () => [], notes: [`Not counted here: "${alias}" counts the same logs.`],
});
