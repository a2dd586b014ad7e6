import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, rm, writeFile } from 'node:fs/promises';
import { readToken, tokenIn } from './place';

/** The token of a file: made once, whole at every instant, by whoever comes first. @param made what it is if there is none. @throws when the folder cannot be written. */
export async function makeToken(file: string, made = randomBytes(16).toString('hex')): Promise<string> {
  for (;;) {
    const token = await readToken(file);
    if (token !== null) return token;
    const fresh = `${file}.${randomBytes(6).toString('hex')}`;
    try {
      await writeFile(fresh, made, { flag: 'wx', mode: 0o600 });
      await link(fresh, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (await readToken(file) === null) await rm(file, { force: true }); // damaged
    } finally {
      await rm(fresh, { force: true });
    }
  }
}

/** Writes it anew where the file is gone, or says something else. */
export async function keepToken(file: string, token: string): Promise<void> {
  if (await readToken(file) === token) return;
  await rm(file, { force: true });
  await makeToken(file, token);
}

/** As `readToken`, at once. */
export function readTokenNow(file: string): string | null {
  try {
    return tokenIn(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
