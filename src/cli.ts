/**
 * The engine on the command line. Exit code 0: done; 1: there was nothing that could be read; 2: the arguments make no sense.
 * Keys come from the environment or from standard input, never from arguments, which other users of a machine can see.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Output } from './cli/output';
import { printable } from './cli/printable';
import { knownZone, localZone } from './core/days';
import type { EngineSettings } from './core/settings';
import { systemClock } from './core/time';
import { loggingTools, scanOnce } from './engine/logs/scanOnce';
import { ScanThreads, threadCount } from './engine/logs/scanThreads';
import { SCAN_VIEWS, type ScanView } from './engine/logs/scanViews';
import { loadPrices } from './engine/prices/load';
import { isUsageError, UsageError } from './engine/usageError';

/** What a run sees of its process. */
export interface CliProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: string;
  /** IANA name of the local zone. */
  readonly zone: string;
  /** The folder that the built files lie in. */
  readonly distDir: string;
  /** All of standard input. */
  input(): Promise<string>;
  out(text: string): void;
  error(text: string): void;
}

const HELP = `Quota Monitor

Usage: node cli.js <command> [options]

Commands
  snapshot  Read every account once, and show limits, balances and spending.
  scan      Count the tokens in the logs of the tools on this machine, by day, model and project.

Options of both
  --json              Print one JSON object.
  --utc               Days of UTC; otherwise of the local zone.
  --claude-home DIR   Read Claude Code's files in DIR: its own folder, or a home that holds .claude.
  --codex-home DIR    The same for Codex, and so for each local tool by its id. Then only the tools that are named are read.
  --state DIR         Remember in DIR what was read, and read only what is new the next time. A scan keeps its compiled code there, too.

Options of scan
  --settings FILE     Take quotaMonitor.prices, .modelAliases and .clients from a JSON file, such as the editor's settings.
  --threads N         Read large logs with N threads; otherwise with one for each processor.
  --by WHAT           One row for each ${SCAN_VIEWS.join(', ')}. Projects are roots of repositories.

Options of snapshot
  --account PROVIDER[:ALIAS][@BASE-URL]   An account; may be given several times.
  --keys-from-stdin                       Read keys from standard input: lines of NAME=KEY.

A key is named after its account's alias or its provider. In the environment it is QUOTA_MONITOR_KEY_NAME, such as
QUOTA_MONITOR_KEY_OPENROUTER. A provider that has a key needs no --account.

  --help, --version
`;

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
const COMMANDS: ReadonlyMap<string, (values: Values, io: CliProcess) => Promise<number>> = new Map([['snapshot', snapshot], ['scan', scan]]);

/** @returns the exit code. */
export async function run(args: readonly string[], io: CliProcess): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h') return say(io, HELP);
  if (name === '--version') return say(io, `${version(io)}\n`);
  const command = COMMANDS.get(name);
  if (command === undefined) return refuse(io, `There is no command "${name}".`);
  try {
    const { values }: { readonly values: Values } = parseArgs({
      args: rest, strict: true, allowPositionals: false,
      options: {
        ...Object.fromEntries(['json', 'utc', 'help'].map(flag => [flag, { type: 'boolean' as const }])),
        ...Object.fromEntries(['state', ...loggingTools().map(id => `${id}-home`)].map(option => [option, { type: 'string' as const }])),
        ...(name === 'scan' && Object.fromEntries(['threads', 'by', 'settings'].map(option => [option, { type: 'string' as const }]))),
        ...(name === 'snapshot' && { 'account': { type: 'string', multiple: true }, 'keys-from-stdin': { type: 'boolean' } }),
      },
    });
    return values['help'] === true ? say(io, HELP) : await command(values, io);
  } catch (error) {
    const aboutArguments = isUsageError(error) || (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
    if (aboutArguments) return refuse(io, error.message);
    throw error;
  }
}

/** The extension's, whose manifest lies above the built files. */
function version(io: CliProcess): string {
  const manifest = JSON.parse(readFileSync(path.join(io.distDir, '..', 'package.json'), 'utf8')) as { readonly version: string };
  return manifest.version;
}

/** What both commands take. */
function common(values: Values, io: CliProcess) {
  const folder = (name: string): string | null => {
    if (values[name] === '') throw new UsageError(`--${name} takes the name of a folder.`); // of a variable that is not set: not the current one
    return typeof values[name] === 'string' ? path.resolve(values[name]) : null;
  };
  return {
    machine: { home: io.home, platform: io.platform, env: io.env },
    homes: new Map(loggingTools().flatMap(id => { const home = folder(`${id}-home`); return home === null ? [] : [[id, home] as const]; })),
    state: folder('state'),
    zone: values['utc'] === true ? 'UTC' : io.zone,
  };
}

async function scan(values: Values, io: CliProcess): Promise<number> {
  const { machine, homes, state, zone } = common(values, io);
  const view = viewIn(values['by']);
  const count = threadsOf(values['threads']);
  const threads = new ScanThreads({ bundle: path.join(io.distDir, 'scan.js'), count, background: false });
  const told = values['settings'];
  const own = typeof told === 'string' ? settingsIn(path.resolve(told), io) : null;
  const listed = loadPrices(path.join(io.distDir, 'prices.json'));
  const prices = own === null ? listed : listed.with(own.prices, own.modelAliases);
  const result = await scanOnce({ machine, homes, stateDir: state, zone, threads, prices, view, clients: own?.clients ?? [] }).finally(() => threads.dispose());
  const { rows, unpriced, skipped, failed } = result;
  io.out(values['json'] === true ? `${JSON.stringify({ ...(values['utc'] !== true && { zone }), rows, unpriced, skipped })}\n` : seldom().scanTable(result, view, zone, prices.date));
  if (homes.size === 0 || failed.length < homes.size) return 0;
  io.error('None of the folders that were named holds logs that can be read.\n');
  return 1;
}

/** Who asks on the command line waits for the answer: all processors, unless told otherwise. @throws {UsageError} */
function threadsOf(told: Values[string]): number {
  if (told === undefined) return availableParallelism();
  if (typeof told !== 'string' || !/^[1-9]\d{0,2}$/.test(told)) throw new UsageError('--threads takes a number of threads, 1 or more.');
  return threadCount(Number(told));
}

type ScanSettings = Pick<EngineSettings, 'prices' | 'modelAliases' | 'clients'>;
const seldom = () => require('./cli/seldom') as typeof import('./cli/seldom');

/** What the editor would take from the file; what is no good in it is said. @throws {UsageError} */
function settingsIn(file: string, io: CliProcess): ScanSettings {
  const json = readJson(file);
  const { settings, problems } = seldom().readUserSettings({ get: name => json[name], locale: 'en', zone: io.zone });
  for (const problem of problems) io.error(`${printable(problem)}\n`);
  return settings.engine;
}

function readJson(file: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof json === 'object' && json !== null) return json as Record<string, unknown>;
  } catch {
    // told below
  }
  throw new UsageError(`"${file}" cannot be read, or holds no JSON object without comments.`);
}

/** Null: none was asked for. @throws {UsageError} */
function viewIn(name: Values[string]): ScanView | null {
  const view = SCAN_VIEWS.find(each => each === name) ?? null;
  if (name !== undefined && view === null) throw new UsageError(`There is no view "${String(name)}": --by takes one of ${SCAN_VIEWS.join(', ')}.`);
  return view;
}

async function snapshot(values: Values, io: CliProcess): Promise<number> {
  const { machine, homes, state, zone } = common(values, io);
  const named = Array.isArray(values['account']) ? values['account'].map(String) : [];
  const { accountSummary, defaultDisplaySettings, defaultEngineSettings, keyName, onceAccounts, readOnce } = seldom();
  const keys = keysOf(io.env, values['keys-from-stdin'] === true ? await io.input() : '', keyName);
  const { accounts, secret, warning } = await onceAccounts({ machine, homes, named, keys, storageDir: state, now: systemClock.now() });
  const read = await readOnce({
    machine, storageDir: state, accounts, secrets: accountId => Promise.resolve(secret(accountId)), settings: { ...defaultEngineSettings, zone }, assetsDir: io.distDir,
  });
  for (const text of [warning, read.storeWarning]) if (text !== null) io.error(`${printable(text)}\n`);
  if (values['json'] === true) io.out(`${JSON.stringify(read)}\n`);
  else for (const account of read.accounts) io.out([accountSummary(account, { ...defaultDisplaySettings, now: read.madeAt, zone }), ...account.notes].map(text => `${printable(text)}\n`).join('  '));
  if (accounts.length > 0) return 0;
  io.error('There is no account: no local tool was found and no key was given. See --help.\n');
  return 1;
}

const KEY_PREFIX = 'QUOTA_MONITOR_KEY_';

/** @param input lines of NAME=KEY, which win over the environment. */
function keysOf(env: CliProcess['env'], input: string, keyName: (name: string) => string): ReadonlyMap<string, string> {
  const told = Object.entries(env).flatMap(([name, key]) => (name.startsWith(KEY_PREFIX) && key !== undefined ? [[name.slice(KEY_PREFIX.length), key] as const] : []));
  const typed = input.split(/\r?\n/).map(line => /^\s*([^=]+)=(.*)$/.exec(line)).flatMap(match => (match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const]));
  return new Map([...told, ...typed].map(([name, key]) => [keyName(name), key.trim()] as const).filter(([, key]) => key !== ''));
}

function say(io: CliProcess, text: string): number {
  io.out(text);
  return 0;
}

function refuse(io: CliProcess, sentence: string): number {
  io.error(`${sentence}\nSee --help.\n`);
  return 2;
}

const MAX_INPUT = 1_000_000;

async function standardInput(): Promise<string> {
  let text = '';
  for await (const piece of process.stdin.setEncoding('utf8')) {
    text += String(piece);
    if (text.length > MAX_INPUT) throw new UsageError('Standard input is too long for a list of keys.');
  }
  return text;
}

/** Runs what this process was started for. */
export function main(): void {
  const errors = new Output(2, () => undefined); // there is nobody to tell
  const output = new Output(1, code => {
    if (code === 'EPIPE') return; // who read has had enough
    errors.print(`Not all could be written (${code}).\n`);
    process.exit(1);
  });
  void run(process.argv.slice(2), {
    env: process.env, home: homedir(), platform: process.platform, distDir: __dirname,
    get zone() { return knownZone(localZone()); }, // slow to tell, and not always asked for
    input: standardInput, out: text => output.print(text), error: text => errors.print(text),
  }).then(code => {
    process.exitCode = code;
    if (output.done && errors.done) process.exit(); // what else there is to end takes a while, and has nothing to say
  });
}
