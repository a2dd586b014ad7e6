import fc from 'fast-check';
import { claude } from '../../../src/providers/claude';
import { codex } from '../../../src/providers/codex';
import { type Corpus, COURSES, holdsOnTheWay } from './course';
import { claudeLine, codexLine, type Sum, type Usage } from './rig';

const text = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('');
const at = (minute: number, second = 0): string => new Date(Date.UTC(2026, 9, 31, 20, minute, second)).toISOString();
const sumOf = (parts: readonly Sum[]): Sum => {
  const sum = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0, requests: 0 };
  for (const part of parts) for (const name of Object.keys(sum) as (keyof Sum)[]) sum[name] += part[name];
  return sum;
};

const small = fc.integer({ min: 1, max: 900 });
const claudeResponse = fc.record({ input: small, read: fc.nat(90_000), write: small, oneHour: fc.constantFrom(0, 1), output: small, lines: fc.integer({ min: 1, max: 4 }), advice: fc.boolean() });

/** A session, one that was resumed from it, and one of a sub-agent. */
const claudeCorpus: fc.Arbitrary<Corpus> = fc.tuple(fc.array(claudeResponse, { minLength: 1, maxLength: 6 }), fc.array(claudeResponse, { minLength: 1, maxLength: 4 }), fc.array(claudeResponse, { maxLength: 4 }), fc.nat(30))
  .map(([main, resumed, side, copied]) => {
    const linesOf = (name: string, responses: typeof main, from: number, extra: object): string[] => responses.flatMap(({ lines, output, advice, write, oneHour, ...rest }, i) =>
      Array.from({ length: lines }, (_, n) => claudeLine({
        ...rest, id: `msg_${name}${i}`, request: `req_${name}${i}`, at: at(from + i * 7, n), write, oneHour: oneHour * write, output: n === lines - 1 ? output : 1, extra: { ...extra, uuid: `${name}${i} ${n}` },
        usage: advice ? { iterations: [{ type: 'message', input_tokens: 1, output_tokens: 1 }, { type: 'advisor_message', model: 'claude-opus-5', input_tokens: 3, output_tokens: 5 }] } : {},
      })));
    const first = linesOf('main', main, 0, { sessionId: 'one', gitBranch: 'main' });
    return {
      files: {
        '.claude/projects/-home-dev-app/one.jsonl': text(first),
        '.claude/projects/-home-dev-app/two.jsonl': text([...first.slice(0, copied), ...linesOf('resumed', resumed, 50, { sessionId: 'two' })]),
        '.claude/projects/-home-dev-app/one/subagents/agent-a.jsonl': text(linesOf('side', side, 3, { sessionId: 'one', isSidechain: true })),
      },
      truth: sumOf([...main, ...resumed, ...side].flatMap(({ input, read, write, output, advice }) => [
        { input, cacheRead: read, cacheWrite: write, output, reasoning: 0, requests: 1 },
        ...(advice ? [{ input: 3, cacheRead: 0, cacheWrite: 0, output: 5, reasoning: 0, requests: 1 }] : []),
      ])),
    };
  });

const rise = fc.record({ input: small, cached: fc.nat(800), output: small, reasoning: fc.nat(500), repeats: fc.nat(2), withLast: fc.boolean() });

/** A session, a fork of it, and a thread that it spawned. */
const codexCorpus: fc.Arbitrary<Corpus> = fc.tuple(fc.array(rise, { minLength: 1, maxLength: 6 }), fc.array(rise, { minLength: 1, maxLength: 4 }), fc.array(rise, { minLength: 1, maxLength: 4 }), fc.nat(6))
  .map(([main, forked, spawned, shared]) => {
    const usage = ({ input, cached, output, reasoning }: (typeof main)[number]): Usage => [input, Math.min(cached, input), output, Math.min(reasoning, output)];
    const plus = (a: Usage, b: Usage): Usage => [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
    const events = (rises: typeof main, begin: Usage, time: (i: number, repeat: number) => string): readonly (readonly string[])[] => {
      let sum = begin;
      return rises.map((each, i) => {
        sum = plus(sum, usage(each));
        return Array.from({ length: each.repeats + 1 }, (_, n) => codexLine.tokens(time(i, n), sum, each.withLast ? usage(each) : null));
      });
    };
    const own = events(main, [0, 0, 0, 0], (i, n) => at(i * 7, n));
    const kept = Math.min(shared, main.length);
    const keptSum = main.slice(0, kept).map(usage).reduce(plus, [0, 0, 0, 0]);
    const folder = '.codex/sessions/2026/10/31';
    return {
      files: {
        [`${folder}/rollout-one.jsonl`]: text([codexLine.meta(at(0), { id: 'one' }), codexLine.turn(at(0)), ...own.flat()]),
        [`${folder}/rollout-two.jsonl`]: text([
          codexLine.meta(at(50), { id: 'two', forked_from_id: 'one' }), codexLine.turn(at(0)), ...own.slice(0, kept).flat(), codexLine.turn(at(51)), ...events(forked, keptSum, (i, n) => at(51 + i * 7, n)).flat(),
        ]),
        [`${folder}/rollout-three.jsonl`]: text([
          codexLine.meta(at(55), { id: 'three', source: { subagent: { thread_spawn: { parent_thread_id: 'one', depth: 1 } } } }), codexLine.turn(at(55)),
          ...events(main.slice(0, kept), [0, 0, 0, 0], () => at(55)).flat(), ...events(spawned, keptSum, (i, n) => at(56 + i * 7, n + 3)).flat(),
        ]),
      },
      truth: sumOf([...main, ...forked, ...spawned].map(usage).map(([input, cached, output, reasoning]) => ({ input: input - cached, cacheRead: cached, cacheWrite: 0, output, reasoning, requests: 1 }))),
    };
  });

describe('logs on their way', () => {
  for (const [provider, corpus, copies] of [[claude, claudeCorpus, '.config/claude/projects/-copy/c'], [codex, codexCorpus, '.codex/archived_sessions/rollout-c']] as const) {
    it(`R1-R5: of ${provider.info.name} count once when all is there, whatever became of them and of their reader meanwhile`, async function () {
      this.timeout(20_000 + COURSES * 1000);
      await holdsOnTheWay(provider, corpus, copies);
    });
  }
});
