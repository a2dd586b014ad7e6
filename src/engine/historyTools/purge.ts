import { readdirSync, rmSync, statSync, type Dirent } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { AuditEntry, PurgeList } from '../../core/historyTools';
import { isBackup } from './backupFile';

/** The socket that the windows share, in use while there is an engine; it holds nothing about the user. */
const KEPT = new Set(['engine', 'engine.token']);

function belongsToUs({ name }: Dirent): boolean {
  return !KEPT.has(name);
}

/** Every file of the folder that a purge deletes. */
export function filesToPurge(dir: string): PurgeList['files'] {
  return entriesOf(dir).filter(belongsToUs).flatMap(entry => {
    const file = path.join(dir, entry.name);
    return entry.isDirectory() ? readdirSync(file, { recursive: true, withFileTypes: true }).filter(each => !each.isDirectory()).map(each => path.join(each.parentPath, each.name)) : [file];
  }).map(file => ({ file, bytes: statSync(file, { throwIfNoEntry: false })?.size ?? 0 }));
}

/** Deletes all of them; the audit log last, so that it has what happened until nothing else is left. @returns what is still there. */
export function purgeFolder(dir: string): string[] {
  const last = (name: string): number => (name.startsWith('audit.log') ? 1 : 0);
  for (const { name } of entriesOf(dir).filter(belongsToUs).sort((a, b) => last(a.name) - last(b.name))) {
    try {
      rmSync(path.join(dir, name), { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error; // what stays is told below
    }
  }
  return entriesOf(dir).filter(belongsToUs).map(({ name }) => path.join(dir, name));
}

function entriesOf(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Backups that the user made elsewhere and that are still there. A file in their place that is no backup of ours is not touched. */
export async function backupsElsewhere(entries: readonly AuditEntry[]): Promise<PurgeList['backups']> {
  const made = new Set(entries.flatMap(({ what, detail }) => (what === 'backed-up' && detail !== undefined ? [detail] : [])));
  const found: { file: string; bytes: number }[] = [];
  for (const file of made) if (await isBackup(file)) found.push({ file, bytes: (await stat(file)).size });
  return found;
}

/** @returns those that are still there. */
export async function deleteBackups(backups: PurgeList['backups']): Promise<string[]> {
  const left: string[] = [];
  for (const { file } of backups) await rm(file, { force: true }).catch(() => left.push(file));
  return left;
}
