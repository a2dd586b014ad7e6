/**
 * Deleting everything. A file says that it has begun, and goes last: whoever opens the folder after a process that was killed in the
 * midst finishes the work first, for what is left could look like a whole history.
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, type Dirent } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { AuditEntry, PurgeList } from '../../core/historyTools';
import { replaceFile } from '../atomicFile';
import { auditText, parseAudit } from './audit';
import { isBackup } from './backupFile';

/** The socket that the windows share, in use while there is an engine; it holds nothing about the user. */
const KEPT = new Set(['engine', 'engine.token']);
const BEGUN = 'purge.begun';
const WITH_BACKUPS = 'with backups';

const belongsToUs = ({ name }: Dirent): boolean => !KEPT.has(name);

/** Every file of the folder that a purge deletes. */
export function filesToPurge(dir: string): PurgeList['files'] {
  return entriesOf(dir).filter(belongsToUs).flatMap(entry => {
    const file = path.join(dir, entry.name);
    return entry.isDirectory() ? readdirSync(file, { recursive: true, withFileTypes: true }).filter(each => !each.isDirectory()).map(each => path.join(each.parentPath, each.name)) : [file];
  }).map(file => ({ file, bytes: statSync(file, { throwIfNoEntry: false })?.size ?? 0 }));
}

/** From here on there is no way back: the next start goes on where this process ends. @param backups also those elsewhere. */
export function beginPurge(dir: string, backups: boolean): void {
  try {
    replaceFile(path.join(dir, BEGUN), Buffer.from(backups ? WITH_BACKUPS : ''));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error; // a full disk gets room by what follows
  }
}

/** Call before the files of the folder are opened: goes on with a purge that was begun. @returns what is still there. */
export async function finishPurge(dir: string, guard: () => void): Promise<string[]> {
  const begun = path.join(dir, BEGUN);
  if (!existsSync(begun)) return [];
  const left = readFileSync(begun, 'utf8') === WITH_BACKUPS ? await deleteBackups(await backupsElsewhere(parseAudit(auditText(dir)))) : [];
  return [...left, ...purgeFolder(dir, guard)];
}

/** Last the log that knows of backups elsewhere, and what says that there is a purge. */
const LAST = ['audit.log.old', 'audit.log', BEGUN];

/** Deletes all of it. @param guard throws when another process has taken the folder over. @returns what is still there. */
export function purgeFolder(dir: string, guard: () => void): string[] {
  for (const { name } of entriesOf(dir).filter(belongsToUs).sort((a, b) => LAST.indexOf(a.name) - LAST.indexOf(b.name))) {
    guard();
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
