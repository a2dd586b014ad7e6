import { mkdir, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { DAY_MS, type Clock } from '../../core/time';

/** What was counted is kept elsewhere; an account that is added later, or again, counts from here. */
const KEPT_MS = 90 * DAY_MS;

/** Lines of usage, in a folder for each provider and a file for each day (UTC) that they came on. */
export class Journal {
  readonly #dir: string;
  readonly #clock: Clock;
  #last: Promise<unknown> = Promise.resolve();
  /** The day whose first line had what is too old deleted. */
  #tidied = '';

  constructor(dir: string, clock: Clock) {
    [this.#dir, this.#clock] = [dir, clock];
  }

  /** One write at a time; resolves when the lines are on the disk. @param lines of whole lines. @throws when they may not be. */
  append(lines: ReadonlyMap<string, string>): Promise<void> {
    const written = this.#last.then(async () => {
      const day = new Date(this.#clock.now()).toISOString().slice(0, 10);
      for (const [folder, text] of lines) await appendDurably(path.join(this.#dir, folder), `${day}.jsonl`, text);
      if (this.#tidied !== day) await this.#tidy(day, [...lines.keys()]);
    });
    this.#last = written.catch(() => undefined);
    return written;
  }

  async #tidy(day: string, folders: readonly string[]): Promise<void> {
    this.#tidied = day;
    const oldest = new Date(this.#clock.now() - KEPT_MS).toISOString().slice(0, 10);
    for (const folder of folders.map(name => path.join(this.#dir, name))) {
      for (const name of await readdir(folder)) {
        if (/^\d{4}-\d\d-\d\d\.jsonl$/.test(name) && name.slice(0, 10) < oldest) await rm(path.join(folder, name), { force: true });
      }
    }
  }
}

/** A line that a full disk or a crash cut off is ended first, so that it spoils no other. */
async function appendDurably(folder: string, name: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = await open(path.join(folder, name), 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const whole = size === 0 || (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0] === 0x0a;
    await file.appendFile(whole ? text : `\n${text}`);
    await file.datasync();
  } finally {
    await file.close();
  }
}
