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
import type { Provider } from '../../../src/providers/provider';
import { type Sum, TestHome, total } from './rig';

const { zstdCompressSync: pack } = zlib as unknown as { readonly zstdCompressSync: (bytes: Buffer) => Buffer };

export interface Corpus {
  /** Whole files by their paths below the home. */
  readonly files: Readonly<Record<string, string>>;
  /** What is true of them, whoever wrote them down again. */
  readonly truth: Sum;
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
/** Mostly logs that grow and are read, else all is read anew each time. */
const TURNS = { grow: 8, line: 6, scan: 8, copy: 1, cut: 1, replace: 1, rewrite: 3, pack: 2, touch: 1, restart: 2, stop: 1, kill: 1, spoil: 1 };
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
    if (what === 'grow' || what === 'line') this.#grow(name, content, part, what === 'line');
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

  /** By a part of what is missing; all anew where it holds something else. @param bare to the end of a line whose newline is yet to come. */
  #grow(name: string, content: Buffer, part: number, bare = false): void {
    const full = this.#path(name);
    const have = fs.existsSync(full) ? fs.readFileSync(full) : Buffer.alloc(0);
    const some = have.length + Math.ceil((content.length - have.length) * part);
    const to = bare ? Math.max(have.length, content.indexOf('\n', some)) : some;
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

/** So many courses are tried. */
export const COURSES = Number(process.env['ANY_ORDER_RUNS'] ?? (process.env['npm_lifecycle_event'] === 'test' ? 60 : 12));

/** @param copies where copies of files go, in another root. @throws when logs came to other totals than the truth, or than in a straight course. */
export async function holdsOnTheWay(provider: Provider, corpus: fc.Arbitrary<Corpus>, copies: string, numRuns = COURSES): Promise<void> {
  await fc.assert(fc.asyncProperty(corpus, fc.array(turn, { maxLength: 30, size: 'max' }), async (logs, turns) => {
    const straight = new TestHome();
    const course = new Course(provider, logs, copies, turns.some(({ what }) => what === 'kill'));
    try {
      for (const [name, content] of Object.entries(logs.files)) straight.write(name, content);
      const { report } = await straight.scan(provider);
      assert.deepEqual(total(report), logs.truth);
      for (const each of turns) await course.take(each);
      for (const found of await course.end()) assert.deepEqual(ordered(found), ordered(report.buckets));
    } finally {
      straight.remove();
      course.remove();
    }
  }), { numRuns });
}
