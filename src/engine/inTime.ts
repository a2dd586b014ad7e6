import { ProviderError } from '../core/errors';
import { MINUTE_MS, SECOND_MS, type Clock } from '../core/time';
import type { Provider } from '../providers/provider';

const READ_MS = MINUTE_MS;
/** A first count of many gigabytes of logs on a slow disk. */
const LOGS_MS = 10 * MINUTE_MS;

/** One read, given up and aborted when its time is over. An adapter that does not heed its signal is left behind. @throws {ProviderError} 'unreachable' */
export function inTime<T>({ info, logs }: Provider, run: (signal: AbortSignal) => Promise<T>, abort: AbortController, clock: Clock): Promise<T> {
  const limitMs = logs === undefined ? READ_MS : LOGS_MS;
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => {
      reject(new ProviderError('unreachable', `${info.name} gave no answer within ${limitMs / SECOND_MS} s.`));
      abort.abort();
    });
    run(abort.signal).then(resolve, reject).finally(() => timer.dispose());
  });
}
