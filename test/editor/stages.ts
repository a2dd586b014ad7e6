/** `npm test`: the stages, one after the other, and the line that says how it went. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureChromium } from './browser';
import { type Counts, runHostTests } from './hostRun';
import { installCodeServer } from './install';
import { outDir, root } from './paths';
import { exitOnSignals } from './processes';

const STAGE_LIMIT_MS = 30 * 60_000;

const scripts = {
  mocha: 'node_modules/mocha/bin/mocha.js',
  tsc: 'node_modules/typescript/bin/tsc',
  eslint: 'node_modules/eslint/bin/eslint.js',
  depcruise: 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
  vsce: 'node_modules/@vscode/vsce/vsce',
} as const;

/** Options of `vsce package`: everything is bundled, and there need be no public repository. */
const VSCE_OPTIONS = ['package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '-o', 'dist/quota-monitor.vsix'];

/** Runs a script on this Node; its output is shown when it ends, or as it comes with `live`. True when it exits with 0. */
async function run(script: string, args: readonly string[], { live = false, env = {} }: { live?: boolean; env?: Record<string, string> } = {}): Promise<boolean> {
  const child = spawn(process.execPath, [script, ...args], { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'] });
  const endWithUs = (): void => void child.kill('SIGTERM');
  process.on('exit', endWithUs);
  const limit = setTimeout(() => child.kill('SIGKILL'), STAGE_LIMIT_MS);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>(resolve => child.once('close', resolve));
  clearTimeout(limit);
  process.off('exit', endWithUs);
  if (output !== '' && code !== 0) process.stdout.write(output);
  return code === 0;
}

/** Several commands as one check: the first that fails is shown and ends it. */
async function check(name: string, ...commands: readonly (readonly [script: string, ...args: string[]])[]): Promise<Counts> {
  const startedAt = Date.now();
  let passed = true;
  for (const [script, ...args] of commands) passed = passed && (await run(script, args));
  console.log(`  ${passed ? '✔' : '✘'} ${name} (${Date.now() - startedAt}ms)`);
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

async function mocha(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Counts> {
  mkdirSync(outDir, { recursive: true });
  const result = path.join(outDir, `mocha-${process.pid}.json`);
  rmSync(result, { force: true });
  const ok = await run(scripts.mocha, ['--reporter', 'test/editor/reporter.cjs', '--exit', ...args], { live: true, env: { ...env, QUOTA_MONITOR_RESULT: result } });
  if (!existsSync(result)) return { passed: 0, failed: 1, skipped: 0 };
  const counts = JSON.parse(readFileSync(result, 'utf8')) as Counts;
  rmSync(result);
  return ok ? counts : { ...counts, failed: Math.max(1, counts.failed) };
}

const sum = (all: readonly Counts[]): Counts => ({
  passed: all.reduce((n, { passed }) => n + passed, 0),
  failed: all.reduce((n, { failed }) => n + failed, 0),
  skipped: all.reduce((n, { skipped }) => n + skipped, 0),
});

const say = ({ passed, failed, skipped }: Counts): string => `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

async function inEditor(...files: readonly string[]): Promise<Counts> {
  ensureChromium();
  installCodeServer();
  return mocha(['--require', 'tsx/cjs', '--require', 'test/editor/hooks.ts', '--timeout', '120000', ...files]);
}

const stages: Readonly<Record<string, () => Promise<Counts>>> = {
  build: () => check('build and VSIX', ['esbuild.mjs', '--production', '--meta'], [scripts.vsce, ...VSCE_OPTIONS]),
  checks: async () => sum(await Promise.all([
    check('types', ...['.', 'webview', 'test'].map(project => [scripts.tsc, '-p', project] as const)),
    check('lint', [scripts.eslint, '--config', '.eslint.config.mjs', '.'] as const).then(async lint =>
      sum([lint, await check('import boundaries', [scripts.depcruise, '--config', '.dependency-cruiser.cjs', 'src', 'webview'])])),
  ])),
  unit: async () => sum([
    await mocha(['test/**/*.test.ts', '--ignore', 'test/{host,e2e,webview/rendered}/**', '--ignore', 'test/package.test.ts']),
    await mocha(['test/engine/history/**/*.test.ts', 'test/engine/historyTools/**/*.test.ts'], { QUOTA_MONITOR_SQLITE: 'sql.js' }), // as in editors whose Node brings none
  ]),
  crash: () => mocha(['test/engine/history/crash.test.ts', 'test/engine/historyTools/crash.test.ts'], { QUOTA_MONITOR_KILLS: '200' }),
  rendered: () => {
    ensureChromium();
    return mocha(['--timeout', '60000', 'test/webview/rendered/**/*.test.ts']);
  },
  host: runHostTests,
  e2e: () => inEditor('test/e2e/**/*.test.ts', '--ignore', 'test/e2e/windowRounds.test.ts'),
  windows: () => inEditor('test/e2e/windowRounds.test.ts'),
  package: () => mocha(['test/package.test.ts']),
};

/** Stages that look at what the build made. */
const NEEDS_BUILD = new Set(['host', 'e2e', 'windows', 'package']);

async function runStage(name: string, stage: () => Promise<Counts>): Promise<Counts> {
  console.log(`\n${name}`);
  const startedAt = Date.now();
  const counts = await stage().catch((error: unknown) => {
    console.error(error);
    return { passed: 0, failed: 1, skipped: 0 };
  });
  const empty = counts.passed + counts.failed === 0;
  console.log(`${name}: ${empty ? 'ran nothing' : say(counts)} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  return empty ? { ...counts, failed: 1 } : counts;
}

/**
 * Runs the stages named, or all; a stage that ran nothing counts as failed.
 * @returns the exit code
 */
export async function runStages(names: readonly string[]): Promise<number> {
  exitOnSignals();
  const unknown = names.filter(name => !(name in stages));
  if (unknown.length > 0) throw new Error(`No stage ${unknown.join(', ')}; there are ${Object.keys(stages).join(', ')}`);
  const wanted = new Set(names.length === 0 ? Object.keys(stages) : names);
  if (names.some(name => NEEDS_BUILD.has(name))) wanted.add('build');
  rmSync(path.join(outDir, 'failures'), { recursive: true, force: true });
  const counts: Counts[] = [];
  for (const [name, stage] of Object.entries(stages)) {
    if (!wanted.has(name)) continue;
    counts.push(await runStage(name, stage));
    if (name === 'build' && counts.at(-1)?.failed !== 0) break;
  }
  const total = sum(counts);
  console.log(`\n${say(total)}`);
  return total.failed === 0 ? 0 : 1;
}
