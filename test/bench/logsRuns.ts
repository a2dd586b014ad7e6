/** Whole processes in turn, measured by GNU time: A, B, A, B, …, so that what else the machine does falls on both. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** A process to be measured; what it prints is dropped. */
export interface Run {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Done before each run, unmeasured. */
  readonly prepare?: () => void;
  readonly env?: Readonly<Record<string, string>>;
}
export interface Cost { readonly wallMs: number; readonly cpuMs: number; readonly peakMb: number }
const PARTS = ['wallMs', 'cpuMs', 'peakMb'] as const;

/** Runs processes in one pretend home folder. */
export class Bench {
  readonly #home: string;
  readonly #pairs: number;
  readonly #timeFile: string;

  constructor(home: string, pairs: number) {
    this.#home = home;
    this.#pairs = pairs;
    this.#timeFile = path.join(home, 'time.txt');
  }

  /**
   * A against B: a warm-up of both, then the pairs. Prints the medians and the ratios, pair by pair.
   * @param goals what the median ratios are to be at most.
   */
  compare(a: Run, b: Run, goals: Partial<Cost> = {}): void {
    this.once(a);
    this.once(b);
    const pairs = Array.from({ length: this.#pairs }, () => [this.once(a), this.once(b)] as const);
    const of = (side: 0 | 1, part: keyof Cost): number => median(pairs.map(pair => pair[side][part]));
    const costs = (side: 0 | 1): string => `${seconds(of(side, 'wallMs'))} | ${seconds(of(side, 'cpuMs'))} | ${of(side, 'peakMb').toFixed(0)}`;
    const ratios = PARTS.map(part => {
      const all = pairs.map(([x, y]) => x[part] / y[part]).sort((x, y) => x - y);
      const goal = goals[part];
      const held = goal === undefined ? '' : `, ${median(all) <= goal ? 'within' : 'MISSED:'} ${goal}`;
      return `**${median(all).toFixed(2)}** (${all[0]?.toFixed(2)}-${all.at(-1)?.toFixed(2)})${held}`;
    });
    console.log(`| ${a.name} | ${costs(0)} | ${b.name} | ${costs(1)} | ${ratios.join(' | ')} |`);
  }

  once({ name, command, prepare, env = {} }: Run): Cost {
    prepare?.();
    const startedAt = performance.now();
    const { status, stderr } = spawnSync('/usr/bin/time', ['-f', '%U %S %M', '-o', this.#timeFile, ...command], {
      cwd: this.#home, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], timeout: 300_000,
      env: { PATH: process.env['PATH'], HOME: this.#home, TZ: 'UTC', NO_COLOR: '1', ...env },
    });
    const wallMs = performance.now() - startedAt;
    if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
    const [user = NaN, system = NaN, kilobytes = NaN] = fs.readFileSync(this.#timeFile, 'utf8').trim().split(' ').map(Number);
    return { wallMs, cpuMs: (user + system) * 1000, peakMb: kilobytes / 1024 };
  }
}

/** The head of the table whose rows `compare` prints. */
export const TABLE_HEAD = '| A | wall s | CPU s | peak MB | B | wall s | CPU s | peak MB | A/B wall | A/B CPU | A/B peak |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |';

const seconds = (ms: number): string => (ms / 1000).toFixed(2);
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
