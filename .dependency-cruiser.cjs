/**
 * Which folder may import what: the table of CONTRIBUTING.md, held by `npm run check:boundaries`.
 * test/boundaries.test.ts breaks every rule once, so a new rule needs its breach there.
 */
const ENTRIES = '^(src/extension|src/engine/worker|src/engine/logs/scanThread|src/cli|src/cli/start|webview/main)\\.ts$';
const ZOD = '(^|/)node_modules/zod/';
const WEBVIEW_PACKAGES = '(^|/)node_modules/(lit|lit-html|lit-element|@lit/[^/]+|chart\\.js|@vscode-elements/elements|@vscode/codicons)/';
const VSCODE = '^vscode$|node_modules/@types/vscode/';
/** What of Node is harmless in the editor's own thread: no file, socket or process is opened through these. */
const HOST_BUILTINS = '^(node:)?(path|url|os|crypto)$';

const only = (name, comment, from, ...allowed) => ({ name, comment, severity: 'error', from, to: { pathNot: allowed } });

module.exports = {
  forbidden: [
    only('core-is-pure', 'core imports zod and itself', { path: '^src/core/' }, '^src/core/', ZOD),
    only('providers-know-core', 'providers import core, zod and themselves', { path: '^src/providers/' }, '^src/(core|providers)/', ZOD),
    {
      name: 'engine-knows-no-editor',
      comment: 'engine imports core, providers, Node and libraries; nothing of the editor or the webview',
      severity: 'error',
      from: { path: '^src/engine/' },
      to: { path: ['^src/(host/|extension(Main)?\\.ts|cli(/|\\.ts))', '^webview/', '^test/', WEBVIEW_PACKAGES] },
    },
    only(
      'host-sees-the-client',
      "host imports core, the engine's client, vscode and harmless parts of Node",
      { path: '^src/host/' },
      '^src/(core|host)/', '^src/engine/client', VSCODE, ZOD, HOST_BUILTINS,
    ),
    {
      name: 'cli-knows-core-and-engine',
      comment: 'the command line imports core, engine and Node',
      severity: 'error',
      from: { path: '^src/cli(/|\\.ts$)' },
      to: { pathNot: ['^src/(core|engine|cli)/'], dependencyTypesNot: ['core'] },
    },
    only('webview-is-apart', 'webview imports core and component libraries', { path: '^webview/' }, '^webview/', '^src/core/', WEBVIEW_PACKAGES),
    {
      name: 'vscode-in-host-only',
      comment: 'only the host, extension.ts and extensionMain.ts see vscode',
      severity: 'error',
      from: { pathNot: '^src/(host/|extension(Main)?\\.ts$)' },
      to: { path: VSCODE },
    },
    { name: 'nothing-from-test', comment: 'what ships imports nothing of the tests', severity: 'error', from: { path: '^(src|webview)/' }, to: { path: '^test/' } },
    {
      name: 'no-cycle',
      comment: 'no import cycles; two files may name each other as types',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unused-module',
      comment: 'every module is reached from an entry point',
      severity: 'error',
      from: { path: ENTRIES },
      to: { path: '^(src|webview)/', pathNot: [ENTRIES, '\\.d\\.ts$', '^src/engine/prices/build\\.mjs$'], reachable: false },
    },
    {
      name: 'no-unresolvable',
      comment: 'every import is found',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^vscode$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.cjs', '.json'], exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
