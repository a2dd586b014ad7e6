/**
 * The suite that runs inside the extension host. VS Code (from npm, or the desktop through @vscode/test-electron) calls `run`;
 * the counts go to the file named by QUOTA_MONITOR_RESULT.
 */
import Mocha from 'mocha';
import { writeFileSync } from 'node:fs';
import { registerTests } from 'virtual:host-tests';

/** A test that failed, as text for the runner's console. */
interface Failure { readonly title: string; readonly error: string }

/** Runs every test/host/*.test.ts. @throws when one failed, for test-electron to see. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, forbidOnly: true, reporter: Mocha.reporters.Base });
  mocha.suite.emit('pre-require', globalThis as unknown as Mocha.MochaGlobals, '', mocha);
  registerTests();
  const lines: string[] = [];
  const failures: Failure[] = [];
  const stats = await new Promise<Mocha.Stats | undefined>(resolve => {
    const runner = mocha.run(() => resolve(runner.stats));
    runner.on('pass', test => lines.push(`    ✔ ${test.fullTitle()} (${test.duration ?? 0}ms)`));
    runner.on('pending', test => lines.push(`    - ${test.fullTitle()}`));
    runner.on('fail', (test, error: Error) => {
      lines.push(`    ✘ ${test.fullTitle()}`);
      failures.push({ title: test.fullTitle(), error: error.stack ?? error.message });
    });
  });
  const report = [...lines, ...failures.map(({ title, error }) => `\n  ${title}\n${error}`)].join('\n');
  const file = process.env['QUOTA_MONITOR_RESULT'];
  if (file !== undefined) {
    writeFileSync(file, JSON.stringify({ passed: stats?.passes ?? 0, failed: stats?.failures ?? 1, skipped: stats?.pending ?? 0, report }));
  }
  if (failures.length > 0) throw new Error(report);
}
