/** `npm start [-- --demo --browser --port N --open FOLDER]`: sets up, builds and opens VS Code with the extension. */
import { setUpAndRun } from './setup.mjs';

await setUpAndRun(import.meta.url, async () => {
  const { start } = await import('./editor/start.ts');
  return start(process.argv.slice(2));
});
