import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';

/** Bundles a module for a child process or a worker thread, which start a second faster without a compiler in them; gone when this process is. */
export async function bundle(entry: string): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'qm-bundle-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = path.join(folder, 'main.js');
  await esbuild.build({
    entryPoints: [path.join(__dirname, '../..', entry)], outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node20', mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
  return outfile;
}
