import { stringify } from 'csv-stringify/sync';
import { MeterRow, UsageRow, type ExportRow } from './exportForm';

/** Columns that hold words of others; the rest is numbers, instants and words of ours. */
const TEXT_COLUMNS = new Set(['accountName', 'meter', 'meterName', 'source', 'model', 'project', 'branch', 'client']);
const columns = [...new Set([...Object.keys(UsageRow.shape), ...Object.keys(MeterRow.shape)])];

/**
 * What spreadsheets take for a formula gets an apostrophe before it, also behind what separates cells where the comma is the decimal
 * sign. A negative number in a column of numbers is left as it is.
 */
const guard = (value: unknown): unknown => (typeof value === 'string' ? value.replaceAll(/(^|[;\t\r\n|])(?=\s*[=+\-@\t\r\n＝＋－＠])/g, "$1'") : value);

/** RFC 4180, with a byte order mark, by which spreadsheets know UTF-8. */
export const csvHead = (): string => stringify([columns], { bom: true, record_delimiter: 'windows' });

export function csvRows(rows: readonly ExportRow[]): string {
  const cells = rows.map(row => columns.map(column => {
    const value = (row as Readonly<Record<string, unknown>>)[column];
    return TEXT_COLUMNS.has(column) ? guard(value) : value;
  }));
  return stringify(cells, { record_delimiter: 'windows', cast: { boolean: String } });
}
