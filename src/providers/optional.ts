import { ProviderError } from '../core/errors';
import type { Gap } from '../core/reading';
import { toldToWait } from '../core/schedule';

/** What parts of a reading that failed leave in it. */
export interface Left { readonly notes: string[]; readonly gaps: Gap[] }

export const nothingLeft = (): Left => ({ notes: [], gaps: [] });

/**
 * A part of a reading that may fail without failing the rest: null then. It is asked after the rest, which the key did see: what a
 * refusal would say of it as a whole (`Provider.explainRefusal`) is not so. Refused, the part is none of this key's; otherwise it is a gap.
 */
export async function optional<T>(signal: AbortSignal, { notes, gaps }: Left, { what, part }: { readonly what: string; readonly part: Gap['part'] }, read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ProviderError) || signal.aborted) throw error;
    const { kind, retryAfterMs } = error;
    const message = `${what} could not be read: ${kind === 'wrong-key' ? 'this key may not see it.' : error.message}`;
    const refused = kind === 'auth' || kind === 'wrong-key';
    if (!refused) gaps.push({ part, kind, message, retryAfterMs });
    if (refused || !toldToWait({ kind, retryAfterMs })) notes.push(message); // else it is told as a failure, with the time of the next try
    return null;
  }
}
