/** Lint rules; the name starts with a dot to keep the top level short, so eslint gets it by --config. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';

const root = path.dirname(fileURLToPath(import.meta.url));

const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' };
const noWallClock = [
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'Time is handed in: take a Clock or `now`.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time is handed in: take a Clock or `now`.' },
  { selector: "CallExpression[callee.name=/^(setTimeout|setInterval)$/]", message: 'Timers come from the Clock.' },
];

/** A bundle makes a copy of the whole namespace for each file that has one, with a getter for everything in it. */
const noVscodeCopy = { selector: "ImportDeclaration[source.value='vscode'] > ImportNamespaceSpecifier", message: "Write `import vscode = require('vscode')`: a namespace costs each file a copy." };
const noBareNotification = { selector: "MemberExpression[property.name=/^show(Information|Warning|Error)Message$/]", message: 'host/notifications shows them, without links.' };

export default tseslint.config(
  { ignores: ['dist/', 'out/', '.cache/', 'node_modules/', '.vscode-test/', 'test/fixtures/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/ban-ts-comment': 'error',
      'no-restricted-imports': ['error', {
        paths: ['zod', 'zod/v4'].map(name => ({ name, message: "Import zod/mini (`import * as z from 'zod/mini'`): the classic build is 25 times as big." })),
        patterns: [{ group: ['**/*.js', '!chart.js', '!sql.js'], message: 'Relative imports have no extension.' }],
      }],
      'no-restricted-syntax': ['error', noDefaultExport, noVscodeCopy],
      'no-console': 'error',
      'no-empty': 'error',
      'no-debugger': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['src/**/*.ts', 'webview/**/*.ts'], rules: { 'max-lines': ['error', 250] } },
  { files: ['src/host/**/*.ts', 'src/extension*.ts'], ignores: ['src/host/notifications.ts'], rules: { 'no-restricted-syntax': ['error', noDefaultExport, noVscodeCopy, noBareNotification] } },
  { files: ['src/core/**/*.ts', 'src/providers/**/*.ts'], ignores: ['src/core/time.ts'], rules: { 'no-restricted-syntax': ['error', noDefaultExport, ...noWallClock] } },
  { files: ['test/**/*.ts', 'src/cli.ts'], rules: { 'no-console': 'off' } },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
);
