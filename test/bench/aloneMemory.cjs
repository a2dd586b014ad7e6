/**
 * Memory that the extension as it ships adds to a bare Node, which varies by a megabyte where an extension host varies by twenty.
 * Linux: it comes from /proc. node aloneMemory.cjs <extension> <storage> <settings as JSON> <accounts to be read> <seconds to wait then>
 * Prints MB as a line of JSON, then stays, as a window does, until it is ended.
 */
const { readFileSync } = require('node:fs');
const { stat } = require('node:fs/promises');
const { setTimeout: wait } = require('node:timers/promises');
const v8 = require('node:v8');
const { runInNewContext } = require('node:vm');
const { activateAlone, countRead } = require('./pretendedEditor.cjs');

const [extension, storage, settings, accounts, seconds] = process.argv.slice(2);
const SWEEPS = 4;
const POOL = 8;

/** What no file holds, without garbage and without the pages that V8 keeps of what it has swept. */
function ownMb() {
  v8.setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  for (let sweep = 0; sweep < SWEEPS; sweep++) gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  return Number(/^Anonymous:\s+(\d+)/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1]) / 1024;
}

async function main() {
  for (const name of ['net', 'http', 'https', 'crypto', 'worker_threads']) require(`node:${name}`); // every extension host has them, and threads for files
  await Promise.all(Array.from({ length: POOL }, () => stat('/')));
  await wait(1_000);
  const before = ownMb();
  const { api } = activateAlone(extension, storage, JSON.parse(settings));
  while (countRead(api) < Number(accounts)) await wait(100);
  await wait(Number(seconds) * 1000);
  console.log(JSON.stringify(ownMb() - before));
}
void main();
