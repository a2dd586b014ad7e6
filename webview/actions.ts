import type { DashboardParams } from '../src/core/protocol';

/** What a control of the dashboard can ask for; failures are shown by the dashboard. */
export interface Actions {
  /** Null: all accounts. */
  refresh(accountId: string | null): void;
  /** Leaves the older logs of an account unread until it is refreshed. */
  stopLogs(accountId: string): void;
  command(name: DashboardParams<'command'>['name'], accountId?: string): void;
}
