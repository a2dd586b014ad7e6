/**
 * Qwen Code: token counts from its chat logs.
 * Source: local-logs facts B10, read 2026-11-23. Files: <home>/.qwen/projects/<project>/chats/<session>.jsonl; older ones, unsure there,
 *         .qwen/tmp/<project>/chats/session-*.json in the form of Gemini CLI's.
 * Units:  `promptTokenCount` has the cached tokens in it; `thoughtsTokenCount` comes on top of `candidatesTokenCount` with Gemini's protocol,
 *         and lies in it with OpenAI's, whose counts Qwen Code renames only: the total tells which.
 */
import { toolFolders } from './folders';
import { chatDocuments } from './gemini';
import { localTool } from './localTool';
import { type LogLine, type LogSink, type LogSource, numbered } from './logSource';
import { idOf, outputIn, tell, uncached } from './told';

const USAGE = 'usageMetadata';
const FIELDS = [
  'type', 'sessionId', 'uuid', 'timestamp', 'model', 'cwd', 'gitBranch',
  `${USAGE}.promptTokenCount`, `${USAGE}.candidatesTokenCount`, `${USAGE}.thoughtsTokenCount`, `${USAGE}.cachedContentTokenCount`, `${USAGE}.totalTokenCount`,
] as const;
const F = numbered(FIELDS);

export const qwenLogs: LogSource = {
  roots: (machine, home) => toolFolders(machine, home, { env: ['QWEN_DATA_DIR'], below: ['.qwen'] }).flatMap(folder => [`${folder}/projects`, `${folder}/tmp`]),
  enters: path => /^[^/]+(\/chats)?$/.test(path),
  formats: [{
    kind: 'lines',
    matches: path => /^[^/]+\/chats\/[^/]+\.jsonl$/.test(path),
    markers: ['"usageMetadata"'],
    fields: FIELDS,
    parser: () => ({ line: readLine, state: () => undefined }),
  }, {
    ...chatDocuments,
    matches: path => /^[^/]+\/chats\/session-[^/]+\.json$/.test(path),
  }],
};

export const qwen = localTool({
  id: 'qwen', name: 'Qwen Code', summary: 'Tokens and what they would cost at list prices',
  reads: 'Token counts, models, times, folders and branches in ~/.qwen/projects and ~/.qwen/tmp', logs: qwenLogs,
});

function readLine(line: LogLine, emit: LogSink): void {
  if (line.text(F.type) !== 'assistant') return;
  const [at, model, session] = [line.instant(F.timestamp), line.text(F.model), line.text(F.sessionId)];
  const [prompt, cached] = [line.count(F['usageMetadata.promptTokenCount']), line.count(F['usageMetadata.cachedContentTokenCount'])];
  const [candidates, thoughts] = [line.count(F['usageMetadata.candidatesTokenCount']), line.count(F['usageMetadata.thoughtsTokenCount'])];
  const output = outputIn({ output: candidates, reasoning: thoughts, others: prompt, total: line.count(F['usageMetadata.totalTokenCount']) });
  tell(emit, {
    id: line.text(F.uuid) ?? idOf(session, at, model, prompt, candidates), at, model, session,
    project: line.text(F.cwd), branch: line.text(F.gitBranch),
    tokens: { input: uncached(prompt, cached), cacheRead: Math.min(cached, prompt), output, reasoning: thoughts },
  });
}
