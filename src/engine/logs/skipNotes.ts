import type { LogState } from './logState';

/**
 * What was not counted and why, in words.
 * @param closed how many files and folders this user may not read. @param share of all logs that was read, 0 to 1.
 */
export function skipNotes({ skipped: { damaged, tooLong } }: Pick<LogState, 'skipped'>, closed: number, share: number): readonly string[] {
  const note = (count: number, one: string, many: string, rest: string): string[] => (count === 0 ? [] : [`${count} ${count === 1 ? one : many} ${rest}`]);
  return [
    ...(share === 1 ? [] : [`Older logs are still being read, ${Math.floor(100 * share)} % done: what is shown is not all yet.`]),
    ...note(closed, 'file or folder', 'files or folders', 'without permission: not counted.'),
    ...note(tooLong, 'line or file', 'lines or files', 'above 64 MB: not counted.'),
    ...note(damaged, 'damaged line or file', 'damaged lines or files', 'not counted.'),
  ];
}
