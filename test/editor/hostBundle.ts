/** Bundles the in-host suite: the extension host loads neither TypeScript nor, at the oldest version, mocha's own modules. */
import { build, type Plugin } from 'esbuild';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { outDir, root } from './paths';

const hostDir = path.join(root, 'test', 'host');

/** The module that requires every test file, once mocha's globals are there. */
const hostTests: Plugin = {
  name: 'host-tests',
  setup(builder) {
    builder.onResolve({ filter: /^virtual:host-tests$/ }, () => ({ path: 'host-tests', namespace: 'virtual' }));
    builder.onLoad({ filter: /.*/, namespace: 'virtual' }, () => {
      const files = readdirSync(hostDir).filter(file => file.endsWith('.test.ts')).sort();
      return { contents: `export function registerTests() { ${files.map(file => `require('./${file}');`).join(' ')} }`, resolveDir: hostDir };
    });
  },
};

/** Gives the path of the module that exports `run`. */
export async function bundleHostTests(): Promise<string> {
  const outfile = path.join(outDir, 'host', 'index.js');
  await build({
    entryPoints: [path.join(hostDir, 'index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    sourcemap: 'inline',
    logLevel: 'error',
    plugins: [hostTests],
  });
  return outfile;
}
