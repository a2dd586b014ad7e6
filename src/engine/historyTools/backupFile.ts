/**
 * A backup is one file: a line of JSON with the SHA-256 of all that follows, then a gzip of its parts. Each part is a line of JSON
 * with its name and length, then its bytes.
 */
import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import * as z from 'zod/mini';
import { fileProblem, writeWhole } from './outFile';
import type { Task } from './tasks';

const FORMAT = 'quota-monitor-backup';
const VERSION = 1;
const CHUNK_BYTES = 256 * 1024;
/** Some hundred times what 50 accounts come to in half a year. */
const MAX_BYTES = 1024 * 1024 * 1024;
const HEAD_BYTES = 1000;

export const PARTS = ['about.json', 'history.sqlite', 'accounts.json', 'audit.log'] as const;
export type PartName = (typeof PARTS)[number];
export type Parts = Readonly<Record<PartName, Uint8Array>>;

const Head = z.object({ format: z.literal(FORMAT), version: z.number(), sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)) });
const PartHead = z.object({ name: z.enum(PARTS), bytes: z.number().check(z.int(), z.minimum(0), z.maximum(MAX_BYTES)) });

const headLine = (sha256: string): string => `${JSON.stringify({ format: FORMAT, version: VERSION, sha256 })}\n`;

/** @throws {Cancelled}; and a sentence when the file cannot be written. */
export function writeBackup(file: string, parts: Parts, task: Task): Promise<{ bytes: number }> {
  const total = PARTS.reduce((sum, name) => sum + parts[name].length, 0);
  return writeWhole(file, async out => {
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

/** Checks every byte. @throws {Cancelled}; and a sentence when the file is not a whole backup of a version that is known here. */
export async function readBackup(file: string, task: Task): Promise<{ readonly sha256: string; readonly parts: Parts }> {
  try {
    const { head, bodyAt, size } = await readHead(file);
    const hash = createHash('sha256');
    const chunks: Buffer[] = [];
    let unpacked = 0;
    const input = await open(file, 'r');
    try {
      await pipeline(
        async function* () {
          for (let at = bodyAt; at < size;) {
            const { bytesRead, buffer } = await input.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, at);
            if (bytesRead === 0) return;
            const chunk = buffer.subarray(0, bytesRead);
            hash.update(chunk);
            at += bytesRead;
            await task.rest(at, size);
            yield chunk;
          }
        },
        createGunzip(),
        async (plain: AsyncIterable<Buffer>) => {
          for await (const chunk of plain) {
            unpacked += chunk.length;
            if (unpacked > MAX_BYTES) throw new Error('The backup is larger than any that this version writes.');
            chunks.push(chunk);
          }
        },
      );
    } finally {
      await input.close();
    }
    if (hash.digest('hex') !== head.sha256) throw damaged();
    return { sha256: head.sha256, parts: partsIn(Buffer.concat(chunks)) };
  } catch (error) {
    throw isZlib(error) ? damaged(error) : fileProblem(error, file, 'read');
  }
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

function partsIn(bytes: Buffer): Parts {
  const parts = new Map<PartName, Uint8Array>();
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf('\n', at);
    const head = PartHead.safeParse(jsonOf(bytes.toString('utf8', at, Math.min(end, at + HEAD_BYTES))));
    if (end === -1 || !head.success || end + 1 + head.data.bytes > bytes.length) throw notOurs();
    at = end + 1 + head.data.bytes;
    parts.set(head.data.name, bytes.subarray(end + 1, at));
  }
  const part = (name: PartName): Uint8Array => {
    const found = parts.get(name);
    if (found === undefined) throw notOurs();
    return found;
  };
  return { 'about.json': part('about.json'), 'history.sqlite': part('history.sqlite'), 'accounts.json': part('accounts.json'), 'audit.log': part('audit.log') };
}

const notOurs = (): Error => new Error('The file is not a backup of Quota Monitor.');
const damaged = (cause?: unknown): Error => new Error('The backup is damaged: its check sum is wrong.', { cause });
const isZlib = (error: unknown): boolean => error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');

/** Undefined: no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
