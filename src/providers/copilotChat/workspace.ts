import { isJson, type LogFile, text } from '../logSource';

const MAX_BYTES = 64 * 1024;

/** The folder, or the file of several folders, that the window of a chat had open; null: it had none, or one that no path names. */
export function workspaceFolder(file: LogFile): string | null {
  const told = parse(file.near('../workspace.json', MAX_BYTES) ?? file.near('../../workspace.json', MAX_BYTES));
  return isJson(told) ? pathOf(text(told['folder']) ?? text(told['workspace'])) : null;
}

/** The path in "file:///home/dev/app", "file:///c%3A/app" or "vscode-remote://wsl%2Bubuntu/home/dev/app", as its own system writes it. */
function pathOf(uri: string | null): string | null {
  const encoded = /^[a-z-]+:\/\/[^/]*(\/.*)$/i.exec(uri ?? '')?.[1];
  try {
    const path = encoded === undefined ? null : decodeURIComponent(encoded);
    const drive = /^\/([a-z]):\/(.*)$/i.exec(path ?? '');
    return drive === null ? path : `${drive[1]?.toUpperCase()}:\\${drive[2]?.replaceAll('/', '\\')}`;
  } catch {
    return null; // no such encoding
  }
}

function parse(json: string | null): unknown {
  try {
    return json === null ? null : JSON.parse(json) as unknown;
  } catch {
    return null;
  }
}
