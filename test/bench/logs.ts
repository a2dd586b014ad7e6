/**
 * The log scanner against two other tools that count the same logs, and against what the machine needs to read them at all.
 * Run: npm run bench:logs [-- SIZE PAIRS], such as 1GB 7; or -- memory; or -- live [SIZE ...]; Linux on x64 with GNU time. The other tools are installed into .cache/bench.
 * The generator of the logs lies beside the checkout where there is one.
 * Only ratios count, and those of one run: machines differ, and are noisy.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { benchLive } from './logsLive';
import { benchMemory } from './logsMemory';
import { Bench, type Cost, type Run, TABLE_HEAD } from './logsRuns';

const root = path.resolve(__dirname, '../..');
const generator = path.resolve(root, '../shared/tools/gen-logs.mjs');
const cache = path.join(root, '.cache/bench');

interface Tools { readonly ccusage: string; readonly tokscale: string }

/** The other tools, of the versions in package.json beside this file. */
function installTools(): Tools {
  const wanted = fs.readFileSync(path.join(__dirname, 'package.json'), 'utf8');
  const [manifest, packages] = [path.join(cache, 'package.json'), path.join(cache, 'node_modules')];
  if (!fs.existsSync(packages) || fs.readFileSync(manifest, 'utf8') !== wanted) {
    fs.mkdirSync(cache, { recursive: true });
    fs.writeFileSync(manifest, wanted);
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: cache, stdio: 'inherit' });
  }
  const tools = { ccusage: path.join(packages, '@ccusage/ccusage-linux-x64/bin/ccusage'), tokscale: path.join(packages, '@tokscale/cli-linux-x64-gnu/bin/tokscale') };
  for (const tool of Object.values(tools)) fs.chmodSync(tool, 0o755);
  return tools;
}

/** The command line as it ships, of this very source, apart from where others may build. */
function buildCli(): string {
  execFileSync(process.execPath, ['esbuild.mjs', '--production'], { cwd: root, stdio: 'inherit' });
  fs.rmSync(path.join(cache, 'dist'), { recursive: true, force: true });
  fs.cpSync(path.join(root, 'dist'), path.join(cache, 'dist'), { recursive: true });
  return path.join(cache, 'dist/cli.js');
}

async function main(size = '200MB', ...rest: readonly string[]): Promise<void> {
  if (size === 'memory') return benchMemory(buildCli());
  if (size === 'live') return benchLive(rest.length === 0 ? ['10MB', '1GB'] : rest, path.dirname(buildCli()));
  comparePeers(size, rest[0] ?? '5');
}

function comparePeers(size: string, pairs: string): void {
  const tools = installTools();
  const cli = buildCli();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'quota-bench-'));
  try {
    execFileSync(process.execPath, [generator, '--out', home, '--size', size, '--seed', '42', '--quiet']);
    const shell = (name: string, script: string): Run => ({ name, command: ['sh', '-c', script] });
    const scan = (name: string, ...more: string[]): Run => ({ name, command: [process.execPath, cli, 'scan', '--json', '--utc', ...more] });
    const ccusage: Run = { name: 'ccusage', command: [tools.ccusage, 'daily', '--json', '--offline'] };
    const tokscale: Run = { name: 'tokscale, + 1 line', command: [tools.tokscale, '--no-spinner', 'models', '--json', '-c', 'claude,codex'], env: { TOKSCALE_PRICING_CACHE_ONLY: '1' } };
    const append = (): void => void execFileSync(process.execPath, [generator, 'append', '--out', home, '--n', '1', '--quiet']);
    const state = path.join(home, 'state');
    const restart: Run = { ...scan('restart + 1 line', '--state', state), prepare: append };
    const goal = (most: Partial<Cost>): Partial<Cost> => (size === '1GB' ? most : {}); // of smaller ones Node's own start is most
    const bench = new Bench(home, Number(pairs));
    console.log(`${size}, medians of ${pairs} pairs\n\n${TABLE_HEAD}`);
    bench.compare(shell('floor: cat', "find .claude .codex -name '*.jsonl' -print0 | xargs -0 cat"), ccusage);
    bench.compare(shell('floor: wc -l', "find .claude .codex -name '*.jsonl' -print0 | xargs -0 wc -l"), ccusage);
    bench.compare(shell('floor: grep -c', 'LC_ALL=C grep -rc -F usage .claude .codex | cat'), ccusage);
    bench.compare(scan('cold scan'), ccusage, goal({ wallMs: 0.7, cpuMs: 0.8, peakMb: 0.9 }));
    bench.compare(scan('cold scan, 1 thread', '--threads', '1'), ccusage, goal({ wallMs: 1.1 }));
    bench.once(scan('first', '--state', state));
    bench.compare(restart, { ...ccusage, name: 'ccusage, + 1 line' }, goal({ wallMs: 0.07 }));
    bench.compare(restart, { ...tokscale, prepare: append }, goal({ wallMs: 0.1 }));
    const bytes = (of: (name: string) => boolean): number => fs.readdirSync(state, { recursive: true, encoding: 'utf8' }).filter(of)
      .map(name => fs.statSync(path.join(state, name))).reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
    const isCode = (name: string): boolean => name.startsWith('compiled');
    console.log(`\nState: ${bytes(name => !isCode(name))} bytes, and ${bytes(isCode)} of compiled code, which do not grow with the logs`);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

void main(...process.argv.slice(2));
