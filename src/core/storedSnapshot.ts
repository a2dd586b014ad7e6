/** The last snapshot as a small file, for a window to show before an engine runs. Like every snapshot it holds no secret. */
import * as z from 'zod/mini';
import { meterView } from './accountView';
import { dayOf } from './format';
import { Snapshot, type AccountView, type Figure } from './snapshot';
import type { EpochMs } from './time';

/** In the storage folder. */
export const STORED_SNAPSHOT = 'snapshot.json';
/** 50 accounts need some 100 KB. */
export const MAX_STORED_BYTES = 1024 * 1024;

const Stored = z.object({ version: z.literal(1), snapshot: Snapshot });

/** What is written; null: it is too large to be read fast, or there is nothing to show. Small pictures are left out. */
export function storedText(snapshot: Snapshot): string | null {
  if (snapshot.accounts.length === 0) return null;
  const accounts = snapshot.accounts.map(account => ({ ...account, sparkline: null }));
  const text = JSON.stringify({ version: 1, snapshot: { ...snapshot, accounts } });
  return Buffer.byteLength(text) > MAX_STORED_BYTES ? null : text;
}

/** What the file tells now: last values with their age, and nothing that was true of another day or window only. Null: not what this version writes. */
export function parseStored(text: string, now: EpochMs): Snapshot | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = z.safeParse(Stored, json);
  if (!parsed.success) return null;
  const { snapshot } = parsed.data;
  return { ...snapshot, storeWarning: null, accounts: snapshot.accounts.map(account => aged(account, snapshot, now)) };
}

/** Nobody has looked since: what was well is stale until somebody has. */
function aged(account: AccountView, snapshot: Snapshot, now: EpochMs): AccountView {
  const same = (figure: Figure | null, length: 7 | 10): Figure | null =>
    figure !== null && dayOf(now, figure.dayZone).slice(0, length) === dayOf(snapshot.madeAt, figure.dayZone).slice(0, length) ? figure : null;
  return {
    ...account,
    state: ['ok', 'warning', 'critical'].includes(account.state) ? 'stale' : account.state,
    meters: account.meters.map(meter => meterView(meter, snapshot, now)),
    today: same(account.today, 10), month: same(account.month, 7),
    nextPollAt: null, refreshing: false, unread: null,
  };
}
