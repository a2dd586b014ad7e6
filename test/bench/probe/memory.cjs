/** Memory of this process, for the probe and for windows that are measured alone. Linux alone tells it. */
const { readFileSync } = require('node:fs');
const v8 = require('node:v8');
const { runInNewContext } = require('node:vm');

/** One leaves what finalizers hold. */
const SWEEPS = 4;

/** Garbage, of which a process always holds some, is nobody's need; nor are the pages that V8 keeps of what it has swept, but as the last resort. */
function sweep() {
  v8.setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  for (let sweeps = 0; sweeps < SWEEPS; sweeps++) gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/** What no other process shares and no file holds; NaN: not known. Takes some milliseconds, in which the thread stands still. */
function ownMb() {
  try {
    return Number(/^Anonymous:\s+(\d+)/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1]) / 1024;
  } catch {
    return NaN;
  }
}

module.exports = { ownMb, sweep };
