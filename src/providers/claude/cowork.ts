/**
 * Claude Desktop's Cowork, whose sessions have a config folder of Claude Code's each:
 * ~/Library/Application Support/Claude/local-agent-mode-sessions/<group>/<session>/local_<id>/.claude, or agent/local_<id>/.claude.
 */
const BELOW = 'Library/Application Support/Claude/local-agent-mode-sessions';
const SESSION = 'local_';
const IN_SESSION = /^[^/]+\/[^/]+\/(?:agent\/)?local_[^/]+\/(.+)$/;

/** @param home the user's, without a '/' at its end. */
export const coworkFolder = (home: string): string => `${home}/${BELOW}`;

/** Whether what lies here is no log of Claude Code's: beside its own folder a session has logs of other forms, and what the user gave it. */
export function besideLogs(relativePath: string): boolean {
  if (!relativePath.includes(SESSION)) return false; // asked of every file and folder at every start
  const inside = IN_SESSION.exec(relativePath)?.[1];
  return inside !== undefined && inside !== '.claude' && !/^\.claude\/projects(\/|$)/.test(inside);
}
