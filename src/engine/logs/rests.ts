/** Work between two rests of the event loop: some ten milliseconds' worth. */
const BYTES_PER_SLICE = 4 * 1024 * 1024;
const FILES_PER_SLICE = 64;

/** Lets the thread's other work go on while files are read. */
export class Rests {
  #bytes = 0;
  #files = 0;

  /** @param bytes and files that were just read. Null: it is not yet time to rest. @throws the signal's reason, in the promise. */
  after(bytes: number, files: number, stop: AbortSignal): Promise<void> | null {
    this.#bytes += bytes;
    this.#files += files;
    return this.#bytes < BYTES_PER_SLICE && this.#files < FILES_PER_SLICE ? null : this.#rest(stop);
  }

  async #rest(stop: AbortSignal): Promise<void> {
    [this.#bytes, this.#files] = [0, 0];
    await new Promise<void>(resolve => setImmediate(resolve));
    stop.throwIfAborted();
  }
}
