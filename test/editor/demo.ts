/** The one place where `--demo` and the pictures meet the simulators. */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Demo as Simulation, startDemo as simulate } from '../simulators/demo';
import { temporaryDir } from './processes';

/** Simulated providers and sample logs, running until `close`, in a throw-away home that goes with them. */
export interface Demo extends Simulation {
  /** HOME for the extension host. */
  readonly home: string;
  /** An empty folder to open. */
  readonly workspace: string;
}

/** Starts the demo: hand `home`, `env`, `settings` and `workspace` to `startEditor`. */
export async function startDemo(): Promise<Demo> {
  const scratch = temporaryDir();
  const [home, workspace] = [path.join(scratch, 'home'), path.join(scratch, 'demo')];
  for (const folder of [home, workspace]) mkdirSync(folder);
  const demo = await simulate({ home });
  return {
    env: demo.env,
    settings: demo.settings,
    home,
    workspace,
    async close() {
      await demo.close();
      rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
