import { writeSync } from 'node:fs';

const STANDARD_OUTPUT = 1;

/** Standard output, written to at once: the stream that Node has for it takes longer to make than most scans. */
export class Output {
  #stream: NodeJS.WriteStream | null = null;

  print(text: string): void {
    if (this.#stream !== null) return void this.#stream.write(text);
    let written = 0;
    try {
      written = writeSync(STANDARD_OUTPUT, text);
    } catch {
      // left to the stream, which waits for who reads, or says that nobody does
    }
    if (written === Buffer.byteLength(text)) return;
    this.#stream = process.stdout;
    this.#stream.write(Buffer.from(text).subarray(written));
  }

  /** Nothing waits to be written. */
  get done(): boolean {
    return this.#stream === null;
  }
}
