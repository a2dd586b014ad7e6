/**
 * Claude Code: token counts from its session logs, and the plan's limits as it last fetched them itself. Reads its files only;
 * its credentials are in others, which are never opened.
 */
import { activityOf } from '../../core/activity';
import { ProviderError } from '../../core/errors';
import type { Gap, Reading } from '../../core/reading';
import { HOUR_MS, MINUTE_MS } from '../../core/time';
import { emptyReading, type Provider, type ReadContext } from '../provider';
import { claudeFolders, claudeLogs } from './logs';
import { claudeStatus, type ClaudeStatus } from './limits';
import { fullWindows, withFull } from './refusals';

export const claude: Provider = {
  info: {
    id: 'claude',
    name: 'Claude Code',
    summary: 'Plan windows, tokens and what they would cost at list prices',
    standing: 'vendor-file',
    credential: { kind: 'local', reads: 'Token counts, models, times, session ids, folders, branches and refused requests in ~/.claude/projects and the sessions of Cowork, and who is signed in, the plan and the cached limits in ~/.claude.json' },
    baseUrl: null,
    minIntervalMs: MINUTE_MS,
    defaultIntervalMs: MINUTE_MS,
  },
  hosts: [],
  logs: claudeLogs,
  read,
};

/** The file holds all projects' state and grows to megabytes. */
const MAX_STATUS_BYTES = 64 * 1024 * 1024;
/** Claude Code itself no longer trusts its cached limits after this. */
const STALE_MS = HOUR_MS;

async function read(context: ReadContext): Promise<Reading> {
  const [status, scan] = await Promise.all([attempt(readStatus(context)), attempt(context.scanLogs())]);
  if (scan instanceof ProviderError && (status instanceof ProviderError || status.meters.length === 0)) throw scan;
  const notes = [status instanceof ProviderError ? status.message : status.note, ...(scan instanceof ProviderError ? [scan.message] : scan.notes)];
  const { meters: fetched, identity, plan } = status instanceof ProviderError ? emptyReading(context.now) : status;
  const age = context.now - Math.min(...fetched.map(({ trueAt }) => trueAt));
  if (age > STALE_MS) notes.push('Claude Code fetched these limits over an hour ago: run /usage in it for new ones.');
  // What the file would tell may be newer than a refusal, or of another account.
  const unsure = status instanceof ProviderError || status.ofAnother;
  const full = unsure || scan instanceof ProviderError ? [] : fullWindows(scan.sightings, fetched, context.now);
  if (full.length > 0) notes.push(`Full until the reset, as Claude Code's log tells of a refused request: ${full.map(({ label }) => label).join('; ')}.`);
  const meters = withFull(fetched, full);
  return {
    ...emptyReading(context.now), meters: [...meters], identity, plan,
    usage: scan instanceof ProviderError ? [] : [scan.report],
    activity: scan instanceof ProviderError ? null : activityOf(scan.recent(), meters.find(({ id }) => id === 'five-hour')?.resetsAt ?? null, context.now),
    notes: notes.filter(note => note !== null),
    gaps: status instanceof ProviderError ? gapsOf(status) : [],
  };
}

/** All that the file tells. */
const gapsOf = ({ kind, message, retryAfterMs }: ProviderError): Gap[] => (['meters', 'identity', 'plan'] as const).map(part => ({ part, kind, message, retryAfterMs }));

/** A failure of one of the two sources is data, so that the other one still counts. */
async function attempt<T>(task: Promise<T>): Promise<T | ProviderError> {
  try {
    return await task;
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
}

/** @throws {ProviderError} 'unreadable' without permission, 'changed' when the file holds no JSON. */
async function readStatus(context: ReadContext): Promise<ClaudeStatus> {
  for (const path of statusPaths(context)) {
    const text = await context.readFile(path, MAX_STATUS_BYTES);
    if (text === null) continue;
    // The file is rewritten often, and not in one piece: a second look settles whether it is damaged.
    const json = parse(text) ?? parse((await context.readFile(path, MAX_STATUS_BYTES)) ?? '');
    if (json === null) throw new ProviderError('changed', "Claude Code's .claude.json holds no valid JSON: it tells no limits.");
    return claudeStatus(json);
  }
  return { meters: [], identity: null, plan: null, ofAnother: false, note: "Claude Code's .claude.json was not found: its limits are not known." };
}

/** Beside the default folder, but inside one that was chosen. */
function statusPaths({ machine, account }: ReadContext): readonly string[] {
  const { home } = account.options;
  const chosen = home !== undefined || machine.env['CLAUDE_CONFIG_DIR'] ? claudeFolders(machine, home) : [];
  const folders = [...chosen, ...(home === undefined ? [machine.home] : [])];
  return [...new Set(folders.flatMap(folder => [folder, ...(/[\\/]\.claude$/.test(folder) ? [folder.replace(/[\\/]\.claude$/, '')] : [])]))]
    .map(folder => `${folder}/.claude.json`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
