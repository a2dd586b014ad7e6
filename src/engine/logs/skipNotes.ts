import type { Listing } from './listing';
import type { LogState } from './logState';

/** What was not counted and why, in words. @param closedFiles how many files this user may not read. */
export function skipNotes({ closed }: Listing, state: LogState, closedFiles: number): readonly string[] {
  let [damaged, tooLong] = [0, 0];
  for (const file of state.files.values()) {
    damaged += file.damaged;
    tooLong += file.tooLong;
  }
  const note = (count: number, one: string, many: string, rest: string): string[] => (count === 0 ? [] : [`${count} ${count === 1 ? one : many} ${rest}`]);
  return [
    ...note(closed.size + closedFiles, 'file or folder', 'files or folders', 'without permission: not counted.'),
    ...note(tooLong, 'line or file', 'lines or files', 'above 64 MB: not counted.'),
    ...note(damaged, 'damaged line or file', 'damaged lines or files', 'not counted.'),
  ];
}
