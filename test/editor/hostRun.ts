/** Runs the in-host suite in VS Code from npm, through the test payload of VS Code's own server. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { launchBrowser } from './browser';
import { bundleHostTests } from './hostBundle';
import { installCodeServer } from './install';
import { root } from './paths';
import { freePort, startServer, temporaryDir, waitFor, waitForUrl } from './processes';

/** What a suite came to. */
export interface Counts { readonly passed: number; readonly failed: number; readonly skipped: number }

/** @throws when the suite gives no result within 5 minutes, with the server's output. */
export async function runHostTests(): Promise<Counts> {
  const tests = await bundleHostTests();
  const scratch = temporaryDir();
  const [home, workspace, result] = [path.join(scratch, 'home'), path.join(scratch, 'workspace'), path.join(scratch, 'result.json')];
  for (const folder of [home, workspace]) mkdirSync(folder);
  const port = await freePort();
  const authority = `127.0.0.1:${port}`;
  const server = startServer(installCodeServer().serverMain, [
    '--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms',
    '--server-data-dir', scratch, '--extensions-dir', path.join(scratch, 'ext'),
    '--disable-telemetry', '--disable-workspace-trust', '--enable-smoke-test-driver',
  ], { HOME: home, USERPROFILE: home, QUOTA_MONITOR_RESULT: result });
  const browser = await launchBrowser();
  try {
    await waitForUrl(`http://${authority}/version`, server);
    const payload = JSON.stringify([
      ['extensionDevelopmentPath', `vscode-remote://${authority}${root}`],
      ['extensionTestsPath', `vscode-remote://${authority}${tests}`],
    ]);
    const page = await browser.newPage();
    await page.goto(`http://${authority}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(payload)}`);
    await waitFor('the result of the in-host tests', 300_000, () => existsSync(result) && readFileSync(result, 'utf8').endsWith('}'));
    const { report, ...counts } = JSON.parse(readFileSync(result, 'utf8')) as Counts & { report: string };
    console.log(report);
    return counts;
  } catch (error) {
    throw new Error(server.output(), { cause: error });
  } finally {
    await browser.close();
    await server.stop();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}
