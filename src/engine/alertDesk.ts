import { makeAlert, quiet, stepAlert, stillNews } from '../core/alerts';
import { canRunOut } from '../core/levels';
import type { Alert } from '../core/protocol';
import type { EngineSettings } from '../core/settings';
import type { AccountView } from '../core/snapshot';
import type { EpochMs } from '../core/time';
import type { History } from './history/history';

/** Decides alerts, keeps their state with the history, and holds each until a window has shown it. */
export class AlertDesk {
  constructor(private readonly history: History, private readonly deliver: (alert: Alert) => void) {}

  /** One step for every meter that can run out. Call once per good reading. */
  step(account: AccountView, settings: EngineSettings, now: EpochMs): void {
    for (const meter of account.meters.filter(canRunOut)) {
      const before = this.history.alertState(account.id, meter.id) ?? quiet;
      const [after, threshold] = stepAlert(before, meter, settings.notifyRatios, now);
      const alert = threshold === null ? null : makeAlert({ account, providerName: account.providerName, meter, threshold, settings, now });
      if (after !== before) this.history.recordAlert(account.id, meter.id, alert === null ? after : { ...after, pending: alert });
      if (alert !== null) this.deliver(alert);
    }
  }

  /** What no window has shown yet and is still news; for a window that has just come. */
  waiting(accountIds: ReadonlySet<string>, now: EpochMs): Alert[] {
    return this.history.alertStates().filter(({ account }) => accountIds.has(account)).map(({ state }) => stillNews(state, now)).filter(alert => alert !== null);
  }

  /** False: a window has shown it before, or there was none. */
  shown(alertId: string): boolean {
    const pending = this.history.alertStates().filter(({ state }) => state.pending?.id === alertId);
    for (const { account, meter, state } of pending) this.history.recordAlert(account, meter, { ...state, pending: null });
    return pending.length > 0;
  }
}
