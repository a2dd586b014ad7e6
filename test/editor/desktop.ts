/** `npm run test:desktop`: the in-host suite in desktop VS Code, at the oldest supported and the latest version. Needs the download. */
import { runTests } from '@vscode/test-electron';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bundleHostTests } from './hostBundle';
import { root } from './paths';

/** @returns the exit code */
export async function runDesktopTests(): Promise<number> {
  const { engines } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { engines: { vscode: string } };
  if (spawnSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'inherit' }).status !== 0) return 1;
  const extensionTestsPath = await bundleHostTests();
  for (const version of [engines.vscode.replace('^', ''), 'stable']) {
    console.log(`In-host tests in VS Code ${version}`);
    const code = await runTests({ version, extensionDevelopmentPath: root, extensionTestsPath, launchArgs: ['--disable-extensions', '--disable-workspace-trust'] });
    if (code !== 0) return code;
  }
  return 0;
}
