import { ProviderError } from '../core/errors';

/**
 * A part of a reading that may fail without failing the rest: null then, and a sentence in `notes`. It is asked after the rest, which the
 * key did see: what a refusal would say of it as a whole (`Provider.explainRefusal`) is not so.
 */
export async function optional<T>(signal: AbortSignal, notes: string[], what: string, part: () => Promise<T>): Promise<T | null> {
  try {
    return await part();
  } catch (error) {
    if (!(error instanceof ProviderError) || signal.aborted) throw error;
    notes.push(`${what} could not be read: ${error.kind === 'wrong-key' ? 'this key may not see it.' : error.message}`);
    return null;
  }
}
