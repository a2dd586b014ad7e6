/** Parts of the host without a dialog. They are tested here because they take their words from `vscode`. */
import assert from 'node:assert/strict';
import { AccountId } from '../../src/core/account';
import {
  aliasProblem, baseUrlProblem, budgetProblem, intervalProblem, isBudgetOffered, isLoopbackUrl, judgeTest, minutesBetweenPolls, newAccountId, secretProblem, suggestAlias,
} from '../../src/host/accountRules';
import { listNames, offerQuestion, toolsToOffer } from '../../src/host/localTools';
import { plainText } from '../../src/host/notifications';
import { BACK, CANCEL, runSteps, type Answer } from '../../src/host/prompts';
import { Redactor } from '../../src/host/redactor';
import { sampleAccount, sampleProviders } from '../support/sampleSnapshot';

const accounts = [sampleAccount({ id: 'a-1', alias: 'OpenAI' }), sampleAccount({ id: 'a-2', alias: 'openai 2' })];

describe('rules for accounts', () => {
  it('make ids that the protocol takes, each another', () => {
    const ids = Array.from({ length: 50 }, () => newAccountId('a'.repeat(40)));
    assert.ok(ids.every(id => AccountId.safeParse(id).success));
    assert.equal(new Set(ids).size, 50);
  });

  it('suggest a name that is free, whatever its letters', () => {
    assert.equal(suggestAlias('OpenAI', accounts), 'OpenAI 3');
    assert.equal(suggestAlias('Codex', accounts), 'Codex');
  });

  it('refuse names that are empty, long or taken, but not the own one', () => {
    assert.match(aliasProblem('', { accounts }) ?? '', /needs a name/);
    assert.match(aliasProblem('x'.repeat(61), { accounts }) ?? '', /60/);
    assert.match(aliasProblem('OPENAI', { accounts }) ?? '', /Another account/);
    assert.equal(aliasProblem('OPENAI', { accounts }, 'a-1'), null);
    assert.equal(aliasProblem('New', { accounts }), null);
  });

  it('R33: refuse a key that was pasted for a name, which would be kept in the open', () => {
    for (const key of [`sk-admin-${'a1'.repeat(15)}`, `my sk-or-v1-${'0'.repeat(64)}`, `sk-${'x'.repeat(48)}`]) assert.match(aliasProblem(key, { accounts }) ?? '', /is a key/);
    for (const name of ['sk-learn-project', 'disk-usage-of-the-large-machine', 'Key of work']) assert.equal(aliasProblem(name, { accounts }), null);
  });

  it('refuse of keys only what can never be one', () => {
    for (const bad of ['', 'two words', 'a\u0000b', 'x'.repeat(10_001)]) assert.notEqual(secretProblem(bad), null, JSON.stringify(bad.slice(0, 10)));
    assert.equal(secretProblem('anything-else_1'), null);
  });

  for (const [text, fits] of [
    ['', true], ['https://proxy.example/v1', true], ['http://127.0.0.1:8080', true], ['http://localhost', true], ['http://[::1]:1', true], ['http://proxy.example', false],
    ['https://me:secret@proxy.example', false], ['proxy.example', false], ['file:///etc/passwd', false], ['https://proxy.example/?key=1', false], [`https://x.example/${'a'.repeat(500)}`, false],
  ] as const) it(`${/secret|key=/.test(text) ? 'R33: ' : ''}${fits ? 'take' : 'refuse'} the base URL ${JSON.stringify(text.slice(0, 40))}`, () => assert.equal(baseUrlProblem(text) === null, fits));

  it('know what is on this machine', () => {
    assert.equal(isLoopbackUrl('http://127.0.0.1:1'), true);
    assert.equal(isLoopbackUrl('https://127.0.0.1.example'), false);
    assert.equal(isLoopbackUrl(''), false);
  });

  it('tell the time between polls that holds: of the account, of the setting or of the provider, and never below its least', () => {
    const provider = { ...sampleProviders[0]!, minIntervalMs: 5 * 60_000, defaultIntervalMs: 30 * 60_000 };
    const minutes = (own: number | undefined, setting: number | null): number => minutesBetweenPolls(provider, { options: own === undefined ? {} : { intervalMinutes: own } }, { intervalMinutes: setting });
    assert.deepEqual([minutes(undefined, null), minutes(undefined, 120), minutes(60, 120), minutes(1, null), minutes(undefined, 2)], [30, 120, 60, 5, 5]);
  });

  it('take whole minutes and amounts of dollars, or nothing', () => {
    const taken = (floor: number): boolean[] => ['', '1', '5', '1440', '0', '1441', '1.5', '-1', 'x'].map(text => intervalProblem(text, floor) === null);
    assert.deepEqual(taken(1), [true, true, true, true, false, false, false, false, false]);
    assert.deepEqual(taken(5), [true, false, true, true, false, false, false, false, false], 'no provider is asked more often than it allows');
    assert.match(intervalProblem('1', 5) ?? '', /from 5 to 1440/);
    assert.deepEqual(['', '50', '49.90', '0', '-5', '1e3', '5.123'].map(text => budgetProblem(text) === null), [true, true, true, false, false, false, false]);
  });

  it('offer a budget where money is spent, and where one can be taken away', () => {
    const [openai, claude] = ['openai', 'claude'].map(id => sampleProviders.find(each => each.id === id) ?? assert.fail());
    assert.deepEqual([isBudgetOffered(openai!, {}), isBudgetOffered(claude!, {}), isBudgetOffered(claude!, { monthlyBudgetUsd: 5 })], [true, false, true]);
  });

  it('tell a wrong kind of key, with the one that is needed, from a wrong key', () => {
    const openai = sampleProviders.find(({ id }) => id === 'openai') ?? assert.fail();
    const judge = (kind: Parameters<typeof judgeTest>[0]['kind']) => judgeTest({ ok: false, kind, message: 'So it is.' }, openai);
    assert.deepEqual(judge('auth'), { kind: 'key', problem: 'Wrong key: So it is.' });
    assert.deepEqual(judge('wrong-key'), { kind: 'key', problem: 'Wrong kind of key: So it is. Admin key' });
    assert.equal(judgeTest({ ok: false, kind: 'wrong-key', message: 'Needs: Admin key.' }, openai).problem, 'Wrong kind of key: Needs: Admin key.', 'not told twice');
    assert.deepEqual((['rate-limited', 'unreachable', 'changed', 'unreadable', 'internal'] as const).map(kind => judge(kind).kind), ['undecided', 'undecided', 'address', 'address', 'address']);
  });
});

describe('the offer of local tools', () => {
  const tools = [{ providerId: 'claude', name: 'Claude Code', paths: [] }, { providerId: 'codex', name: 'Codex', paths: [] }];
  it('R31: leaves out what is shown already and what was offered before', () => {
    assert.deepEqual(toolsToOffer(tools, { accounts: [] }, []), tools);
    assert.deepEqual(toolsToOffer(tools, { accounts: [] }, ['claude']), [tools[1]]);
    assert.deepEqual(toolsToOffer(tools, { accounts: [sampleAccount({ id: 'a', providerId: 'codex' })] }, []), [tools[0]]);
  });
  it('tells what is read of each of a few tools, and of many no more than can be read', () => {
    assert.equal(offerQuestion(['A', 'B'], ['Counts in ~/.a.', 'Counts in ~/.b']), 'Found A and B on this machine. Show their usage? Read only: Counts in ~/.a; Counts in ~/.b.');
    const many = Array.from({ length: 20 }, (_, i) => `Some Tool ${i}`);
    const question = offerQuestion(many, many.map(name => `Counts in the files of ${name}`));
    assert.ok(question.length < 600 && question.includes('Some Tool 19') && !question.includes('files of Some Tool'), question);
  });
  it('lists names as a sentence does', () => assert.equal(listNames(['Claude Code', 'Codex'], 'en-US'), 'Claude Code and Codex'));
});

describe('a notification', () => {
  for (const link of ['[x](command:workbench.action.quit)', '[x](https://evil.example "title")', '[[x](file:///etc)](command:y)']) {
    it(`makes no link of ${link}`, () => {
      assert.doesNotMatch(plainText(`Kept, but not shown: ${link}, b.`), /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)/i, 'what VS Code takes for a link');
      assert.equal(plainText(link).replaceAll('] (', ']('), link);
    });
  }
  it('says everything else as it is', () => assert.equal(plainText('Claude (work): [a] 5 (b)'), 'Claude (work): [a] 5 (b)'));
});

describe('questions in a row', () => {
  const script = (...answers: Answer<'next'>[]) => {
    const asked: number[] = [];
    const ask = (i: number) => async (): Promise<Answer<'next'>> => (asked.push(i), answers.shift() ?? CANCEL);
    return { asked, steps: [ask(0), ask(1), ask(2)] };
  };
  for (const [what, answers, from, end, asked] of [
    ['go on to the end', ['next', 'next', 'next'], 0, 'done', [0, 1, 2]],
    ['go back by one', ['next', BACK, 'next', 'next', 'next'], 0, 'done', [0, 1, 0, 1, 2]],
    ['give back from the first to the caller', [BACK], 0, BACK, [0]],
    ['end when one is cancelled', ['next', CANCEL], 0, CANCEL, [0, 1]],
    ['begin in the middle and can go back from there', [BACK, 'next', 'next'], 2, 'done', [2, 1, 2]],
  ] as const) {
    it(what, async () => {
      const { steps, asked: seen } = script(...answers);
      assert.equal(await runSteps(steps, from), end);
      assert.deepEqual(seen, asked);
    });
  }
});

describe('the redactor of the log', () => {
  const redactor = new Redactor();
  redactor.learn('hunter2-plain-secret');
  it('masks a secret that it knows, wherever it stands alone', () => {
    for (const text of ['key hunter2-plain-secret.', '"hunter2-plain-secret"', 'key=hunter2-plain-secret&x=1', 'Authorization: hunter2-plain-secret']) {
      assert.doesNotMatch(redactor.clean(text), /hunter2/, text);
      assert.match(redactor.clean(text), /\[redacted\]/);
    }
  });
  it('masks what has the form of a key, known or not', () => {
    for (const key of ['sk-ant-admin01-AbCdEfGhIjKl', 'sk-or-v1-0123456789abcdef', 'Bearer abcdefgh12345', 'ghp_0123456789abcdef']) assert.equal(redactor.clean(`x ${key} y`), 'x [redacted] y', key);
  });
  it('leaves everything else alone', () => {
    const text = 'openai: 3 buckets read from https://api.example/v1/organization/costs, risk-free';
    assert.equal(redactor.clean(text), text);
  });
});
