/** Where tools keep their files on each platform. Names only: whether a folder exists is the engine's to see. */
import type { Machine } from './provider';

export interface ToolFolders {
  /** Environment variables that name the folder, or a home that holds it. */
  readonly env?: readonly string[];
  /** Usual places below the user's home. */
  readonly below: readonly string[];
  /** Usual places below the folder that Windows keeps for the data of programs, %APPDATA%; on Windows only. */
  readonly appData?: readonly string[];
}

/** Folders that may be a tool's own, most wanted first. `home`: that folder, or a home that holds it, in place of all others. */
export function toolFolders(machine: Machine, home: string | undefined, { env = [], below, appData = [] }: ToolFolders): readonly string[] {
  const within = (folder: string): string[] => (folder === '' ? [] : [folder, ...below.map(name => `${folder}/${name}`)]);
  if (home !== undefined) return within(trimmed(home));
  const told = env.flatMap(name => within(trimmed(machine.env[name] ?? '')));
  const inAppData = machine.platform === 'win32' ? appData.map(name => `${roaming(machine)}/${name}`) : [];
  return unique([...told, ...below.map(name => `${trimmed(machine.home)}/${name}`), ...inAppData]);
}

/** As `toolFolders`, of a tool that keeps its data in `name` below XDG_DATA_HOME or ~/.local/share, on any platform, or in `more`. */
export function dataFolders(machine: Machine, home: string | undefined, name: string, { env = [], more = [] }: { readonly env?: readonly string[]; readonly more?: readonly string[] } = {}): readonly string[] {
  const xdg = trimmed(machine.env['XDG_DATA_HOME'] ?? '');
  const usual = toolFolders(machine, home, { env, below: [`.local/share/${name}`, ...more] });
  return home !== undefined || xdg === '' ? usual : unique([`${xdg}/${name}`, ...usual]);
}

/** Products that keep their users' data as VS Code does. */
const PRODUCTS = ['Code', 'Code - Insiders', 'VSCodium', 'Cursor', 'Windsurf'];
const SERVERS = ['.vscode-server', '.vscode-server-insiders', '.cursor-server', '.vscodium-server'];

/**
 * The user data folders of VS Code and its kin, of servers for remote windows among them, which are what WSL, SSH and containers have.
 * `home`: such a folder, or a home that holds them, in place of all others.
 */
export function editorFolders(machine: Machine, home: string | undefined): readonly string[] {
  if (home !== undefined) return unique([trimmed(home), ...editorFolders({ home: trimmed(home), platform: machine.platform, env: {} }, undefined)]);
  const portable = trimmed(machine.env['VSCODE_PORTABLE'] ?? '');
  const products = PRODUCTS.map(product => `${configFolder(machine)}/${product}/User`);
  return [...(portable === '' ? [] : [`${portable}/user-data/User`]), ...products, ...SERVERS.map(server => `${trimmed(machine.home)}/${server}/data/User`)];
}

function configFolder(machine: Machine): string {
  if (machine.platform === 'win32') return roaming(machine);
  if (machine.platform === 'darwin') return `${trimmed(machine.home)}/Library/Application Support`;
  return trimmed(machine.env['XDG_CONFIG_HOME'] ?? '') || `${trimmed(machine.home)}/.config`;
}

const roaming = ({ home, env }: Machine): string => trimmed(env['APPDATA'] ?? '') || `${trimmed(home)}/AppData/Roaming`;

export const trimmed = (folder: string): string => folder.trim().replace(/[\\/]+$/, '');

const unique = (folders: readonly string[]): readonly string[] => [...new Set(folders)].filter(folder => folder !== '');

/** The names that a path is made of. */
export const namesOf = (path: string): readonly string[] => path.split(/[\\/]/).filter(name => name !== '');
