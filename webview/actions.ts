import type { DashboardParams } from '../src/core/protocol';

/** What a control of the dashboard can ask for; failures are shown by the dashboard. */
export interface Actions {
  /** Null: all accounts. */
  refresh(accountId: string | null): void;
  command(name: DashboardParams<'command'>['name'], accountId?: string): void;
}
