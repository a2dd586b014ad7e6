import assert from 'node:assert/strict';
import { providers } from '../../src/providers';
import { logTools } from '../../src/providers/logTools';

describe('the tools whose logs can be counted', () => {
  it('are the providers with logs, in the order of their list', () => {
    assert.deepEqual(logTools, providers.flatMap(({ info: { id }, logs, yieldsTo = [] }) => (logs === undefined ? [] : [{ id, logs, yieldsTo }])));
  });

  for (const [id, told] of [
    ['claude', /session ids, folders, branches .* who is signed in, the plan and the cached limits in ~\/\.claude\.json/], ['codex', /session ids, folders and branches/],
    ...['cline', 'roo', 'kilo-code'].map(each => [each, /saved conversation is searched for the model's name/] as const),
  ] as const) {
    it(`says before the yes all that is read of ${id}`, () => {
      const credential = providers.find(({ info }) => info.id === id)?.info.credential;
      assert.match(credential?.kind === 'local' ? credential.reads : '', told);
    });
  }
});
