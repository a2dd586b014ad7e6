/** Logs whose lines change what lines before them said. */
import fc from 'fast-check';
import { copilotChat } from '../../src/providers/copilotChat';
import { copilotCli } from '../../src/providers/copilotCli';
import { gemini } from '../../src/providers/gemini';
import { type Corpus, COURSES, holdsOnTheWay } from '../engine/logs/course';
import type { Sum } from '../engine/logs/rig';

const text = (lines: readonly object[]): string => lines.map(line => `${JSON.stringify(line)}\n`).join('');
const none: Sum = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0, requests: 0 };
const count = fc.integer({ min: 1, max: 900 });
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 22, 10, minute)).toISOString();

/** Requests are appended, and get their figures later, one of them in a second step. */
const chatCorpus: fc.Arbitrary<Corpus> = fc.array(fc.record({ input: count, output: count, grows: fc.boolean() }), { minLength: 1, maxLength: 12 }).map(requests => ({
  files: {
    '.config/Code/User/workspaceStorage/w/chatSessions/s1.jsonl': text([
      { kind: 0, v: { version: 3, sessionId: 's1', requests: [] } },
      ...requests.flatMap(({ input, output, grows }, i) => [
        { kind: 2, k: ['requests'], v: [{ requestId: `r${i}`, timestamp: Date.parse(at(i * 7)), modelId: 'copilot/gpt-5.6' }] },
        ...(grows ? [{ kind: 1, k: ['requests', i, 'promptTokens'], v: input }, { kind: 1, k: ['requests', i, 'completionTokens'], v: 1 }] : []),
        { kind: 1, k: ['requests', i, 'promptTokens'], v: input }, { kind: 1, k: ['requests', i, 'completionTokens'], v: output },
      ]),
    ]),
  },
  truth: requests.reduce((sum, { input, output }) => ({ ...sum, input: sum.input + input, output: sum.output + output, requests: sum.requests + 1 }), none),
}));

/** Messages are written whenever they change. */
const geminiCorpus: fc.Arbitrary<Corpus> = fc.array(fc.record({ input: count, output: count, thoughts: fc.nat(50), steps: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 8 }).map(messages => ({
  files: {
    '.gemini/tmp/app/chats/session-1.jsonl': text([
      { sessionId: 's1', projectHash: 'h', startTime: at(0) },
      ...messages.flatMap(({ input, output, thoughts, steps }, i) => Array.from({ length: steps }, (_, n) => ({
        id: `m${i}`, timestamp: at(i * 7), type: 'gemini', model: 'gemini-3-pro', ...(n === steps - 1 && { tokens: { input, output, thoughts, cached: 0, tool: 0 } }),
      }))),
      { $rewindTo: 'm0' },
    ]),
  },
  truth: messages.reduce((sum, { input, output, thoughts }) => ({
    ...sum, input: sum.input + input, output: sum.output + output + thoughts, reasoning: sum.reasoning + thoughts, requests: sum.requests + 1,
  }), none),
}));

/** A session that is resumed: each run tells some of its calls, and then the totals of all runs. */
const cliCorpus: fc.Arbitrary<Corpus> = fc.array(fc.record({ calls: fc.array(fc.record({ input: count, output: count, told: fc.boolean() }), { minLength: 1, maxLength: 3 }), killed: fc.boolean() }), { minLength: 1, maxLength: 5 })
  .map(runs => {
    const usage = ({ input, output }: { readonly input: number; readonly output: number }): object => ({ inputTokens: input, outputTokens: output });
    let total = { input: 0, output: 0 };
    const lines = runs.flatMap(({ calls, killed }, run) => {
      // Of a run that was killed the next one's totals tell the rest, but for the last run.
      const told = calls.filter(each => each.told || (killed && run === runs.length - 1));
      total = calls.reduce((sum, { input, output }) => ({ input: sum.input + input, output: sum.output + output }), total);
      return [
        ...told.map((each, i) => ({ type: 'assistant.usage', id: `u${run}-${i}`, timestamp: at(run * 11), data: { model: 'm', ...usage(each) } })),
        ...(killed && run === runs.length - 1 ? [] : [{ type: 'session.shutdown', id: `e${run}`, timestamp: at(run * 11), data: { modelMetrics: { m: { usage: usage(total) } } } }]),
      ];
    });
    return {
      files: { '.copilot/session-state/s1/events.jsonl': text([{ type: 'session.start', timestamp: at(0), data: { sessionId: 's1', context: { cwd: '/home/dev/app' } } }, ...lines]) },
      truth: { ...none, ...total, requests: runs.length },
    };
  });

describe('logs on their way, whose lines change what was said', () => {
  for (const [provider, corpus, copies] of [
    [copilotChat, chatCorpus, '.config/Code/User/globalStorage/emptyWindowChatSessions/c'], [gemini, geminiCorpus, '.gemini/tmp/other/chats/session-c'],
    [copilotCli, cliCorpus, '.copilot/session-state/c'],
  ] as const) {
    it(`R1: of ${provider.info.name} count once when all is there, whatever became of them and of their reader meanwhile`, async function () {
      this.timeout(20_000 + COURSES * 1000);
      await holdsOnTheWay(provider, corpus, copies);
    });
  }
});
