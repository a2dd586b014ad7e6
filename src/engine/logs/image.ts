/** The head of an image: all of a LogState but its ids, in a form that is read by looking at it. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type Column, packBytes, toColumn, unpackBytes } from './columns';
import { IdPages, packEntries, type PageIndex, unpackEntries } from './idPages';
import type { Skipped } from './fileStates';
import { type Delta, LogState } from './logState';

/** Unpacked; of far larger ones than years of logs make. */
const MAX_BYTES = 1024 * 1024 * 1024;
const LENGTH_BYTES = 4;

interface Head extends Pick<Delta, 'sightings' | 'spanMs'> {
  readonly version: number;
  readonly generation: number;
  readonly names: readonly string[];
  readonly paths: readonly string[];
  readonly skipped: Skipped;
  /** How many columns rows and files have. */
  readonly widths: readonly [rows: number, files: number];
  readonly newest: number | null;
}

export interface ImageParts {
  readonly version: number;
  readonly generation: number;
  readonly state: LogState;
  /** Of the pages that follow the head. */
  readonly index: PageIndex;
}

export function packImage({ version, generation, state, index }: ImageParts): Buffer {
  const { rows, files, sightings, spanMs } = state.whole();
  const { entries, offsets, newest } = state.recent;
  const json: Head = { version, generation, names: rows.names, paths: files.paths, skipped: files.skipped, widths: [rows.columns.length, files.columns.length], sightings, spanMs, newest };
  const columns = [...rows.columns, ...files.columns, index.first, index.ends, index.checks, offsets].map(toColumn);
  const bytes = packBytes({ json, text: files.parsers, columns: [...columns, ...packEntries(entries)] });
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, deflateRawSync(bytes)]);
}

/** Null: of another version. @throws when the bytes are none of packImage's. */
export function unpackImage(bytes: Buffer, { version, file, pagesAt }: { readonly version: number; readonly file: string; readonly pagesAt: number }): { readonly generation: number; readonly state: LogState; readonly bytes: number } | null {
  const chunkSize = Math.min(bytes.readUInt32LE(0), MAX_BYTES) + 1; // all at once
  const { json, text, columns } = unpackBytes(inflateRawSync(bytes.subarray(LENGTH_BYTES), { chunkSize, maxOutputLength: MAX_BYTES }));
  const { version: wrote, generation, names, paths, skipped, widths: [rowsWidth, filesWidth], sightings, spanMs, newest } = json as Head;
  if (wrote !== version) return null;
  const from = rowsWidth + filesWidth;
  const [first = NONE, ends = NONE, checks = NONE, offsets = NONE, ...recent] = columns.slice(from);
  const pages = new IdPages(file, pagesAt, { first: Float64Array.from(first), ends: Float64Array.from(ends), checks: Float64Array.from(checks) });
  const state = new LogState(pages);
  state.apply({
    firstRow: 0, rows: { names, columns: columns.slice(0, rowsWidth) }, sums: [], ids: [], times: [], spanMs,
    files: { paths, columns: columns.slice(rowsWidth, from), parsers: text, skipped }, gone: [], sightings,
  });
  if (newest !== null) state.ledger.keepRecent(newest, () => ({ entries: unpackEntries(recent as readonly Uint8Array[]), offsets }));
  return { generation, state, bytes: pages.end };
}

const NONE: Column = new Uint8Array();
