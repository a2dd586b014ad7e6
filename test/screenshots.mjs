/** `npm run screenshots`: builds, and takes the pictures of the README. */
import { setUpAndRun } from './setup.mjs';

await setUpAndRun(import.meta.url, async () => {
  const [{ runStages }, { takeScreenshots }] = await Promise.all([import('./editor/stages.ts'), import('./editor/screenshots.ts')]);
  return await runStages(['build']) || takeScreenshots();
});
