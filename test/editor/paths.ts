/** Where the rig finds and leaves things. */
import os from 'node:os';
import path from 'node:path';

/** The checkout. */
export const root = path.resolve(__dirname, '..', '..');

/** Git-ignored folder for what a run makes: bundles of tests, results, pictures of failures. */
export const outDir = path.join(root, 'out');

/** The VSIX that `npm run package` writes. */
export const vsixPath = path.join(root, 'dist', 'quota-monitor.vsix');

/** Per-user folder for downloads that outlive a checkout. QUOTA_MONITOR_CACHE overrides it. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  if (env['QUOTA_MONITOR_CACHE'] !== undefined) return path.resolve(env['QUOTA_MONITOR_CACHE']);
  if (process.platform === 'win32') return path.join(env['LOCALAPPDATA'] ?? os.homedir(), 'quota-monitor');
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches', 'quota-monitor');
  return path.join(env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'), 'quota-monitor');
}
