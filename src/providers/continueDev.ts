/**
 * Continue: token counts from the usage data that it keeps for its users.
 * Source: local-logs facts B15, read 2026-11-23. Files: <home>/.continue/dev_data/0.2.0/tokensGenerated.jsonl, appended to.
 * Units:  Continue counts the tokens itself, with tokenizers that may not be the model's: estimates, and told as such.
 */
import { toolFolders } from './folders';
import { localTool } from './localTool';
import { type LogLine, type LogSink, type LogSource, numbered } from './logSource';
import { idOf, tell } from './told';

const FIELDS = ['timestamp', 'model', 'promptTokens', 'generatedTokens'] as const;
const F = numbered(FIELDS);

export const continueLogs: LogSource = {
  roots: (machine, home) => toolFolders(machine, home, { env: ['CONTINUE_GLOBAL_DIR'], below: ['.continue'] }).map(folder => `${folder}/dev_data/0.2.0`),
  enters: () => false,
  tokenProvenance: 'estimated',
  formats: [{
    kind: 'lines',
    matches: path => path === 'tokensGenerated.jsonl',
    markers: ['"promptTokens"', '"generatedTokens"'],
    fields: FIELDS,
    parser: () => ({ line: readLine, state: () => undefined }),
  }],
};

export const continueDev = localTool({
  id: 'continue', name: 'Continue', summary: "Experimental: Continue's own estimates of tokens, and what they would cost at list prices",
  reads: 'Token counts, models and times in ~/.continue/dev_data/0.2.0/tokensGenerated.jsonl', logs: continueLogs,
});

/** A line has no id: a copy of it has the same time, model and counts. */
function readLine(line: LogLine, emit: LogSink): void {
  const [at, model, input, output] = [line.instant(F.timestamp), line.text(F.model), line.count(F.promptTokens), line.count(F.generatedTokens)];
  tell(emit, { id: idOf(at, model, input, output), at, model, tokens: { input, output } });
}
