/** Opens the image, or the kept one, and replays the journals over it. */
import path from 'node:path';
import * as z from 'zod/mini';
import { applyRecord } from './apply';
import { loadImage } from './image';
import { Journal, readJournal, type JournalContent } from './journal';
import { emptySql, migrate, migrations, versionOf } from './migrations';
import { HistoryRecord, JournalLine } from './records';
import type { OpenSql, Sql } from './sql';

export interface HistoryFiles {
  readonly image: string;
  readonly keptImage: string;
  readonly journal: string;
  /** The records between the kept image and the image. */
  readonly keptJournal: string;
}

export const filesIn = (dir: string): HistoryFiles => ({
  image: path.join(dir, 'history.sqlite'), keptImage: path.join(dir, 'history.sqlite.kept'),
  journal: path.join(dir, 'history.journal'), keptJournal: path.join(dir, 'history.journal.kept'),
});

export interface Opened {
  readonly sql: Sql;
  /** Null: nothing can be kept. */
  readonly journal: Journal | null;
  readonly seq: number;
  /** The image was damaged, or is not there, and the kept one, if any, took its place. Null: nothing needs repair. */
  readonly repair: 'image-damaged' | 'no-image' | null;
  /** For people; null: all is well. */
  readonly warning: string | null;
}

/** Never throws for what is on the disk: it works in memory then, and says so. @param dir null: in memory only. */
export function openHistory(dir: string | null, openSql: OpenSql): Opened {
  if (dir === null) return { sql: emptySql(openSql), journal: null, seq: 0, repair: null, warning: null };
  const files = filesIn(dir);
  try {
    return openFiles(files, openSql);
  } catch (error) {
    const why = error instanceof NewerStore ? error.message : `The history in ${dir} cannot be opened (${codeOf(error)}).`;
    return { sql: emptySql(openSql), journal: null, seq: 0, repair: null, warning: `${why} Nothing new is kept until that is solved.` };
  }
}

class NewerStore extends Error {
  override readonly message = 'The history was written by a newer version of this extension and is left as it is.';
}

function openFiles(files: HistoryFiles, openSql: OpenSql): Opened {
  const warnings: string[] = [];
  const { sql, repair } = openImage(files, openSql, warnings);
  migrate(sql);
  const journals = [readJournal(files.keptJournal), readJournal(files.journal)];
  const seq = replay(sql, journals, warnings);
  const journal = new Journal(files.journal, journals[1]?.wholeBytes ?? 0);
  return { sql, journal, seq, repair, warning: warnings.length === 0 ? null : warnings.join(' ') };
}

function openImage(files: HistoryFiles, openSql: OpenSql, warnings: string[]): { sql: Sql; repair: Opened['repair'] } {
  const main = tryImage(files.image, openSql);
  if (main instanceof Object) return { sql: main, repair: null };
  const kept = tryImage(files.keptImage, openSql);
  if (main === 'missing') return { sql: kept instanceof Object ? kept : emptySql(openSql), repair: kept === 'missing' ? null : 'no-image' };
  warnings.push(`The history file was damaged; it is kept as history.sqlite.damaged, and ${kept instanceof Object
    ? 'the last good copy with all that was recorded since is used.' : 'only what the journal still has is shown.'}`);
  return { sql: kept instanceof Object ? kept : emptySql(openSql), repair: 'image-damaged' };
}

/** @throws NewerStore */
function tryImage(file: string, openSql: OpenSql): Sql | 'missing' | 'damaged' {
  const loaded = loadImage(file);
  if (loaded.kind !== 'good') return loaded.kind;
  const sql = openSql(loaded.bytes);
  if (versionOf(sql) > migrations.length) throw new NewerStore();
  return sql;
}

/** @returns the number of the last record that is in the database. @throws NewerStore */
function replay(sql: Sql, journals: readonly (JournalContent | null)[], warnings: string[]): number {
  let seq = Number(sql.one('SELECT seq FROM applied')?.[0]);
  let lost = journals.reduce((count, journal) => count + (journal?.damaged ?? 0), 0);
  const texts = journals.flatMap(journal => journal?.texts ?? []);
  sql.transaction(() => {
    for (const text of texts) {
      const line = z.safeParse(JournalLine, JSON.parse(text));
      if (line.success && line.data.version > migrations.length) throw new NewerStore();
      if (!line.success || line.data.seq <= seq) continue;
      const record = z.safeParse(HistoryRecord, line.data.record);
      if (line.data.seq > seq + 1) lost++;
      if (record.success) applyRecord(sql, record.data);
      else lost++;
      seq = line.data.seq;
    }
    sql.run('UPDATE applied SET seq = ?', seq);
  });
  if (lost > 0) warnings.push('A part of the history journal was damaged: some readings are missing.');
  return seq;
}

/** For people: the code of a system error, and SQLite's own words, which all have one code in Node. */
export function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && code !== 'ERR_SQLITE_ERROR' ? code : error instanceof Error ? error.message : 'unknown reason';
}
