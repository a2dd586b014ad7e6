/** The commands that the extension registers; package.json contributes the same. */
export const commandIds = {
  openDashboard: 'quotaMonitor.openDashboard',
  refresh: 'quotaMonitor.refresh',
  refreshAccount: 'quotaMonitor.refreshAccount',
  addAccount: 'quotaMonitor.addAccount',
  editAccount: 'quotaMonitor.editAccount',
  removeAccount: 'quotaMonitor.removeAccount',
  exportHistory: 'quotaMonitor.exportHistory',
  importHistory: 'quotaMonitor.importHistory',
  backup: 'quotaMonitor.backup',
  restore: 'quotaMonitor.restore',
  purge: 'quotaMonitor.purge',
  showAuditLog: 'quotaMonitor.showAuditLog',
  showLog: 'quotaMonitor.showLog',
  showTelemetrySetup: 'quotaMonitor.showTelemetrySetup',
  openSettings: 'quotaMonitor.openSettings',
  setPrices: 'quotaMonitor.setPrices',
  openWalkthrough: 'quotaMonitor.openWalkthrough',
} as const;
export type CommandId = (typeof commandIds)[keyof typeof commandIds];

/** Of the dashboard's editor tab. */
export const DASHBOARD_VIEW_TYPE = 'quotaMonitor.dashboard';
