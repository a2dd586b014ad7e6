/**
 * A backup is one file: a line of JSON with the SHA-256 of all that follows, then a gzip of its parts. Each part is a line of JSON
 * with its name and length, then its bytes.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import * as z from 'zod/mini';
import { HEAD_BYTES, notOurs, PARTS, PartsReader, type Parts } from './backupParts';
import { fileProblem, writeWhole } from './outFile';
import type { Task } from './tasks';
import { jsonOf } from '../../core/json';

const FORMAT = 'quota-monitor-backup';
const VERSION = 1;
const CHUNK_BYTES = 256 * 1024;
/** Some hundred times what 50 accounts come to in half a year. */
const MAX_BYTES = 1024 * 1024 * 1024;
/** A small file that says it is a large one is made to fill the memory: a history packs to a third or so, an empty one to a fiftieth. */
const MAX_RATIO = 40;
const MIN_ROOM_BYTES = 64 * 1024 * 1024;

const Head = z.object({ format: z.literal(FORMAT), version: z.number(), sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)) });

const headLine = (sha256: string): string => `${JSON.stringify({ format: FORMAT, version: VERSION, sha256 })}\n`;

/** @throws {Cancelled}; and a sentence when the file cannot be written. @param storageDir see `writeWhole`. */
export function writeBackup(file: string, storageDir: string | null, parts: Parts, task: Task): Promise<{ bytes: number }> {
  const total = PARTS.reduce((sum, name) => sum + parts[name].length, 0);
  return writeWhole(file, storageDir, async out => {
    const hash = createHash('sha256');
    let at = Buffer.byteLength(headLine('0'.repeat(64)));
    await pipeline(Readable.from(chunksOf(parts, done => task.rest(done, total))), createGzip(), async (packed: AsyncIterable<Buffer>) => {
      for await (const chunk of packed) {
        hash.update(chunk);
        for (let done = 0; done < chunk.length;) done += (await out.write(chunk, done, chunk.length - done, at + done)).bytesWritten;
        at += chunk.length;
      }
    });
    await out.write(headLine(hash.digest('hex')), 0);
    return { bytes: at };
  });
}

async function* chunksOf(parts: Parts, rest: (done: number) => Promise<void>): AsyncGenerator<Uint8Array> {
  let done = 0;
  for (const name of PARTS) {
    const bytes = parts[name];
    yield Buffer.from(`${JSON.stringify({ name, bytes: bytes.length })}\n`);
    for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
      const chunk = bytes.subarray(from, from + CHUNK_BYTES);
      yield chunk;
      done += chunk.length;
      await rest(done);
    }
  }
}

/** Checks every byte, before it unpacks any. @throws {Cancelled}; and a sentence when the file is not a whole backup of a version that is known here. */
export async function readBackup(file: string, task: Task): Promise<{ readonly sha256: string; readonly parts: Parts }> {
  try {
    const { head: { sha256 }, bodyAt, size } = await readHead(file);
    const input = await open(file, 'r');
    try {
      const body = { input, bodyAt, size, sha256 };
      await pipeline(packedBytes(body, at => task.rest(at, 2 * size)), async packed => { for await (const chunk of packed) void chunk; });
      const parts = new PartsReader(Math.min(MAX_BYTES, Math.max(MIN_ROOM_BYTES, MAX_RATIO * size)));
      await pipeline(packedBytes(body, at => task.rest(size + at, 2 * size)), createGunzip(), async (plain: AsyncIterable<Buffer>) => {
        for await (const chunk of plain) parts.take(chunk);
      });
      return { sha256, parts: parts.whole() };
    } finally {
      await input.close();
    }
  } catch (error) {
    throw isZlib(error) ? damaged(error) : fileProblem(error, file, 'read');
  }
}

interface Body { readonly input: FileHandle; readonly bodyAt: number; readonly size: number; readonly sha256: string }

/** @throws at the end when their sum is another. */
async function* packedBytes({ input, bodyAt, size, sha256 }: Body, rest: (at: number) => Promise<void>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for (let at = bodyAt; at < size;) {
    const { bytesRead, buffer } = await input.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, at);
    if (bytesRead === 0) break;
    const chunk = buffer.subarray(0, bytesRead);
    hash.update(chunk);
    at += bytesRead;
    await rest(at);
    yield chunk;
  }
  if (hash.digest('hex') !== sha256) throw damaged();
}

/** False: not a backup of ours, or not there. */
export async function isBackup(file: string): Promise<boolean> {
  return readHead(file).then(() => true, () => false);
}

async function readHead(file: string): Promise<{ readonly head: z.infer<typeof Head>; readonly bodyAt: number; readonly size: number }> {
  const info = await stat(file);
  if (!info.isFile()) throw notOurs();
  const input = await open(file, 'r');
  try {
    const { bytesRead, buffer } = await input.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const end = buffer.subarray(0, bytesRead).indexOf('\n');
    const head = end === -1 ? null : Head.safeParse(jsonOf(buffer.toString('utf8', 0, end)));
    if (head === null || !head.success) throw notOurs();
    if (head.data.version > VERSION) throw new Error('The backup was written by a newer version of Quota Monitor.');
    return { head: head.data, bodyAt: end + 1, size: info.size };
  } finally {
    await input.close();
  }
}

const damaged = (cause?: unknown): Error => new Error('The backup is damaged: its check sum is wrong.', { cause });
const isZlib = (error: unknown): boolean => error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
