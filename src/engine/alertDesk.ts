import { type AlertState, makeAlert, quiet, stepAlert, stillNews } from '../core/alerts';
import { canRunOut } from '../core/levels';
import type { Alert } from '../core/protocol';
import type { EngineSettings } from '../core/settings';
import type { AccountView } from '../core/snapshot';
import type { EpochMs } from '../core/time';
import type { History } from './history/history';

/** Decides alerts, keeps their state with the history, and holds each until a window has shown it. */
export class AlertDesk {
  /** What the history has, by account and meter: a poll asks of every meter. */
  private readonly states = new Map<string, Map<string, AlertState>>();

  constructor(private readonly history: History, private readonly deliver: (alert: Alert) => void) {
    for (const { account, meter, state } of history.alertStates()) this.of(account).set(meter, state);
  }

  /** One step for every meter that can run out. Call once per good reading. */
  step(account: AccountView, settings: EngineSettings, now: EpochMs): void {
    for (const meter of account.meters.filter(canRunOut)) {
      const before = this.of(account.id).get(meter.id) ?? quiet;
      const [after, threshold] = stepAlert(before, meter, settings.notifyRatios, now);
      const alert = threshold === null ? null : makeAlert({ account, providerName: account.providerName, meter, threshold, settings, now });
      if (after !== before) this.record(account.id, meter.id, alert === null ? after : { ...after, pending: alert });
      if (alert !== null) this.deliver(alert);
    }
  }

  /** What no window has shown yet and is still news; for a window that has just come. */
  waiting(accountIds: ReadonlySet<string>, now: EpochMs): Alert[] {
    return this.all().filter(({ account }) => accountIds.has(account)).map(({ state }) => stillNews(state, now)).filter(alert => alert !== null);
  }

  /** False: a window has shown it before, or there was none. */
  shown(alertId: string): boolean {
    const pending = this.all().filter(({ state }) => state.pending?.id === alertId);
    for (const { account, meter, state } of pending) this.record(account, meter, { ...state, pending: null });
    return pending.length > 0;
  }

  forget(account: string): void {
    this.states.delete(account);
  }

  private record(account: string, meter: string, state: AlertState): void {
    this.of(account).set(meter, state);
    this.history.recordAlert(account, meter, state);
  }

  private all(): { readonly account: string; readonly meter: string; readonly state: AlertState }[] {
    return [...this.states].flatMap(([account, states]) => [...states].map(([meter, state]) => ({ account, meter, state })));
  }

  private of(account: string): Map<string, AlertState> {
    const states = this.states.get(account) ?? new Map<string, AlertState>();
    this.states.set(account, states);
    return states;
  }
}
