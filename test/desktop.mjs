/** `npm run test:desktop`: the in-host tests in desktop VS Code, which this downloads. */
import { setUpAndRun } from './setup.mjs';

await setUpAndRun(import.meta.url, async () => {
  const { runDesktopTests } = await import('./editor/desktop.ts');
  return runDesktopTests();
});
