import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Task } from './tasks';

const MAX_HEADER = 8 * 1024 * 1024;
const MAX_ROW = 64 * 1024;
const CHUNK_BYTES = 256 * 1024;

/** The file is not of the expected form; the message is a sentence for people. */
export class FormError extends Error {
  override readonly name = 'FormError';
}

/** The text of the fields before `rows`, as an object of its own, or that of one row. */
export type Piece = { readonly kind: 'header'; readonly text: string } | { readonly kind: 'row'; readonly text: string };

/**
 * Cuts an export into its header and its rows, without ever holding more than one of them. White space does not matter, but `rows`
 * comes last. @throws {FormError}; {Cancelled}; system errors. @param from of `total` that were done before.
 */
export async function* jsonPieces(file: string, task: Task, passed: (share: number) => number): AsyncGenerator<Piece> {
  const { size } = await stat(file);
  const cutter = new Cutter();
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES }).setEncoding('utf8') as AsyncIterable<string>) {
    yield* cutter.feed(chunk);
    bytes += Buffer.byteLength(chunk);
    await task.rest(passed(size === 0 ? 0 : bytes / size), 100);
  }
  if (cutter.place !== 'end') throw new FormError('The file ends too early.');
}

class Cutter {
  place: 'header' | 'rows' | 'row' | 'closing' | 'end' = 'header';
  private text = '';
  private depth = 0;
  private inString = false;
  private escaped = false;

  *feed(chunk: string): Generator<Piece> {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const char = chunk[at] ?? '';
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (char === '\\') this.escaped = true;
        else if (char === '"') this.inString = false;
        continue;
      }
      if (this.place === 'header' || this.place === 'row') {
        if (char === '"') this.inString = true;
        else if (char === '{' || char === '[') {
          if (this.place === 'header' && this.depth === 1 && char === '[') {
            const head = this.text + chunk.slice(from, at);
            const rows = /,?\s*"rows"\s*:\s*$/.exec(head.slice(-200));
            if (rows !== null) {
              this.place = 'rows';
              this.text = '';
              yield { kind: 'header', text: `${head.slice(0, head.length - rows[0].length).trimStart()}}` };
              continue;
            }
          }
          this.depth++;
        } else if (char === '}' || char === ']') {
          this.depth--;
          if (this.place === 'header' && this.depth <= 0) throw new FormError('The file is not an export of Quota Monitor: it has no rows.');
          if (this.place === 'row' && this.depth === 0) {
            const text = this.text + chunk.slice(from, at + 1);
            this.place = 'rows';
            this.text = '';
            yield { kind: 'row', text };
          }
        } else if (this.depth === 0 && !/\s/.test(char)) throw new FormError('The file is not an export of Quota Monitor.');
        continue;
      }
      from = at;
      this.between(char);
    }
    if (this.place !== 'header' && this.place !== 'row') return;
    this.text += chunk.slice(from);
    if (this.text.length > (this.place === 'header' ? MAX_HEADER : MAX_ROW)) throw new FormError('The file is not an export of Quota Monitor: a part of it is too long.');
  }

  /** Before, between and after the rows. */
  private between(char: string): void {
    if (/[\s\ufeff]/.test(char)) return;
    if (this.place === 'rows' && char === '{') [this.place, this.depth] = ['row', 1];
    else if (this.place === 'rows' && char === ']') this.place = 'closing';
    else if (this.place === 'closing' && char === '}') this.place = 'end';
    else if (this.place !== 'rows' || char !== ',') throw new FormError('The file is not an export of Quota Monitor: there is something beside the rows.');
  }
}
