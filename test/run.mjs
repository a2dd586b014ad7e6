/** `npm test [stage...]`: sets up, then runs the stages named, or all of them. */
import { setUpAndRun } from './setup.mjs';

await setUpAndRun(import.meta.url, async () => {
  const { runStages } = await import('./editor/stages.ts');
  return runStages(process.argv.slice(2));
});
