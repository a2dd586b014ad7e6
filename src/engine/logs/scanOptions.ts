import type { PriceTable } from '../../core/pricing';
import type { EpochMs } from '../../core/time';
import type { LogSource } from '../../providers/logSource';
import type { Machine } from '../../providers/provider';
import type { HelpOptions } from './helpers';
import type { ScanProgress } from './readAll';

export interface LogScannerOptions {
  readonly source: LogSource;
  readonly machine: Machine;
  /** Replaces the tool's default folders. */
  readonly home: string | undefined;
  /** Folders of the same tool beside its default ones, such as another machine's. */
  readonly folders?: readonly string[];
  /** Where to remember between runs; null: in memory only. Belongs to this scanner alone. */
  readonly stateDir: string | null;
  /** IANA zone whose days must come out exact. */
  readonly zone: string;
  readonly prices: PriceTable;
  /** Threads that help with large scans; null: none. */
  readonly help: HelpOptions | null;
  /** For the log: what went wrong without changing what is counted. */
  log(message: string): void;
}

export interface ScanOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ScanProgress) => void;
  /** Only these may have changed since the last scan; null: anything may. A scanner's first scan looks at all logs in any case. */
  readonly changed?: ReadonlySet<string> | null;
  /** Asked between files: whether the older logs are to be left for the next scan, so that what was counted can be shown. */
  readonly enough?: () => boolean;
  /** Ends the reading at once, also amid a file: what was counted is told, and the next scan goes on from there. */
  readonly leave?: AbortSignal;
  /** Logs that were not read in full before and not written since then are left for another scan; null: none is. */
  readonly since?: EpochMs | null;
}
