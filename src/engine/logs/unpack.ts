import fs from 'node:fs';
import { pipeline, Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';

const PACKED_PIECE_BYTES = 64 * 1024;
/** Nothing is read beyond: a small file can unpack to any size. */
const MAX_UNPACKED_BYTES = 16 * 1024 * 1024 * 1024;

/** The file is not whole, is none of zstd's, or unpacks to too much. What came before stands. */
export class DamagedArchive extends Error {
  override readonly name = 'DamagedArchive';
}

type NativeUnpacker = Transform & { readonly bytesWritten: number };

/** Node can unpack zstd since 22.15. */
export const { createZstdDecompress: nativeUnpacker, zstdDecompressSync: nativeUnpackerOfBytes } = zlib as {
  readonly createZstdDecompress?: () => NativeUnpacker;
  readonly zstdDecompressSync?: (packed: Uint8Array, options: { readonly maxOutputLength: number }) => Buffer;
};

/**
 * What is in a zstd file, piece by piece, held in memory as far as its own window asks.
 * @throws {DamagedArchive}
 * @param native Node's own unpacker; null: it has none.
 */
export async function* unpack(fd: number, native = nativeUnpacker ?? null, maxBytes = MAX_UNPACKED_BYTES): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  try {
    for await (const piece of native === null ? unpackWithoutNode(fd) : unpackWithNode(fd, native)) {
      yield piece;
      bytes += piece.length;
      if (bytes > maxBytes) break;
    }
  } catch (error) {
    throw new DamagedArchive('A compressed log is damaged.', { cause: error });
  }
  if (bytes > maxBytes) throw new DamagedArchive('A compressed log unpacks to too much.');
}

function* packedPieces(fd: number, from: number): Generator<Buffer, void, undefined> {
  for (let position = from; ;) {
    const piece = Buffer.allocUnsafe(PACKED_PIECE_BYTES);
    const read = fs.readSync(fd, piece, { position });
    if (read === 0) return;
    position += read;
    yield piece.subarray(0, read);
  }
}

/** Node's unpacker ends with a frame; files may have several. */
async function* unpackWithNode(fd: number, create: () => NativeUnpacker): AsyncGenerator<Uint8Array, void, undefined> {
  const { size } = fs.fstatSync(fd);
  for (let position = 0; position < size || size === 0;) {
    const unpacker = create();
    const packed = Readable.from(packedPieces(fd, position));
    pipeline(packed, unpacker, () => undefined); // its error is the one that comes out of the loop
    try {
      for await (const piece of unpacker) yield piece as Uint8Array;
    } finally {
      packed.destroy();
      unpacker.destroy();
    }
    if (unpacker.bytesWritten === 0) throw new Error('no progress');
    position += unpacker.bytesWritten;
  }
}

async function* unpackWithoutNode(fd: number): AsyncGenerator<Uint8Array, void, undefined> {
  const { Decompress } = await import('fzstd');
  const ready: Uint8Array[] = [];
  const unpacker = new Decompress(piece => void ready.push(piece));
  for (const piece of packedPieces(fd, 0)) {
    unpacker.push(piece);
    yield* ready.splice(0);
  }
  unpacker.push(new Uint8Array(0), true);
  yield* ready.splice(0);
}

/** @throws {DamagedArchive} */
export type UnpackBytes = (packed: Uint8Array, maxBytes: number) => Buffer;

/** Unpacks what is in memory. @param native Node's own unpacker; null: it has none. */
export async function bytesUnpacker(native = nativeUnpackerOfBytes ?? null): Promise<UnpackBytes> {
  const unpackAll = native === null ? bytesWithoutNode((await import('fzstd')).Decompress) : (packed: Uint8Array, maxOutputLength: number) => native(packed, { maxOutputLength });
  return (packed, maxBytes) => {
    try {
      return unpackAll(packed, maxBytes);
    } catch (error) {
      throw new DamagedArchive('What was packed is damaged, or unpacks to too much.', { cause: error });
    }
  };
}

const bytesWithoutNode = (Decompress: typeof import('fzstd').Decompress): UnpackBytes => (packed, maxBytes) => {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const unpacker = new Decompress(piece => {
    bytes += piece.length;
    if (bytes > maxBytes) throw new Error('too much');
    pieces.push(piece);
  });
  for (let at = 0; at < packed.length; at += PACKED_PIECE_BYTES) unpacker.push(packed.subarray(at, at + PACKED_PIECE_BYTES));
  unpacker.push(new Uint8Array(0), true);
  return Buffer.concat(pieces);
};
