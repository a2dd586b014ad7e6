import type { Dirent } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { DAY_MS, type Clock } from '../../core/time';

/** What was counted is kept elsewhere; an account that is added later, or again, counts from here. */
const KEPT_MS = 90 * DAY_MS;
const OWN_NAME = /^\d{4}-\d\d-\d\d\.jsonl$/;

/** Lines of usage, in a folder for each provider and a file for each day (UTC) that they came on. */
export class Journal {
  readonly #dir: string;
  readonly #clock: Clock;
  #last: Promise<unknown> = Promise.resolve();
  readonly #guard: () => void;
  /** The day on which what is too old was last deleted. */
  #tidied = '';

  /** @param guard throws when nothing may be deleted any more. */
  constructor(dir: string, clock: Clock, guard: () => void) {
    [this.#dir, this.#clock, this.#guard] = [dir, clock, guard];
  }

  /** One thing at a time; resolves when the lines are on the disk. @param lines of whole lines. @throws when they may not be. */
  append(lines: ReadonlyMap<string, string>): Promise<void> {
    return this.#next(async () => {
      for (const [folder, text] of lines) await appendDurably(path.join(this.#dir, folder), `${this.#day(0)}.jsonl`, text);
    });
  }

  /** Deletes what is too old, of whichever tool, when that was not done yet on this day. @throws when it may not be. */
  tidy(): Promise<void> {
    return this.#next(async () => {
      if (this.#tidied === this.#day(0)) return;
      this.#tidied = this.#day(0);
      const oldest = this.#day(KEPT_MS);
      for (const folder of await entriesOf(this.#dir)) {
        if (!folder.isDirectory()) continue;
        const files = await entriesOf(path.join(this.#dir, folder.name));
        for (const { name } of files.filter(file => file.isFile() && OWN_NAME.test(file.name) && file.name.slice(0, 10) < oldest)) {
          this.#guard();
          await rm(path.join(this.#dir, folder.name, name), { force: true });
        }
      }
    });
  }

  #day(ago: number): string {
    return new Date(this.#clock.now() - ago).toISOString().slice(0, 10);
  }

  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

/** None of a folder that is not there. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
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
