import { History } from '../../src/engine/history/history';
import type { FakeClock } from './fakeClock';
import { openSql } from './sql';

/** Opens a history and closes it at the end of the test. @param dir null: in memory. */
export function useHistory(): (dir: string | null, clock: FakeClock, retentionDays?: number | null) => Promise<History> {
  const opened: History[] = [];
  afterEach(() => { for (const history of opened.splice(0)) history.close(); });
  return async (dir, clock, retentionDays = 180) => {
    const history = new History({ dir, openSql: await openSql(), clock, retentionDays });
    opened.push(history);
    return history;
  };
}
