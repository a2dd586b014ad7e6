import path from 'node:path';
import type { Account } from '../core/account';
import type { EngineSettings } from '../core/settings';
import type { LogSource } from '../providers/logSource';
import type { Machine } from '../providers/provider';
import { existingRoots } from './logs/listing';

/** Folders of a local tool that a setting names, less those that have an account of their own: nothing is counted in two accounts. */
export function extraFolders(providerId: string, { logFolders }: Pick<EngineSettings, 'logFolders'>, accounts: readonly Account[]): readonly string[] {
  const own = accounts.flatMap(account => (account.providerId === providerId && account.options.home !== undefined ? [path.resolve(account.options.home)] : []));
  return (logFolders[providerId] ?? []).filter(folder => !own.includes(path.resolve(folder)));
}

/** Which of these folders are in the numbers. One that is not there now, such as another machine's, is told: it may have usage that is missing. */
export function folderNotes(source: LogSource, machine: Machine, folders: readonly string[]): readonly string[] {
  return folders.map(folder => (existingRoots(source, machine, folder).length > 0
    ? `Counts the logs in ${folder} too.` : `There are no logs in ${folder} now: nothing new of it is counted.`));
}
