import * as z from 'zod/mini';
import type { Account } from '../../core/account';
import type { ImportResult } from '../../core/historyTools';
import { jsonOf } from '../../core/json';
import type { EpochMs } from '../../core/time';
import { oldestKept } from '../history/apply';
import type { History } from '../history/history';
import { ExportHeader, ExportRow } from './exportForm';
import { importRecord, keyIn, readRow, type Batch, type Lists } from './importRows';
import { FormError, jsonPieces } from './jsonPieces';
import { fileProblem } from './outFile';
import type { Task } from './tasks';

/** Some milliseconds' worth, and one line of the journal per account in it. */
const ROWS = 500;
/** Rows of one span in many currencies stay together; nobody has as many. */
const MAX_ROWS = 2 * ROWS;

export interface ImportOptions {
  readonly history: History;
  readonly accounts: readonly Account[];
  readonly now: EpochMs;
}

/**
 * Takes the rows of an export in JSON. The whole file is checked before the first row is taken; what is taken is in the journal, so
 * that a cancelled import keeps what it said. An account in the file is the one with the same id here, else the one of the same provider
 * and name, else it stays under its id and is shown when there is such an account.
 * @throws {Cancelled}; and a sentence when the file is not of the form.
 */
export async function importHistory(file: string, { history, accounts, now }: ImportOptions, task: Task): Promise<ImportResult> {
  try {
    let rows = 0;
    for await (const { lists, rows: some } of batches(file, task, share => 50 * share)) {
      for (const row of some) readRow(row, lists);
      rows += some.length;
    }
    const unknown = new Map<string, string>();
    let taken = 0;
    for await (const { header, lists, rows: some } of batches(file, task, share => 50 + 50 * share)) {
      for (const [id, theirs] of byAccount(some)) {
        const owner = header.accounts.find(each => each.id === id);
        const account = accounts.find(each => each.id === id) ?? accounts.find(each => each.providerId === owner?.provider && each.alias === owner.alias);
        if (account === undefined) unknown.set(id, owner?.alias ?? id);
        const target = account?.id ?? id;
        const lastAt = history.lastReading(target)?.takenAt ?? -Infinity;
        const batch: Batch = {
          account: target, fresh: Date.parse(header.madeAt) >= lastAt, rows: theirs, ...lists, oldest: oldestKept(now, history.retentionDays),
        };
        const { record, taken: count } = importRecord(history.sql, batch);
        if (record !== null) history.import(record);
        taken += count;
      }
    }
    return { taken, left: rows - taken, unknownAccounts: [...unknown.values()].sort() };
  } catch (error) {
    throw fileProblem(error, file, 'read');
  }
}

function byAccount(rows: readonly ExportRow[]): Map<string, ExportRow[]> {
  const groups = new Map<string, ExportRow[]>();
  for (const row of rows) {
    const group = groups.get(row.account);
    if (group === undefined) groups.set(row.account, [row]);
    else group.push(row);
  }
  return groups;
}

interface Piece {
  readonly header: ExportHeader;
  readonly lists: Lists;
  readonly rows: readonly ExportRow[];
}

/** @throws {FormError} naming the first field that does not fit, never its value. */
async function* batches(file: string, task: Task, passed: (share: number) => number): AsyncGenerator<Piece> {
  let head: Omit<Piece, 'rows'> | null = null;
  let rows: ExportRow[] = [];
  let number = 0;
  for await (const { kind, text } of jsonPieces(file, task, passed)) {
    if (kind === 'header') {
      const header = headerIn(text);
      head = { header, lists: {
        meters: new Map(header.meters.map(({ account, meter }) => [keyIn(account, meter.id), meter])),
        sources: new Map(header.sources.map(source => [keyIn(source.account, source.source), source])),
      } };
      continue;
    }
    const row = parse(ExportRow, text, `row ${++number}`);
    if (head !== null && rows.length >= ROWS && (rows.length >= MAX_ROWS || placeOf(row) !== placeOf(rows.at(-1)))) {
      yield { ...head, rows };
      rows = [];
    }
    rows.push(row);
  }
  if (head !== null && rows.length > 0) yield { ...head, rows };
}

/** What is restated together: see `placeOf` of the history's rows. */
const placeOf = (row: ExportRow | undefined): string => (row?.level === 'usage' ? JSON.stringify([row.account, row.source, row.start, row.end, row.model, row.project]) : JSON.stringify(row));

const Versioned = z.object({ format: z.literal('quota-monitor-export'), version: z.number() });

function headerIn(text: string): ExportHeader {
  const said = Versioned.safeParse(jsonOf(text));
  if (!said.success) throw new FormError('The file is not an export of Quota Monitor.');
  if (said.data.version > 1) throw new FormError('The file was written by a newer version of Quota Monitor.');
  return parse(ExportHeader, text, 'the header');
}

function parse<T extends z.core.$ZodType>(schema: T, text: string, what: string): z.output<T> {
  const parsed = z.safeParse(schema, jsonOf(text));
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map(issue => issue.path.join('.') || '(the whole)'))].slice(0, 5).join(', ');
  throw new FormError(`The file is not an export of Quota Monitor: ${what} has a wrong value in ${fields}.`);
}
