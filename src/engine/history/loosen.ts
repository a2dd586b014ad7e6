import { existsSync, readFileSync, rmSync } from 'node:fs';
import { replaceFile } from '../atomicFile';
import { filesIn } from './open';

/**
 * Puts the history out of reach of an owner that was deposed while it hung, perhaps in the midst of writing: it may have the journal
 * open, so that becomes another file of the same content; and it may be about to rename a new image into place, which goes.
 */
export function loosen(dir: string): void {
  const { image, journal } = filesIn(dir);
  rmSync(`${image}.tmp`, { force: true });
  if (existsSync(journal)) replaceFile(journal, readFileSync(journal));
}
