/**
 * CPU of the extension as it ships, in a bare Node, where an extension host burns some percent of a core by itself. Linux: CPU time
 * comes from /proc. node alone.cjs <extension> <storage> <settings as JSON> <minutes to wait> <minutes to measure>
 * Prints CPU ms per minute of each kind of thread, as JSON: { engine: [...], editor: [...], v8: [...], pushes: [...], read }.
 */
const { setTimeout: wait } = require('node:timers/promises');
const { activateAlone, countRead } = require('./pretendedEditor.cjs');
const { perMinute } = require('./threads.cjs');

const [extension, storage, settings, waitMinutes, minutes] = process.argv.slice(2);

async function main() {
  const { api, deactivate } = activateAlone(extension, storage, JSON.parse(settings));
  let pushes = 0;
  api.onDidChange(() => pushes++);
  await wait(Number(waitMinutes) * 60_000);
  pushes = 0;
  const counted = [];
  const result = await perMinute(Number(minutes), () => { counted.push(pushes); pushes = 0; });
  console.log(JSON.stringify({ ...result, pushes: counted, read: countRead(api) }));
  await deactivate();
  process.exit(0);
}
void main();
