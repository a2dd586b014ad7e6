import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { EpochMs } from '../../core/time';
import type { LogFormat, LogSource } from '../../providers/logSource';
import type { FileStates } from './fileStates';
import { attempt, below, databaseStat, formatOf, type ListedFile, type Listing, PACKED, unseen } from './look';

/** A folder amid its listing. `below`: its path relative to the root, with '/' between names; '': it is the root. */
interface Folder { readonly path: string; readonly below: string; readonly entries: readonly Dirent[]; next: number; newest: EpochMs }

/**
 * Goes through what lies below roots, depth first, a folder at a time. Every start of the command line goes through all of it, so that
 * nothing is made for a log that is as it was.
 */
export class Walk implements Listing {
  readonly fresh: ListedFile[] = [];
  readonly listed = new Set<string>();
  readonly closed = new Set<string>();
  readonly newest = new Map<string, EpochMs>();
  count = 0;
  bytes = 0;
  readonly #source: LogSource;
  readonly #known: FileStates;
  readonly #open: Folder[] = [];
  /** To be looked at once it is known which logs are there unpacked. */
  readonly #packed: ListedFile[] = [];
  #root = '';

  constructor(source: LogSource, known: FileStates) {
    [this.#source, this.#known] = [source, known];
  }

  begin(root: string): void {
    this.#root = root;
    if (attempt(() => statSync(root).isFile()) === true) this.#note(path.dirname(root), this.#look(path.basename(root), root));
    else this.#visit(root, '');
  }

  /** Goes on until it has opened one more folder. False: there are no more. */
  step(): boolean {
    for (let folder = this.#open.at(-1); folder !== undefined; folder = this.#open.at(-1)) {
      for (let entry = folder.entries[folder.next++]; entry !== undefined; entry = folder.entries[folder.next++]) {
        const full = folder.path + path.sep + entry.name;
        const relative = folder.below === '' ? entry.name : `${folder.below}/${entry.name}`;
        if (entry.isFile()) folder.newest = Math.max(folder.newest, this.#look(relative, full));
        else if (entry.isDirectory() ? this.#enter(relative, full, relative) : entry.isSymbolicLink() && this.#follow(relative, full)) return true;
      }
      this.#open.pop();
      this.#note(folder.path, folder.newest);
    }
    return false;
  }

  end(): void {
    for (const file of this.#packed) if (!this.#known.isListed(file.path)) this.#take(file.format, file.path, true, file.size, file.mtimeMs, file.inode);
  }

  #note(folder: string, newest: EpochMs): void {
    if (newest > (this.newest.get(folder) ?? -Infinity)) this.newest.set(folder, newest);
  }

  /** @param seen as `below`, by which it was reached. @returns whether it was opened. */
  #enter(seen: string, full: string, relative: string): boolean {
    return this.#source.enters?.(seen) !== false && this.#visit(full, relative);
  }

  #visit(folder: string, relative: string): boolean {
    if (this.listed.has(folder)) return false;
    const entries = attempt(() => readdirSync(folder, { withFileTypes: true }));
    if (entries === 'closed') this.closed.add(folder);
    if (entries === 'closed' || entries === 'gone') return false;
    this.listed.add(folder);
    this.#open.push({ path: folder, below: relative, entries, next: 0, newest: -Infinity });
    return true;
  }

  #follow(seen: string, link: string): boolean {
    const target = attempt(() => ({ real: realpathSync(link), directory: statSync(link).isDirectory() }));
    if (target === 'closed') this.closed.add(link);
    if (target === 'closed' || target === 'gone') return false;
    if (target.directory) return this.#enter(seen, target.real, below(this.#root, target.real));
    this.#note(path.dirname(target.real), this.#look(seen, target.real));
    return false;
  }

  /** @returns when it was written; -Infinity: it is no log. */
  #look(relative: string, full: string): EpochMs {
    const format = formatOf(this.#source, relative);
    if (format === null) return -Infinity;
    try {
      const { size, mtimeMs, ino } = format.kind === 'database' ? databaseStat(full) : statSync(full);
      if (relative.endsWith(PACKED)) this.#packed.push({ path: full.slice(0, -PACKED.length), packed: true, format, size, mtimeMs, inode: ino });
      else this.#take(format, full, false, size, mtimeMs, ino);
      return mtimeMs;
    } catch (error) {
      if (unseen(error) === 'closed') this.closed.add(full);
      return -Infinity;
    }
  }

  #take(format: LogFormat, file: string, packed: boolean, size: number, mtimeMs: EpochMs, inode: number): void {
    const found = this.#known.list(file, packed, size, mtimeMs, inode);
    if (found === 'again') return; // by another way
    this.count++;
    this.bytes += size;
    if (found === 'fresh') this.fresh.push({ path: file, packed, format, size, mtimeMs, inode });
  }
}
