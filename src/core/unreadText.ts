import type { UnreadLogs } from './snapshot';

/** What is to be said beside numbers from logs of which not all was read. */
export function unreadText({ readShare, stopped }: UnreadLogs): string {
  const percent = Math.floor(100 * readShare);
  return stopped ? `Older logs are left unread, stopped at ${percent}%: what is shown is not all. Refresh reads on.`
    : `Older logs are still being read, ${percent}% done: what is shown is not all yet.`;
}
