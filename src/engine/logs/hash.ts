import { crc32 } from 'node:zlib';

/**
 * A 53-bit hash of text: two 32-bit multiply-xor hashes side by side. Among a million ids two are the same with a chance of
 * about one in ten thousand. Not for secrets.
 */
export function hashText(text: string): number {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x9e3779b1);
    b = Math.imul(b ^ code, 0x5f356495);
  }
  return mixed(a, b);
}

/** As good a hash of bytes, which takes four of them at once; another one than that of a text. */
export function hashBytes(bytes: Uint8Array): number {
  const whole = bytes.length >> 2;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, whole);
  const length = whole + bytes.length % 4;
  let [a, b] = [bytes.length, 0x41c6ce57];
  for (let i = 0; i < length; i++) {
    const word = (i < whole ? words[i] : bytes[3 * whole + i]) ?? 0;
    a = Math.imul(a ^ word, 0x9e3779b1);
    a = a << 13 | a >>> 19;
    b = Math.imul(b ^ word, 0x5f356495);
    b = b << 17 | b >>> 15;
  }
  return mixed(a, b);
}

/** By which damage shows: Node's own where it has one (since 20.15), which takes no time. */
export const checksum = (bytes: Uint8Array): number => (typeof crc32 === 'function' ? crc32(bytes) : hashBytes(bytes));

function mixed(first: number, second: number): number {
  const a = Math.imul(first ^ (first >>> 16), 0x85ebca6b) ^ Math.imul(second ^ (second >>> 13), 0xc2b2ae35);
  const b = Math.imul(second ^ (second >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return (b >>> 11) * 2 ** 32 + (a >>> 0);
}
