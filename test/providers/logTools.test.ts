import assert from 'node:assert/strict';
import { providers } from '../../src/providers';
import { logTools } from '../../src/providers/logTools';

describe('the tools whose logs can be counted', () => {
  it('are the providers with logs, in the order of their list', () => {
    assert.deepEqual(logTools, providers.flatMap(({ info: { id }, logs, yieldsTo = [] }) => (logs === undefined ? [] : [{ id, logs, yieldsTo }])));
  });
});
