/** `npm run test:windows`: twenty rounds of windows that come and go, some half an hour of real intervals. */
import { setUpAndRun } from './setup.mjs';

await setUpAndRun(import.meta.url, async () => {
  process.env.QUOTA_MONITOR_ROUNDS ??= '20';
  const { runStages } = await import('./editor/stages.ts');
  return runStages(['windows']);
});
