import * as z from 'zod/mini';
import { jsonOf } from '../../core/json';

export const PARTS = ['about.json', 'history.sqlite', 'accounts.json', 'audit.log'] as const;
export type PartName = (typeof PARTS)[number];
export type Parts = Readonly<Record<PartName, Uint8Array>>;

/** No line before a part, or before all of them, is longer. */
export const HEAD_BYTES = 1000;
const NEWLINE = 10;
const PartHead = z.object({ name: z.enum(PARTS), bytes: z.number().check(z.int(), z.minimum(0)) });

export const notOurs = (): Error => new Error('The file is not a backup of Quota Monitor.');

/** Takes the parts out of the unpacked bytes as they come, and holds none of them twice. */
export class PartsReader {
  private readonly parts = new Map<PartName, Buffer>();
  private head = Buffer.alloc(0);
  private open: { readonly bytes: Buffer; have: number } | null = null;

  /** @param left how many bytes there may be. */
  constructor(private left: number) {}

  /** @throws a sentence for people. */
  take(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      if (this.open === null) {
        const end = chunk.indexOf(NEWLINE, at);
        this.head = Buffer.concat([this.head, chunk.subarray(at, end === -1 ? chunk.length : end)]);
        if (this.head.length > HEAD_BYTES) throw notOurs();
        if (end === -1) return;
        at = end + 1;
        this.begin();
      } else {
        const { bytes, have } = this.open;
        const count = chunk.copy(bytes, have, at);
        at += count;
        this.open.have += count;
      }
      if (this.open !== null && this.open.have === this.open.bytes.length) this.open = null;
    }
  }

  /** @throws when there is more or less than the parts. */
  whole(): Parts {
    if (this.open !== null || this.head.length > 0) throw notOurs();
    const part = (name: PartName): Uint8Array => {
      const found = this.parts.get(name);
      if (found === undefined) throw notOurs();
      return found;
    };
    return { 'about.json': part('about.json'), 'history.sqlite': part('history.sqlite'), 'accounts.json': part('accounts.json'), 'audit.log': part('audit.log') };
  }

  private begin(): void {
    const head = PartHead.safeParse(jsonOf(this.head.toString('utf8')));
    this.head = Buffer.alloc(0);
    if (!head.success || this.parts.has(head.data.name)) throw notOurs();
    const { name, bytes } = head.data;
    this.left -= bytes;
    if (this.left < 0) throw new Error('The backup is larger than any that this version writes.');
    this.open = { bytes: Buffer.allocUnsafe(bytes), have: 0 };
    this.parts.set(name, this.open.bytes);
  }
}
