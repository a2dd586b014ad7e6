import assert from 'node:assert/strict';

const LOOK_MS = 10;

/** Waits for what takes real time. @param tries how many looks, a hundredth of a second apart, before it fails. */
export async function until(what: string, condition: () => boolean, tries = 1_000): Promise<void> {
  for (let tried = 0; !condition(); tried++) {
    if (tried > tries) assert.fail(`waited in vain until ${what}`);
    await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
}
