/** CPU time of this process by kind of thread. Linux: it comes from /proc. */
const { readdirSync, readFileSync } = require('node:fs');
const { setTimeout: wait } = require('node:timers/promises');

/** What the extension calls its engine's thread. */
const ENGINE = 'quota-monitor';

/** So far, ms. */
function cpu() {
  const sums = { engine: 0, editor: 0, v8: 0 };
  for (const thread of readdirSync('/proc/self/task')) {
    const name = readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim();
    const kind = name === ENGINE ? 'engine' : Number(thread) === process.pid ? 'editor' : 'v8';
    sums[kind] += Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  }
  return sums;
}

/** CPU ms of each minute from now on: { engine: [...], editor: [...], v8: [...] }. `each` is called at the end of each. */
async function perMinute(minutes, each = () => undefined) {
  const result = { engine: [], editor: [], v8: [] };
  for (let minute = 0; minute < minutes; minute++) {
    const before = cpu();
    await wait(60_000);
    const after = cpu();
    for (const kind of Object.keys(result)) result[kind].push(after[kind] - before[kind]);
    each();
  }
  return result;
}

module.exports = { ENGINE, perMinute };
