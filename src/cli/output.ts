import { writeSync } from 'node:fs';

/** Of a process: its standard output, or where it says what went wrong. */
export type OutputFd = 1 | 2;

/** An output of the process, written to at once: the stream that Node has for it takes longer to make than most scans. */
export class Output {
  #stream: NodeJS.WriteStream | null = null;

  /** @param failed gets the code of what hinders it, such as EPIPE when who read has gone. */
  constructor(private readonly fd: OutputFd, private readonly failed: (code: string) => void) {}

  print(text: string): void {
    if (this.#stream !== null) return void this.#stream.write(text);
    let written = 0;
    try {
      written = writeSync(this.fd, text);
    } catch {
      // left to the stream, which waits for who reads, or says what is wrong
    }
    if (written === Buffer.byteLength(text)) return;
    this.#stream = this.fd === 1 ? process.stdout : process.stderr;
    this.#stream.on('error', ({ code }: NodeJS.ErrnoException) => this.failed(code ?? 'unknown reason'));
    this.#stream.write(Buffer.from(text).subarray(written));
  }

  /** Nothing waits to be written. */
  get done(): boolean {
    return this.#stream === null;
  }
}
