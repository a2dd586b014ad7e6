/** The last snapshot as a small file, for a window to show before an engine runs. Like every snapshot it holds no secret. */
import * as z from 'zod/mini';
import { agedSnapshot, spansOf } from './agedSnapshot';
import { MAX_STORED_BYTES, STORED_VERSION } from './glance';
import { jsonOf } from './json';
import { Snapshot } from './snapshot';
import type { EpochMs } from './time';

const Span = z.object({ fromAt: z.number(), toAt: z.number() });
const Stored = z.object({
  version: z.literal(STORED_VERSION),
  spans: z.array(z.object({ zone: z.string(), day: Span, month: Span })),
  snapshot: Snapshot,
});

/** What is written; null: it is too large to be read fast, or there is nothing to show. Small pictures are left out. */
export function storedText(snapshot: Snapshot): string | null {
  if (snapshot.accounts.length === 0) return null;
  const accounts = snapshot.accounts.map(account => ({ ...account, sparkline: null }));
  const text = JSON.stringify({ version: STORED_VERSION, spans: spansOf(snapshot), snapshot: { ...snapshot, accounts } });
  return Buffer.byteLength(text) > MAX_STORED_BYTES ? null : text;
}

/** What the file tells now: last values with their age, and nothing that was true of another day or window only. Null: not what this version writes. */
export function parseStored(text: string, now: EpochMs): Snapshot | null {
  const parsed = z.safeParse(Stored, jsonOf(text));
  if (!parsed.success) return null;
  const { snapshot, spans } = parsed.data;
  return { ...agedSnapshot(snapshot, spans, now), storeWarning: null };
}
