import type { UnreadLogs } from '../../core/snapshot';
import { unreadText } from '../../core/unreadText';
import type { LogState } from './logState';

/**
 * What was not counted and why, in words.
 * @param closed how many files and folders this user may not read. @param unread null: all logs were read.
 */
export function skipNotes({ files: { skipped: { damaged, tooLong } } }: Pick<LogState, 'files'>, closed: number, unread: UnreadLogs | null): readonly string[] {
  const note = (count: number, one: string, many: string, rest: string): string[] => (count === 0 ? [] : [`${count} ${count === 1 ? one : many} ${rest}`]);
  return [
    ...(unread === null ? [] : [unreadText(unread)]),
    ...note(closed, 'file or folder', 'files or folders', 'without permission: not counted.'),
    ...note(tooLong, 'line or file', 'lines or files', 'above 64 MB: not counted.'),
    ...note(damaged, 'damaged line or file', 'damaged lines or files', 'not counted.'),
  ];
}
