/**
 * Builds everything that ships into dist/.
 * Flags: --production (minified, no source maps), --watch, --meta (dist/meta/*.json: esbuild's metafiles, for the bundle checks).
 */
import * as esbuild from 'esbuild';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPrices } from './src/engine/prices/build.mjs';

const root = path.dirname(fileURLToPath(import.meta.url));
const flags = new Set(process.argv.slice(2));
const production = flags.has('--production');

/** What every bundle has in common. */
const common = {
  absWorkingDir: root,
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
};

/** A CommonJS bundle for Node; a dynamic import in it stays lazy as a deferred require. */
const node = (entry, outfile) => ({
  ...common,
  entryPoints: [entry],
  outfile,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  mainFields: ['module', 'main'],
});

/** Libraries of the engine's that are large: a file each, loaded when first asked for, shared by the worker and the command line. */
const shared = ['sql.js', 'fzstd'];

/** Leaves the shared libraries out of a bundle; they lie beside it. */
const besides = {
  name: 'besides',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(${shared.map(name => name.replace('.', '\\.')).join('|')})$`) }, ({ path: name, kind }) => (kind === 'entry-point' ? undefined : { path: `./${libraryFile(name)}`, external: true }));
  },
};
const libraryFile = name => `${name.replace('.', '-')}.js`;

/** What is not needed before activation has returned is a file of its own, which the first one asks for. */
const afterwards = {
  name: 'afterwards',
  setup(build) {
    build.onResolve({ filter: /^\.\/extensionMain$/ }, () => ({ path: './main.js', external: true }));
  },
};

/** What reads logs is one file, small and quickly loaded: the command line, and the threads that read logs for it and for the engine. */
const logRoles = `
  export { main } from './src/cli.ts';
  export { scanThread } from './src/engine/logs/scanThread.ts';
`;
const commandLine = `
  import path from 'node:path';
  import { load } from './src/cli/start.ts';
  load(path.join(__dirname, 'logs.js'), process.argv.slice(2)).main();
`;
/** The engine: in a thread of the editor's; for the command line, what that seldom needs. */
const engineRoles = `
  import { isMainThread } from 'node:worker_threads';
  if (isMainThread) module.exports = require('./src/cli/seldom.ts');
  else require('./src/engine/worker.ts');
`;
const seldomBeside = {
  name: 'seldom beside',
  setup(build) {
    build.onResolve({ filter: /^\.\/cli\/seldom$/ }, () => ({ path: './engine.js', external: true }));
    build.onResolve({ filter: /^\.\/seldomForms$/ }, () => ({ path: './logForms.js', external: true }));
  },
};

const bundles = {
  extension: { ...node('src/extension.ts', 'dist/extension.js'), plugins: [afterwards], supported: { 'dynamic-import': false } },
  main: node('src/extensionMain.ts', 'dist/main.js'),
  engine: { ...node(undefined, 'dist/engine.js'), entryPoints: undefined, stdin: { contents: engineRoles, resolveDir: root, loader: 'ts' }, plugins: [besides] },
  logForms: { ...node('src/engine/logs/seldomForms.ts', 'dist/logForms.js'), plugins: [besides] },
  logs: { ...node(undefined, 'dist/logs.js'), entryPoints: undefined, stdin: { contents: logRoles, resolveDir: root, loader: 'ts' }, plugins: [seldomBeside] },
  cli: { ...node(undefined, 'dist/cli.js'), entryPoints: undefined, stdin: { contents: commandLine, resolveDir: root, loader: 'ts' } },
  ...Object.fromEntries(shared.map(name => [name, node(name, `dist/${libraryFile(name)}`)])),
  webview: {
    ...common,
    entryPoints: ['webview/main.ts'],
    outdir: 'dist/webview',
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'browser',
    format: 'esm',
    splitting: true,
    target: 'chrome114',
  },
};

/** What threads run is named for what it does. */
async function writeCommands() {
  await mkdir(path.join(root, 'dist'), { recursive: true });
  await writeFile(path.join(root, 'dist/scan.js'), "require('./logs.js').scanThread();\n");
}

/** Files that are shipped as they are. */
const copies = [
  ['node_modules/sql.js/dist/sql-wasm.wasm', 'dist/sql-wasm.wasm'],
  ['node_modules/@vscode/codicons/dist/codicon.ttf', 'dist/webview/codicon.ttf'],
];

async function copyFiles() {
  for (const [from, to] of copies) {
    await mkdir(path.join(root, path.dirname(to)), { recursive: true });
    await cp(path.join(root, from), path.join(root, to));
  }
}

/** The price table is data, made from the price library at build time, so that the library itself does not ship. */
async function writePrices() {
  await writeFile(path.join(root, 'dist/prices.json'), JSON.stringify(await buildPrices()));
}

/** Chunks of earlier builds have other hashes: what this build did not write goes. */
async function pruneChunks(metafile) {
  const folder = path.join(root, 'dist/webview/chunks');
  if (!existsSync(folder)) return;
  const fresh = new Set(Object.keys(metafile.outputs).map(file => path.basename(file)));
  for (const file of await readdir(folder)) {
    if (!fresh.has(file)) await rm(path.join(folder, file), { force: true });
  }
}

async function writeMetafile(name, metafile) {
  await mkdir(path.join(root, 'dist/meta'), { recursive: true });
  await writeFile(path.join(root, `dist/meta/${name}.json`), JSON.stringify(metafile));
}

/** Runs after each build of a bundle, the rebuilds of --watch too. */
const finish = name => ({
  name: 'finish',
  setup(build) {
    build.onEnd(async ({ metafile, errors }) => {
      if (metafile === undefined || errors.length > 0) return;
      if (name === 'webview') await pruneChunks(metafile);
      if (flags.has('--meta')) await writeMetafile(name, metafile);
      if (flags.has('--watch')) console.log(`build: ${name} is ready`);
    });
  },
});

const startedAt = Date.now();
await copyFiles();
await writeCommands();
await writePrices();
const jobs = Object.entries(bundles).map(([name, options]) => ({ ...options, plugins: [...options.plugins ?? [], finish(name)] }));
if (flags.has('--watch')) {
  for (const job of jobs) await (await esbuild.context(job)).watch();
} else {
  await Promise.all(jobs.map(job => esbuild.build(job)));
  console.log(`build: ${jobs.length} bundles in ${Date.now() - startedAt} ms`);
}
