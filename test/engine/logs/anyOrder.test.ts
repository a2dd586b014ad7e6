/**
 * Whatever becomes of log files on their way, and of who reads them: once all is there, each response counts once. Files grow by pieces cut
 * anywhere, in any order; they are copied, cut off, replaced, written over and packed; the reader is stopped amid a scan, killed before it could
 * keep what it knew, and finds its memory damaged.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import fc from 'fast-check';
import type { UsageBucket } from '../../../src/core/reading';
import { claude } from '../../../src/providers/claude';
import { codex } from '../../../src/providers/codex';
import type { Provider } from '../../../src/providers/provider';
import { claudeLine, codexLine, type Sum, TestHome, total, type Usage } from './rig';

const { zstdCompressSync: pack } = zlib as unknown as { readonly zstdCompressSync: (bytes: Buffer) => Buffer };

interface Corpus {
  /** Whole files by their paths below the home. */
  readonly files: Readonly<Record<string, string>>;
  /** What is true of them, whoever wrote them down again. */
  readonly truth: Sum;
}

const text = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('');
const at = (minute: number, second = 0): string => new Date(Date.UTC(2026, 9, 31, 20, minute, second)).toISOString();
const sumOf = (parts: readonly Sum[]): Sum => {
  const sum = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0, requests: 0 };
  for (const part of parts) for (const name of Object.keys(sum) as (keyof Sum)[]) sum[name] += part[name];
  return sum;
};

const small = fc.integer({ min: 1, max: 900 });
const claudeResponse = fc.record({ input: small, read: fc.nat(90_000), write: small, oneHour: fc.constantFrom(0, 1), output: small, lines: fc.integer({ min: 1, max: 4 }), advice: fc.boolean() });

/** A session, one that was resumed from it, and one of a sub-agent. */
const claudeCorpus: fc.Arbitrary<Corpus> = fc.tuple(fc.array(claudeResponse, { minLength: 1, maxLength: 6 }), fc.array(claudeResponse, { minLength: 1, maxLength: 4 }), fc.array(claudeResponse, { maxLength: 4 }), fc.nat(30))
  .map(([main, resumed, side, copied]) => {
    const linesOf = (name: string, responses: typeof main, from: number, extra: object): string[] => responses.flatMap(({ lines, output, advice, write, oneHour, ...rest }, i) =>
      Array.from({ length: lines }, (_, n) => claudeLine({
        ...rest, id: `msg_${name}${i}`, request: `req_${name}${i}`, at: at(from + i * 7, n), write, oneHour: oneHour * write, output: n === lines - 1 ? output : 1, extra: { ...extra, uuid: `${name}${i} ${n}` },
        usage: advice ? { iterations: [{ type: 'message', input_tokens: 1, output_tokens: 1 }, { type: 'advisor_message', model: 'claude-opus-5', input_tokens: 3, output_tokens: 5 }] } : {},
      })));
    const first = linesOf('main', main, 0, { sessionId: 'one', gitBranch: 'main' });
    return {
      files: {
        '.claude/projects/-home-dev-app/one.jsonl': text(first),
        '.claude/projects/-home-dev-app/two.jsonl': text([...first.slice(0, copied), ...linesOf('resumed', resumed, 50, { sessionId: 'two' })]),
        '.claude/projects/-home-dev-app/one/subagents/agent-a.jsonl': text(linesOf('side', side, 3, { sessionId: 'one', isSidechain: true })),
      },
      truth: sumOf([...main, ...resumed, ...side].flatMap(({ input, read, write, output, advice }) => [
        { input, cacheRead: read, cacheWrite: write, output, reasoning: 0, requests: 1 },
        ...(advice ? [{ input: 3, cacheRead: 0, cacheWrite: 0, output: 5, reasoning: 0, requests: 1 }] : []),
      ])),
    };
  });

const rise = fc.record({ input: small, cached: fc.nat(800), output: small, reasoning: fc.nat(500), repeats: fc.nat(2), withLast: fc.boolean() });

/** A session, a fork of it, and a thread that it spawned. */
const codexCorpus: fc.Arbitrary<Corpus> = fc.tuple(fc.array(rise, { minLength: 1, maxLength: 6 }), fc.array(rise, { minLength: 1, maxLength: 4 }), fc.array(rise, { minLength: 1, maxLength: 4 }), fc.nat(6))
  .map(([main, forked, spawned, shared]) => {
    const usage = ({ input, cached, output, reasoning }: (typeof main)[number]): Usage => [input, Math.min(cached, input), output, Math.min(reasoning, output)];
    const plus = (a: Usage, b: Usage): Usage => [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
    const events = (rises: typeof main, begin: Usage, time: (i: number, repeat: number) => string): readonly (readonly string[])[] => {
      let sum = begin;
      return rises.map((each, i) => {
        sum = plus(sum, usage(each));
        return Array.from({ length: each.repeats + 1 }, (_, n) => codexLine.tokens(time(i, n), sum, each.withLast ? usage(each) : null));
      });
    };
    const own = events(main, [0, 0, 0, 0], (i, n) => at(i * 7, n));
    const kept = Math.min(shared, main.length);
    const keptSum = main.slice(0, kept).map(usage).reduce(plus, [0, 0, 0, 0]);
    const folder = '.codex/sessions/2026/10/31';
    return {
      files: {
        [`${folder}/rollout-one.jsonl`]: text([codexLine.meta(at(0), { id: 'one' }), codexLine.turn(at(0)), ...own.flat()]),
        [`${folder}/rollout-two.jsonl`]: text([
          codexLine.meta(at(50), { id: 'two', forked_from_id: 'one' }), codexLine.turn(at(0)), ...own.slice(0, kept).flat(), codexLine.turn(at(51)), ...events(forked, keptSum, (i, n) => at(51 + i * 7, n)).flat(),
        ]),
        [`${folder}/rollout-three.jsonl`]: text([
          codexLine.meta(at(55), { id: 'three', source: { subagent: { thread_spawn: { parent_thread_id: 'one', depth: 1 } } } }), codexLine.turn(at(55)),
          ...events(main.slice(0, kept), [0, 0, 0, 0], () => at(55)).flat(), ...events(spawned, keptSum, (i, n) => at(56 + i * 7, n + 3)).flat(),
        ]),
      },
      truth: sumOf([...main, ...forked, ...spawned].map(usage).map(([input, cached, output, reasoning]) => ({ input: input - cached, cacheRead: cached, cacheWrite: 0, output, reasoning, requests: 1 }))),
    };
  });

const share = fc.double({ min: 0, max: 1, noNaN: true });
/** Mostly logs that grow and are read, else all is read anew each time. */
const TURNS = { grow: 12, scan: 8, copy: 1, cut: 1, replace: 1, rewrite: 3, pack: 2, touch: 1, restart: 2, stop: 1, kill: 1, spoil: 1 };
const turn = fc.record({
  what: fc.oneof(...Object.entries(TURNS).map(([what, weight]) => ({ arbitrary: fc.constant(what), weight }))),
  file: fc.nat(2), share: fc.oneof(share, fc.double({ min: 0, max: 0.3, noNaN: true })),
});

/** The files on their way, and the one who reads them. */
class Course {
  readonly #home = new TestHome();
  readonly #provider: Provider;
  readonly #files: readonly (readonly [name: string, content: Buffer])[];
  readonly #packed = new Set<string>();
  /** Where copies of files go, in another root. */
  readonly #copies: string;
  #scanner;
  #kept: string | null = null;
  #count = 0;

  /** @param killed whether that is going to happen. */
  constructor(provider: Provider, { files }: Corpus, copies: string, private readonly killed: boolean) {
    [this.#provider, this.#copies] = [provider, copies];
    this.#files = Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]);
    for (const [name] of this.#files) fs.mkdirSync(path.dirname(this.#path(name)), { recursive: true });
    this.#scanner = this.#home.scanner(provider, { stateDir: this.#home.stateDir });
  }

  #path(name: string): string {
    return path.join(this.#home.dir, name);
  }

  async take({ what, file, share: part }: { readonly what: string; readonly file: number; readonly share: number }): Promise<void> {
    const [name, content] = this.#files[file % this.#files.length] ?? assert.fail('no file');
    const full = this.#path(name);
    const have = fs.existsSync(full) ? fs.statSync(full).size : 0;
    const now = (): Buffer => (have === 0 ? Buffer.alloc(0) : fs.readFileSync(full));
    if (what === 'scan') return this.#scan();
    if (what === 'restart') return this.#restart();
    if (what === 'stop') return this.#stop();
    if (what === 'kill') return this.#kill();
    if (what === 'spoil') return this.#spoil(part);
    if (this.#packed.has(name)) return;
    if (what === 'grow') this.#grow(name, content, part);
    else if (what === 'copy') this.#home.write(`${this.#copies}${this.#count++}.jsonl`, now());
    else if (what === 'cut' && have > 0) fs.truncateSync(full, Math.floor(have * part));
    else if (what === 'touch' && have > 0) fs.utimesSync(full, this.#count, this.#count++);
    else if (what === 'replace' && have > 0) {
      fs.writeFileSync(`${full}.new`, now());
      fs.renameSync(`${full}.new`, full);
    } else if (what === 'rewrite') {
      const [, other] = this.#files[(file + 1) % this.#files.length] ?? assert.fail('no file');
      fs.writeFileSync(full, other.subarray(0, Math.ceil(other.length * part)));
    } else if (what === 'pack' && have > 0 && fs.readFileSync(full).equals(content)) this.#pack(name, content);
  }

  /** By a part of what is missing; all anew where it holds something else. */
  #grow(name: string, content: Buffer, part: number): void {
    const full = this.#path(name);
    const have = fs.existsSync(full) ? fs.readFileSync(full) : Buffer.alloc(0);
    const to = have.length + Math.ceil((content.length - have.length) * part);
    if (have.equals(content.subarray(0, have.length))) fs.appendFileSync(full, content.subarray(have.length, to));
    else fs.writeFileSync(full, content.subarray(0, to));
  }

  #pack(name: string, content: Buffer): void {
    fs.writeFileSync(`${this.#path(name)}.zst`, pack(content));
    fs.rmSync(this.#path(name));
    this.#packed.add(name);
  }

  async #scan(): Promise<void> {
    if (this.killed) this.#kept = this.#memory();
    await this.#scanner.scan();
  }

  #memory(): string | null {
    if (!fs.existsSync(this.#home.stateDir)) return null;
    const copy = this.#path(`memory-${this.#count++}`);
    fs.cpSync(this.#home.stateDir, copy, { recursive: true });
    return copy;
  }

  #restart(): void {
    this.#scanner.dispose();
    this.#scanner = this.#home.scanner(this.#provider, { stateDir: this.#home.stateDir });
  }

  /** Stopped amid a scan: what was read so far is kept. */
  async #stop(): Promise<void> {
    const stop = new AbortController();
    const scan = this.#scanner.scan({ signal: stop.signal, onProgress: () => stop.abort(new Error('stopped')) });
    await scan.catch((error: unknown) => assert.match(String(error), /stopped/));
    this.#restart();
  }

  /** What the last scan found out is lost. */
  #kill(): void {
    this.#scanner.dispose();
    fs.rmSync(this.#home.stateDir, { recursive: true, force: true });
    if (this.#kept !== null) fs.cpSync(this.#kept, this.#home.stateDir, { recursive: true });
    this.#restart();
  }

  #spoil(part: number): void {
    const files = fs.existsSync(this.#home.stateDir) ? fs.readdirSync(this.#home.stateDir, { recursive: true, encoding: 'utf8' }).map(name => path.join(this.#home.stateDir, name)) : [];
    const file = files.filter(name => fs.statSync(name).isFile()).at(Math.floor(part * files.length * 0.99));
    if (file !== undefined) fs.truncateSync(file, Math.floor(fs.statSync(file).size * part));
    this.#restart();
  }

  /** All files whole, read by a scanner that remembers, and by one that does not. */
  async end(): Promise<readonly (readonly UsageBucket[])[]> {
    for (const [name, content] of this.#files) if (!this.#packed.has(name)) this.#grow(name, content, 1);
    this.#restart();
    return [(await this.#scanner.scan()).report.buckets, (await this.#home.scan(this.#provider)).report.buckets];
  }

  remove(): void {
    this.#scanner.dispose();
    this.#home.remove();
  }
}

const counted = (buckets: readonly UsageBucket[]): readonly UsageBucket[] => buckets.filter(({ requests }) => requests !== 0);
const ordered = (buckets: readonly UsageBucket[]): readonly string[] => counted(buckets).map(bucket => JSON.stringify(bucket)).sort();

describe('logs on their way', () => {
  const runs = Number(process.env['ANY_ORDER_RUNS'] ?? (process.env['npm_lifecycle_event'] === 'test' ? 150 : 20));
  for (const [provider, corpus, copies] of [[claude, claudeCorpus, '.config/claude/projects/-copy/c'], [codex, codexCorpus, '.codex/archived_sessions/rollout-c']] as const) {
    it(`R1-R5: of ${provider.info.name} count once when all is there, whatever became of them and of their reader meanwhile`, async function () {
      this.timeout(20_000 + runs * 1000);
      await fc.assert(fc.asyncProperty(corpus, fc.array(turn, { maxLength: 30, size: 'max' }), async (files, turns) => {
        const straight = new TestHome();
        const course = new Course(provider, files, copies, turns.some(({ what }) => what === 'kill'));
        try {
          for (const [name, content] of Object.entries(files.files)) straight.write(name, content);
          const { report } = await straight.scan(provider);
          assert.deepEqual(total(report), files.truth);
          for (const each of turns) await course.take(each);
          for (const found of await course.end()) assert.deepEqual(ordered(found), ordered(report.buckets));
        } finally {
          straight.remove();
          course.remove();
        }
      }), { numRuns: runs });
    });
  }
});
