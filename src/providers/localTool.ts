import { MINUTE_MS } from '../core/time';
import type { LogSource } from './logSource';
import { emptyReading, type Provider } from './provider';

/** What a tool that is known by its local logs alone needs to say of itself; see ProviderInfo. */
export interface LocalTool {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  /** What is read after a yes. */
  readonly reads: string;
  readonly logs: LogSource;
  /** Between two looks; a minute if not told. */
  readonly intervalMs?: number;
}

/** A provider that counts a tool's local logs, and knows nothing else of it: no limits, no plan, no bill. */
export const localTool = ({ id, name, summary, reads, logs, intervalMs = MINUTE_MS }: LocalTool): Provider => ({
  info: {
    id, name, summary, standing: 'vendor-file', credential: { kind: 'local', reads }, baseUrl: null, minIntervalMs: MINUTE_MS, defaultIntervalMs: intervalMs,
  },
  hosts: [],
  logs,
  read: async ({ now, scanLogs }) => {
    const { report, notes } = await scanLogs();
    return { ...emptyReading(now), usage: [report], notes: [...notes] };
  },
});
