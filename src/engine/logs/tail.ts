import { hashBytes } from './hash';

const TAIL_BYTES = 64;

/** A hash of the last bytes before a place, by which a rewritten file shows. @param read gives the bytes in [from, to). */
export const tailHash = (offset: number, read: (from: number, to: number) => Buffer): number => hashBytes(read(Math.max(0, offset - TAIL_BYTES), offset));

/** The same for bytes that pass by once. */
export class Tail {
  /** The last bytes, the newest piece among them. */
  #window = Buffer.alloc(0);
  /** How many have passed. */
  position = 0;
  #marked = 0;
  /** Of the place that was last marked. */
  hash = hashBytes(this.#window);

  pass(bytes: Uint8Array): void {
    this.#window = Buffer.concat([this.#window.subarray(-TAIL_BYTES), bytes]);
    this.position += bytes.length;
  }

  /** @param offset in the newest piece, or at its end; a place that was marked before changes nothing. */
  mark(offset: number): void {
    if (offset === this.#marked) return;
    this.#marked = offset;
    const start = this.position - this.#window.length;
    this.hash = tailHash(offset, (from, to) => this.#window.subarray(Math.max(0, from - start), to - start));
  }
}
