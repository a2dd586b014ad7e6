import assert from 'node:assert/strict';
import type { EngineRequestName } from '../../src/core/protocol';
import { answerDashboard, dashboardHandlers, type DashboardDeps } from '../../src/host/dashboardMessages';
import { sampleUsage } from '../support/sampleSnapshot';

function host(failWith?: Error) {
  const asked: unknown[] = [];
  const logged: string[] = [];
  const deps: DashboardDeps = {
    client: { request: async (name: EngineRequestName, params: unknown) => {
      asked.push([name, params]);
      if (failWith !== undefined) throw failWith;
      return (name === 'usage' ? sampleUsage(1) : {}) as never;
    } },
    runCommand: async (name, accountId) => { asked.push([name, accountId]); },
    log: line => logged.push(line),
  };
  const handlers = dashboardHandlers(deps, () => asked.push('ready'));
  return { asked, logged, say: (message: unknown) => answerDashboard(message, handlers, deps.log) };
}
const request = (method: string, params: unknown) => ({ type: 'request', id: 4, method, params });

describe('Messages of the dashboard', () => {
  it('are answered under their id', async () => {
    const { say, asked } = host();
    assert.deepEqual(await say(request('ready', {})), { type: 'reply', id: 4, ok: true, result: null });
    assert.deepEqual(await say(request('refresh', { accountId: null })), { type: 'reply', id: 4, ok: true, result: null });
    assert.deepEqual(await say(request('stopLogs', { accountIds: ['claude-max'] })), { type: 'reply', id: 4, ok: true, result: null });
    assert.deepEqual(await say(request('usage', { days: 30 })), { type: 'reply', id: 4, ok: true, result: sampleUsage(1) });
    assert.deepEqual(await say(request('command', { name: 'editAccount', accountId: 'claude-max' })), { type: 'reply', id: 4, ok: true, result: null });
    assert.deepEqual(asked, ['ready', ['refresh', { accountId: null }], ['stopLogs', { accountIds: ['claude-max'] }], ['usage', { days: 30 }], ['editAccount', 'claude-max']]);
  });

  const bad: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined], ['text', 'refresh'], ['a reply', { type: 'reply', id: 1, ok: true, result: 1 }], ['an unknown name', request('deleteAll', {})],
    ['a name of the object prototype', request('constructor', {})], ['a request of the engine', request('addAccount', { accountId: 'a' })],
    ['a wrong account id', request('refresh', { accountId: '../../etc' })], ['no account id', request('refresh', {})], ['a wrong account id among others', request('stopLogs', { accountIds: ['a', '../x'] })], ['too many days', request('usage', { days: 1e9 })],
    ['a command that is not ours', request('command', { name: 'workbench.action.quit', accountId: null })], ['no parameters', request('usage', null)],
  ];
  for (const [what, message] of bad) {
    it(`are ignored with a log line when they hold ${what}`, async () => {
      const { say, asked, logged } = host();
      assert.equal(await say(message), null);
      assert.deepEqual(asked, []);
      assert.equal(logged.length, 1);
      assert.match(logged[0] ?? '', /^dashboard: ignored/);
      assert.doesNotMatch(logged[0] ?? '', /etc|quit|deleteAll/);
    });
  }

  it('get the sentence of a failure, which is also logged', async () => {
    const { say, logged } = host(new Error('The engine has stopped.'));
    assert.deepEqual(await say(request('usage', { days: 30 })), { type: 'reply', id: 4, ok: false, error: 'The engine has stopped.' });
    assert.deepEqual(logged, ["dashboard: 'usage' failed: The engine has stopped."]);
  });
});
