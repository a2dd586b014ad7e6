import vscode = require('vscode');
import { formatBytes, formatPercent } from '../core/format';
import type { LogReading } from '../core/protocol';
import type { Log } from './log';
import type { Monitor } from './monitor';
import { plainText } from './notifications';

/** How long the status bar says that the reading was stopped. */
const SAID_MS = 8_000;

export interface LogProgressDeps {
  readonly monitor: Pick<Monitor, 'request' | 'onLogReading' | 'snapshot'>;
  readonly log: Pick<Log, 'error'>;
  readonly ui: Pick<typeof vscode.window, 'withProgress' | 'setStatusBarMessage'>;
  /** BCP 47 */
  readonly locale: string;
}

/** One progress notification that is open. */
interface Shown { reading: LogReading; percent: number; report(increment: number, message: string): void; close(): void }

/** Shows a long read of logs while the engine says that this is the window for it. Cancelling stops the reading; what was read stays. */
export class LogProgress implements vscode.Disposable {
  private shown: Shown | null = null;
  /** The user cancelled it: until the engine says that it has ended nothing is shown. */
  private cancelled = false;
  private readonly listener: vscode.Disposable;

  constructor(private readonly deps: LogProgressDeps) {
    this.listener = deps.monitor.onLogReading(reading => this.hear(reading));
  }

  dispose(): void {
    this.listener.dispose();
    this.hear(null);
  }

  private hear(reading: LogReading | null): void {
    if (reading === null) {
      this.shown?.close();
      this.shown = null;
      this.cancelled = false;
    } else if (!this.cancelled) {
      this.shown ??= this.open(reading);
      this.update(this.shown, reading);
    }
  }

  private update(shown: Shown, reading: LogReading): void {
    const { monitor, locale } = this.deps;
    const share = Math.min(1, reading.read / reading.all);
    const names = reading.accountIds.map(id => monitor.snapshot?.accounts.find(account => account.id === id)?.alias ?? id);
    const percent = Math.max(shown.percent, 100 * share); // a bar cannot go back when an account begins later
    shown.report(percent - shown.percent, plainText(vscode.l10n.t('{0}, {1} of {2}', names.join(', '), formatPercent(share, locale), formatBytes(reading.all, locale))));
    shown.reading = reading;
    shown.percent = percent;
  }

  private open(reading: LogReading): Shown {
    const shown: Shown = { reading, percent: 0, report: () => undefined, close: () => undefined };
    const closed = new Promise<void>(resolve => (shown.close = resolve));
    const options = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Reading logs, newest first'), cancellable: true };
    void this.deps.ui.withProgress(options, (bar, cancellation) => {
      shown.report = (increment, message) => bar.report({ increment, message });
      cancellation.onCancellationRequested(() => this.cancel(shown));
      return closed;
    });
    return shown;
  }

  private cancel(shown: Shown): void {
    const { monitor, log, ui } = this.deps;
    if (this.shown !== shown) return;
    shown.close();
    this.shown = null;
    this.cancelled = true;
    ui.setStatusBarMessage(vscode.l10n.t('Older logs are left unread. Refresh reads on.'), SAID_MS);
    monitor.request('stopLogs', { accountIds: [...shown.reading.accountIds] }).catch((error: unknown) => log.error('The reading of logs could not be stopped', error));
  }
}
