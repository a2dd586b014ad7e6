/**
 * Memory that the extension as it ships adds to a bare Node, which varies by a megabyte where an extension host varies by twenty.
 * Linux: it comes from /proc. node aloneMemory.cjs <extension> <storage> <settings as JSON> <accounts to be read> <seconds to wait then>
 * Prints MB as a line of JSON, then stays, as a window does, until it is ended.
 */
const { stat } = require('node:fs/promises');
const { setTimeout: wait } = require('node:timers/promises');
const { activateAlone, countRead } = require('./pretendedEditor.cjs');
const { ownMb, sweep } = require('./probe/memory.cjs');

const [extension, storage, settings, accounts, seconds] = process.argv.slice(2);
const POOL = 8;

function settledMb() {
  sweep();
  return ownMb();
}

async function main() {
  for (const name of ['net', 'http', 'https', 'crypto', 'worker_threads']) require(`node:${name}`); // every extension host has them, and threads for files
  new Intl.DateTimeFormat(undefined, { timeZone: 'UTC' }).format(0); // and has told times: there, it adds nothing
  await Promise.all(Array.from({ length: POOL }, () => stat('/')));
  await wait(1_000);
  const before = settledMb();
  const { api } = activateAlone(extension, storage, JSON.parse(settings));
  while (countRead(api) < Number(accounts)) await wait(100);
  await wait(Number(seconds) * 1000);
  console.log(JSON.stringify(settledMb() - before));
}
void main();
