/**
 * What the command line begins with: it loads the rest, and keeps the form that V8 compiled that to in the folder that `--state`
 * names, as compiling takes a good part of a short scan. It lies in a folder of its own there that is the user's alone, since whoever
 * could write to it could have the user run what they like. Where there is no such folder, all is compiled each time.
 */
import { closeSync, fstatSync, lstatSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

interface Exports { main(): void }

const FOLDER = 'compiled';
const OTHERS = 0o077;
/** What is kept begins with checksums of the source and of its compiled form, and the number of runs that it is of. */
const HEAD_BYTES = 12;
/** V8 compiles a function when it is first called: after so many runs there are few left that are not in it. */
const RUNS = 3;
/** A longer run makes V8 forget what a short one needs. */
const SHORT_MS = 1000;

interface Compiled { readonly data: Buffer; readonly runs: number }

/** Loads a built file that lies beside this one. @param args of the command line. */
export function load(file: string, args: readonly string[]): Exports {
  const folder = folderIn(args);
  return folder === null ? require(file) as Exports : loadCompiled(file, path.join(folder, path.basename(file)));
}

/** @param kept where its compiled form is, or is to be. */
function loadCompiled(file: string, kept: string): Exports {
  const source = readFileSync(file, 'latin1'); // it is ASCII
  const compiled = compiledIn(kept, source);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, { filename: file, ...(compiled !== null && { cachedData: compiled.data }) });
  const built = { exports: {} as Exports };
  const run = script.runInThisContext() as (...parts: readonly unknown[]) => void;
  run(built.exports, require, built, file, path.dirname(file));
  const runs = compiled === null || script.cachedDataRejected === true ? 0 : compiled.runs;
  if (runs < RUNS) process.on('exit', () => { if (performance.now() < SHORT_MS) keep(kept, source, { data: script.createCachedData(), runs: runs + 1 }); });
  return built.exports;
}

/** Null: there is none of this very source. V8 itself sees whether it is of this version and its settings. */
function compiledIn(kept: string, source: string): Compiled | null {
  try {
    const bytes = readOwn(kept);
    const data = bytes.subarray(HEAD_BYTES);
    return bytes.length > HEAD_BYTES && bytes.readUInt32LE(0) === crc32(source) && bytes.readUInt32LE(4) === crc32(data) ? { data, runs: bytes.readUInt32LE(8) } : null;
  } catch {
    return null;
  }
}

/** @throws when it is another user's: their folder may have come to lie here since ours was looked at. */
function readOwn(file: string): Buffer {
  const fd = openSync(file, 'r');
  try {
    if (fstatSync(fd).uid !== process.getuid?.()) throw new Error('It is not the user\'s own.');
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

function keep(kept: string, source: string, { data, runs }: Compiled): void {
  const head = Buffer.alloc(HEAD_BYTES);
  [crc32(source), crc32(data), runs].forEach((value, i) => head.writeUInt32LE(value, 4 * i));
  try {
    const fresh = `${kept}.${process.pid}`;
    writeFileSync(fresh, Buffer.concat([head, data]), { mode: 0o600 });
    renameSync(fresh, kept);
  } catch {
    // compiled again the next time
  }
}

/** Null: nothing is to be remembered, or the folder is not the user's alone, or this Node has no checksums (before 20.15). */
function folderIn([command, ...args]: readonly string[]): string | null {
  const told = args.find((arg, i) => args[i - 1] === '--state' || arg.startsWith('--state='))?.replace(/^--state=/, '');
  if (command !== 'scan' || told === undefined || told === '' || process.getuid === undefined || typeof crc32 !== 'function') return null;
  const folder = path.resolve(told, FOLDER);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stat = lstatSync(folder);
    return stat.isDirectory() && stat.uid === process.getuid() && (stat.mode & OTHERS) === 0 ? folder : null;
  } catch {
    return null; // the scan says of its own files that they cannot be kept there
  }
}
