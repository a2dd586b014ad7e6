/** Mocha root hooks of the end-to-end tests: a failed test leaves a picture of each window and the logs in out/failures. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openEditors } from './editor';
import { outDir } from './paths';
import { exitOnSignals } from './processes';

exitOnSignals();

export const mochaHooks: Mocha.RootHookObject = {
  async afterEach(this: Mocha.Context) {
    if (this.currentTest?.state !== 'failed') return;
    const folder = path.join(outDir, 'failures', this.currentTest.fullTitle().replace(/[^\w]+/g, '-').slice(0, 120));
    mkdirSync(folder, { recursive: true });
    for (const [i, editor] of [...openEditors].entries()) {
      writeFileSync(path.join(folder, `editor-${i}.log`), editor.logs());
      for (const [j, window] of editor.windows.entries()) {
        await window.screenshot(path.join(folder, `editor-${i}-window-${j}.png`));
        writeFileSync(path.join(folder, `editor-${i}-window-${j}.console.log`), window.consoleErrors().join('\n'));
      }
    }
    console.log(`      pictures and logs: ${path.relative(process.cwd(), folder)}`);
  },
  /** An editor that a failed test left open would keep this process alive. */
  async afterAll() {
    for (const editor of openEditors) await editor.close();
  },
};
