/** What ships, after `node esbuild.mjs --production --meta` and `vsce package`: how big it is and what is in it. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { root, vsixPath } from './editor';

interface Metafile {
  readonly outputs: Readonly<Record<string, {
    readonly bytes: number;
    readonly entryPoint?: string;
    readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
    readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
  }>>;
}

const KB = 1024;
const packageJson = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  engines: { vscode: string };
  dependencies?: Record<string, string>;
  devDependencies: Record<string, string>;
};

function metafile(bundle: string): Metafile {
  return JSON.parse(readFileSync(path.join(root, 'dist', 'meta', `${bundle}.json`), 'utf8')) as Metafile;
}

/** The outputs an entry loads before anything is asked of it: itself and its static imports. */
function staticOutputs({ outputs }: Metafile): string[] {
  const entry = Object.keys(outputs).find(file => outputs[file]?.entryPoint !== undefined && file.endsWith('main.js')) ?? '';
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    outputs[file]?.imports.filter(({ kind, external }) => kind === 'import-statement' && external !== true).forEach(({ path: next }) => visit(next));
  };
  visit(entry);
  return [...seen];
}

/** The npm packages (or paths in them) in some outputs that match a pattern. */
function packagesIn({ outputs }: Metafile, files: readonly string[], pattern: RegExp): string[] {
  return files.flatMap(file => Object.keys(outputs[file]?.inputs ?? {})).filter(input => pattern.test(input));
}

/** What the inputs that match a pattern take of all outputs. */
function bytesOf({ outputs }: Metafile, pattern: RegExp): number {
  const inputs = Object.values(outputs).flatMap(output => Object.entries(output.inputs));
  return inputs.reduce((sum, [input, { bytesInOutput }]) => sum + (pattern.test(input) ? bytesInOutput : 0), 0);
}

describe('the bundles', () => {
  it("keep sql.js, classic zod and Chart.js out of the host's bundle", () => {
    const found = ['extension', 'main'].flatMap(name => packagesIn(metafile(name), Object.keys(metafile(name).outputs), /node_modules\/(sql\.js|chart\.js|zod\/v4\/classic|zod\/v3)\//));
    assert.deepEqual(found, []);
  });

  it('load before activation has returned neither zod nor anything else of note', () => {
    const meta = metafile('extension');
    assert.deepEqual(packagesIn(meta, Object.keys(meta.outputs), /node_modules\//), []);
    const { size } = statSync(path.join(root, 'dist', 'extension.js'));
    assert.ok(size <= 16 * KB, `${Math.round(size / KB)} KB`);
  });

  it("keep the host's bundle at 150 KB or less", () => {
    const size = ['extension.js', 'main.js'].reduce((sum, file) => sum + statSync(path.join(root, 'dist', file)).size, 0);
    assert.ok(size <= 150 * KB, `${Math.round(size / KB)} KB`);
  });

  it("keep what the webview loads at once at 80 KB or less", () => {
    const meta = metafile('webview');
    const bytes = staticOutputs(meta).reduce((total, file) => total + (meta.outputs[file]?.bytes ?? 0), 0);
    assert.ok(bytes > 0 && bytes <= 80 * KB, `${Math.round(bytes / KB)} KB`);
  });

  it('load Chart.js when a chart is opened, not before', () => {
    const meta = metafile('webview');
    assert.deepEqual(packagesIn(meta, staticOutputs(meta), /node_modules\/chart\.js\//), []);
    assert.notDeepEqual(packagesIn(meta, Object.keys(meta.outputs), /node_modules\/chart\.js\//), []);
  });

  it('hold sql.js once, in a file of its own', () => {
    const found = ['extension', 'main', 'engine', 'webview'].flatMap(name => packagesIn(metafile(name), Object.keys(metafile(name).outputs), /node_modules\/sql\.js\//));
    assert.deepEqual(found, []);
  });

  it('hold of zod what they use', () => {
    const bytes = ['main', 'engine'].map(name => bytesOf(metafile(name), /node_modules\/zod\//));
    assert.ok(bytes.every(each => each > 0 && each <= 60 * KB), bytes.join());
  });

  it('leave out of what counts logs all that a short scan does without: libraries, adapters of vendors, databases', () => {
    const { outputs } = metafile('logs');
    assert.deepEqual(packagesIn({ outputs }, Object.keys(outputs), /node_modules\/|sqlite\/|providers\/(openai|anthropic|openrouter)/), []);
    const { size } = statSync(path.join(root, 'dist', 'logs.js'));
    assert.ok(size <= 140 * KB, `${Math.round(size / KB)} KB`);
  });

  it('hold classic zod nowhere', () => {
    const found = ['extension', 'main', 'engine', 'webview'].flatMap(name => packagesIn(metafile(name), Object.keys(metafile(name).outputs), /zod\/v4\/classic\//));
    assert.deepEqual(found, []);
  });
});

describe('the VSIX', () => {
  let files: Record<string, Uint8Array>;

  before(() => {
    files = unzipSync(readFileSync(vsixPath));
  });

  it('is smaller than 1 MB', () => {
    const { size } = statSync(vsixPath);
    assert.ok(size < 1_000_000, `${Math.round(size / KB)} KB`);
  });

  it('holds what runs and what a user reads, and nothing else', () => {
    const allowed = /^(\[Content_Types\]\.xml|extension\.vsixmanifest|extension\/(package(\.nls(\.[\w-]+)?)?\.json|readme\.md|changelog\.md|LICENSE\.txt|l10n\/[\w.-]+\.json|media\/.+\.(png|svg|md)|dist\/((extension|main|engine|logs|logForms|cli|scan|sql-js|fzstd)\.js|prices\.json|sql-wasm\.wasm|webview\/.+\.(js|css|ttf))))$/i;
    assert.deepEqual(Object.keys(files).filter(file => !allowed.test(file)), []);
  });

  it('runs on the command line', () => {
    assert.match(execFileSync(process.execPath, [path.join(root, 'dist/cli.js'), '--help'], { encoding: 'utf8' }), /^Usage: node cli\.js/m);
  });

  it('says on the command line what is wrong with what it was asked for', () => {
    const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'dist/cli.js'), 'snapshot', '--account', 'nobody'], { encoding: 'utf8' });
    assert.equal(status, 2, stderr);
    assert.match(stderr, /^There is no provider "nobody": there are claude, .*\.\nSee --help\.\n$/);
  });

  it('holds every part that runs', () => {
    const parts = ['package.json', 'dist/extension.js', 'dist/main.js', 'dist/engine.js', 'dist/logs.js', 'dist/logForms.js', 'dist/cli.js', 'dist/scan.js', 'dist/sql-js.js', 'dist/sql-wasm.wasm', 'dist/prices.json', 'dist/webview/main.js'];
    assert.deepEqual(parts.filter(part => files[`extension/${part}`] === undefined), []);
  });

  it('holds no source map, secret or path of the machine that built it', () => {
    const telltale = new RegExp(`sourceMappingURL=|sk-[\\w-]*[A-Za-z0-9]{32}|-----BEGIN [A-Z ]*PRIVATE KEY|${root.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
    const found = Object.entries(files).filter(([, bytes]) => telltale.test(Buffer.from(bytes).toString('latin1')));
    assert.deepEqual(found.map(([file]) => file), []);
  });
});

describe('package.json', () => {
  it('supports just the VS Code whose types are used, so that the types prove it', () => {
    const minor = (version: string): string => version.replace(/^\^/, '').split('.').slice(0, 2).join('.');
    assert.equal(minor(packageJson.engines.vscode), minor(packageJson.devDependencies['@types/vscode'] ?? ''));
  });

  it('has no run-time dependency: everything is bundled', () => {
    assert.deepEqual(packageJson.dependencies ?? {}, {});
  });
});
