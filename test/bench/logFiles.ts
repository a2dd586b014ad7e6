/** Logs of any size for benches, with the mean line of real ones. */
import fs from 'node:fs';
import { claudeLine } from '../engine/logs/rig';

const LINE_BYTES = 4300;
/** A response is told twice, as it streams. */
const LINES_PER_RESPONSE = 5;
const DIGITS = 12;

/** Writes logs of so many bytes, in whole blocks, in which each response is another one, with one token. */
export class LogWriter {
  readonly #block: Buffer;
  readonly #places: number[] = [];
  responses = 0;

  /** @param at when all of it was said; epoch ms. */
  constructor(at: number, responsesPerBlock: number) {
    const digits = '@'.repeat(DIGITS);
    const response = claudeLine({ id: `msg_${digits}`, at: new Date(at).toISOString(), input: 0, output: 1, extra: { text: 'y'.repeat(LINE_BYTES - 700) } });
    const other = JSON.stringify({ type: 'user', text: 'z'.repeat(LINE_BYTES - 30) });
    this.#block = Buffer.from([response, response, ...Array.from({ length: LINES_PER_RESPONSE - 2 }, () => other), ''].join('\n').repeat(responsesPerBlock));
    for (let place = this.#block.indexOf(digits); place >= 0; place = this.#block.indexOf(digits, place + DIGITS)) this.#places.push(place);
  }

  append(file: string, bytes: number): void {
    const fd = fs.openSync(file, 'a');
    for (let written = 0; written < bytes; written += this.#block.length) {
      this.#places.forEach((place, i) => this.#block.write(String(this.responses + Math.floor(i / 2)).padStart(DIGITS, '0'), place));
      this.responses += this.#places.length / 2;
      fs.writeSync(fd, this.#block);
    }
    fs.closeSync(fd);
  }
}
