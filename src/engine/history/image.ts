/**
 * The database as a file. Its checksum (CRC-32 of all bytes, these four taken as zero) stands where SQLite keeps the application
 * id, at byte 68 of the header, so that file and checksum are one and a flipped bit anywhere is noticed.
 */
import { readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { syncFolder, writeDurably } from '../atomicFile';

const CHECKSUM_AT = 68;
const MIN_BYTES = 512;

export type LoadedImage = { readonly kind: 'missing' } | { readonly kind: 'damaged' } | { readonly kind: 'good'; readonly bytes: Uint8Array };

export function loadImage(file: string): LoadedImage {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'missing' };
    throw error;
  }
  return verifyImage(bytes) ? { kind: 'good', bytes } : { kind: 'damaged' };
}

/** Whether every byte is as it was stamped. */
export function verifyImage(image: Uint8Array): boolean {
  const bytes = bufferOf(image);
  return bytes.length >= MIN_BYTES && bytes.readUInt32BE(CHECKSUM_AT) === checksum(bytes);
}

/** Writes the checksum into the image itself. */
export function stampImage(image: Uint8Array): Uint8Array {
  const bytes = bufferOf(image);
  bytes.writeUInt32BE(checksum(bytes), CHECKSUM_AT);
  return bytes;
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);

/** Puts a new image in place and keeps the one before as `kept`. At every instant one of the two is whole. @param guard throws when it may not be. */
export function saveImage(file: string, kept: string, image: Uint8Array, guard?: () => void): void {
  const bytes = stampImage(image);
  const fresh = `${file}.tmp`;
  writeDurably(fresh, bytes);
  guard?.();
  try {
    renameSync(file, kept);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  renameSync(fresh, file);
  syncFolder(path.dirname(file));
}

function checksum(bytes: Buffer): number {
  const head = crc32(bytes.subarray(0, CHECKSUM_AT));
  return crc32(bytes.subarray(CHECKSUM_AT + 4), crc32(Buffer.alloc(4), head));
}
