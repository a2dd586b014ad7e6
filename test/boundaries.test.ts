/** Breaks every import rule once: a rule that cannot go red holds nothing. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ICruiseResult, IForbiddenRuleType } from 'dependency-cruiser';

interface Config { forbidden: IForbiddenRuleType[]; options: Record<string, unknown> }

const root = path.resolve(__dirname, '..');

/** A tree that keeps every rule; each breach is added to it. */
const clean: Record<string, string> = {
  'src/extension.ts': "import 'vscode'; import './host/view'; import './core/money';",
  'src/cli.ts': "import 'node:process'; import './engine/store'; import './core/money';",
  'src/core/money.ts': "import 'zod/mini'; import './unit';",
  'src/core/unit.ts': 'export const unit = 1;',
  'src/providers/acme.ts': "import 'zod/mini'; import '../core/money';",
  'src/engine/worker.ts': "import 'node:fs'; import 'sql.js'; import './store';",
  'src/engine/store.ts': "import '../providers/acme';",
  'src/engine/client.ts': "import 'node:worker_threads';",
  'src/host/view.ts': "import * as vscode from 'vscode'; import 'node:path'; import '../engine/client'; import '../core/money'; export const uri = vscode.Uri;",
  'webview/main.ts': "import 'lit'; import 'chart.js'; import './some-card'; import '../src/core/money';",
  'webview/some-card.ts': "import 'lit/decorators.js';",
  'test/support/fake.ts': 'export const fake = 1;',
};

/** rule, file that breaks it, what it imports. */
const breaches: readonly (readonly [rule: string, file: string, target: string])[] = [
  ['core-is-pure', 'src/core/unit.ts', 'node:fs'],
  ['core-is-pure', 'src/core/unit.ts', 'sql.js'],
  ['core-is-pure', 'src/core/unit.ts', '../providers/acme'],
  ['providers-know-core', 'src/providers/acme.ts', 'node:fs'],
  ['providers-know-core', 'src/providers/acme.ts', '../engine/client'],
  ['engine-knows-no-editor', 'src/engine/store.ts', '../host/view'],
  ['engine-knows-no-editor', 'src/engine/store.ts', 'chart.js'],
  ['host-sees-the-client', 'src/host/view.ts', '../engine/store'],
  ['host-sees-the-client', 'src/host/view.ts', 'sql.js'],
  ['host-sees-the-client', 'src/host/view.ts', '../providers/acme'],
  ['host-sees-the-client', 'src/host/view.ts', 'node:fs'],
  ['cli-knows-core-and-engine', 'src/cli.ts', './host/view'],
  ['webview-is-apart', 'webview/some-card.ts', '../src/engine/client'],
  ['webview-is-apart', 'webview/some-card.ts', 'zod/mini'],
  ['vscode-in-host-only', 'src/engine/store.ts', 'vscode'],
  ['vscode-in-host-only', 'webview/some-card.ts', 'vscode'],
  ['nothing-from-test', 'src/extension.ts', '../test/support/fake'],
  ['no-cycle', 'src/core/money.ts', '../providers/acme'],
  ['no-unresolvable', 'src/core/unit.ts', './gone'],
];

/** The violations in a tree, as 'rule: file'. */
async function violations(tree: Record<string, string>): Promise<string[]> {
  const { cruise } = await import('dependency-cruiser');
  const { default: extractTSConfig } = await import('dependency-cruiser/config-utl/extract-ts-config');
  mkdirSync(path.join(root, 'out'), { recursive: true });
  const folder = mkdtempSync(path.join(root, 'out', 'boundaries-'));
  try {
    for (const [file, text] of Object.entries(tree)) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
    const { forbidden, options } = require('../.dependency-cruiser.cjs') as Config;
    const { output } = await cruise(
      ['src', 'webview'],
      { ...options, baseDir: folder, validate: true, ruleSet: { forbidden } },
      undefined,
      { tsConfig: extractTSConfig(path.join(root, 'tsconfig.json')) },
    );
    return (output as ICruiseResult).summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it('every file has a name that a clone on Windows can have', () => {
  const names = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !['node_modules', '.git', 'out', 'dist', '.cache'].includes(name))
    .flatMap(entry => [entry.name, ...(entry.isDirectory() ? names(path.join(folder, entry.name)) : [])]);
  assert.deepEqual(names(root).filter(name => /[<>:"|?*\\\u0000-\u001f]|[. ]$/.test(name)), []);
});

describe('import boundaries', () => {
  it('leaves a tree that keeps the table alone', async () => {
    assert.deepEqual(await violations(clean), []);
  });

  for (const [rule, file, target] of breaches) {
    it(`${rule}: ${file} may not import ${target}`, async () => {
      const found = await violations({ ...clean, [file]: `${clean[file]} import '${target}';` });
      assert.ok(found.includes(`${rule}: ${file}`), `found: ${found.join('; ')}`);
    });
  }

  it('sees type-only imports', async () => {
    const found = await violations({ ...clean, 'src/core/unit.ts': "import type { Uri } from 'vscode'; export type Unit = Uri;" });
    assert.ok(found.includes('vscode-in-host-only: src/core/unit.ts'), found.join('; '));
  });

  it('sees imports by require', async () => {
    const found = await violations({ ...clean, 'src/engine/unit.ts': "import vscode = require('vscode'); export const { version } = vscode;" });
    assert.ok(found.includes('vscode-in-host-only: src/engine/unit.ts'), found.join('; '));
  });

  it('no-unused-module: a module no entry point reaches', async () => {
    const found = await violations({ ...clean, 'src/core/lonely.ts': 'export const lonely = 1;' });
    assert.deepEqual(found, ['no-unused-module: src/core/lonely.ts']);
  });

  it('breaks every rule there is', () => {
    const { forbidden } = require('../.dependency-cruiser.cjs') as Config;
    const broken = new Set([...breaches.map(([rule]) => rule), 'no-unused-module']);
    assert.deepEqual(forbidden.map(({ name }) => name ?? '').filter(name => !broken.has(name)), []);
  });
});
