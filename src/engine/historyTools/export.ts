import type { Account } from '../../core/account';
import type { Client } from '../../core/clients';
import type { ExportChoice } from '../../core/historyTools';
import type { EpochMs } from '../../core/time';
import type { Sql } from '../history/sql';
import { csvHead, csvRows } from './csv';
import { EXPORT_FORMAT, EXPORT_VERSION, type ExportHeader, type ExportRow } from './exportForm';
import { select } from './exportRows';
import { writeWhole } from './outFile';
import type { Task } from './tasks';

export interface ExportOptions {
  readonly sql: Sql;
  readonly accounts: readonly Account[];
  readonly choice: ExportChoice;
  readonly zone: string;
  readonly clients: readonly Client[];
  readonly now: EpochMs;
  /** Null: only in memory. */
  readonly storageDir: string | null;
}

/** Streams what was chosen into a file, page by page. @throws {Cancelled}; and a sentence when the file cannot be written. */
export function exportHistory(file: string, { sql, accounts, choice, zone, clients, now, storageDir }: ExportOptions, task: Task): Promise<{ rows: number; bytes: number }> {
  const selection = select(sql, accounts, choice, zone, clients);
  const total = selection.steps();
  const iso = (at: EpochMs | null): string | null => (at === null ? null : new Date(at).toISOString());
  const header: ExportHeader = {
    format: EXPORT_FORMAT, version: EXPORT_VERSION, madeAt: new Date(now).toISOString(), zone, levels: [...choice.levels],
    range: { from: iso(choice.fromAt), to: iso(choice.toAt) },
    accounts: selection.accounts, meters: selection.meters, sources: [...selection.sources],
  };
  const form = choice.format === 'csv' ? csvForm : jsonForm(header);
  return writeWhole(file, storageDir, async out => {
    let [rows, bytes, done] = [0, 0, 0];
    const write = async (text: string): Promise<void> => {
      const data = Buffer.from(text, 'utf8');
      for (let at = 0; at < data.length;) at += (await out.write(data, at)).bytesWritten;
      bytes += data.length;
    };
    await write(form.head());
    for (const page of selection.pages()) {
      await write(form.rows(page.rows, rows === 0));
      rows += page.rows.length;
      done += page.steps;
      await task.rest(done, total);
    }
    await write(form.tail);
    return { rows, bytes };
  });
}

interface Form {
  head(): string;
  rows(rows: readonly ExportRow[], first: boolean): string;
  readonly tail: string;
}

const csvForm: Form = { head: csvHead, rows: csvRows, tail: '' };

/** A row a line, for people who look into the file; readers need not care. */
const jsonForm = (header: ExportHeader): Form => ({
  head: () => `${JSON.stringify(header).slice(0, -1)},"rows":[`,
  rows: (rows, first) => rows.map((row, index) => `${first && index === 0 ? '' : ','}\n${JSON.stringify(row)}`).join(''),
  tail: '\n]}\n',
});
