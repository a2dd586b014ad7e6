import { ProviderError } from '../core/errors';
import type { TestResult } from '../core/protocol';
import type { Clock } from '../core/time';
import type { Machine } from '../providers/provider';
import { inTime } from './inTime';
import { existingRoots } from './logs/listing';
import type { Target } from './polling';
import type { Reader } from './reader';

/** Tries an account before it is kept: one read over the network, or a look at whether a local tool's folders are there. @param folders of that tool, by setting. */
export async function testAccount(target: Target, reader: Reader, machine: Machine, clock: Clock, folders: readonly string[]): Promise<TestResult> {
  const { info, logs } = target.provider;
  try {
    if (logs !== undefined) {
      const paths = existingRoots(logs, machine, target.account.options.home, folders);
      if (paths.length === 0) return { ok: false, kind: 'unreadable', message: `No logs of ${info.name} were found.` };
      return { ok: true, identity: null, notes: [`Logs are in ${paths.join(', ')}.`] };
    }
    const reading = await inTime(target.provider, signal => reader.test(target, signal), new AbortController(), clock);
    return { ok: true, identity: reading.identity, notes: reading.notes };
  } catch (error) {
    if (error instanceof ProviderError) return { ok: false, kind: error.kind, message: error.message };
    throw error;
  }
}
