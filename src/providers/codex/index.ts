/**
 * Codex: token counts and rate limits from its rollout logs. Reads those only; its credentials are in a file that is never opened.
 */
import type { Reading } from '../../core/reading';
import { MINUTE_MS } from '../../core/time';
import { emptyReading, type Provider, type ReadContext } from '../provider';
import { codexActivity } from './context';
import { codexLimits } from './limits';
import { codexLogs } from './logs';

export const codex: Provider = {
  info: {
    id: 'codex',
    name: 'Codex',
    summary: 'Plan windows, tokens and what they would cost at list prices',
    standing: 'vendor-file',
    credential: { kind: 'local', reads: 'Token counts, rate limits, models, times, session ids, folders and branches in ~/.codex/sessions and ~/.codex/archived_sessions' },
    baseUrl: null,
    minIntervalMs: MINUTE_MS,
    defaultIntervalMs: MINUTE_MS,
  },
  hosts: [],
  logs: codexLogs,
  read,
};

async function read(context: ReadContext): Promise<Reading> {
  const { report, sightings, notes } = await context.scanLogs();
  const { meters, plan } = codexLimits(sightings);
  const missing = meters.length === 0 ? ['Codex has told no limits in its logs so far.'] : [];
  return { ...emptyReading(context.now), meters: [...meters], plan, activity: codexActivity(sightings, context.now), usage: [report], notes: [...missing, ...notes] };
}
