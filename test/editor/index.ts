/** The editor rig: a real VS Code for end-to-end tests and pictures. Start with `startEditor`. */
export { type Demo, startDemo } from './demo';
export { type BrowserState, type Editor, type EditorOptions, startEditor, type WindowOptions } from './editor';
export { EditorWindow, plainText } from './window';
export { freePort, temporaryDir, waitFor } from './processes';
export { outDir, root, vsixPath } from './paths';
