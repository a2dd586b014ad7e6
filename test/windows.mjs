/** `npm run test:windows`: windows that come and go as in `npm test`, but in a course of their own each time. */
import { setUpAndRun } from './setup.mjs';

await setUpAndRun(import.meta.url, async () => {
  process.env.QUOTA_MONITOR_SEED ??= String(Date.now() % 100_000);
  const { runStages } = await import('./editor/stages.ts');
  return runStages(['windows']);
});
