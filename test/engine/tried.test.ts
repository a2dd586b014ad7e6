import assert from 'node:assert/strict';
import { MINUTE_MS, SECOND_MS } from '../../src/core/time';
import { useRig } from '../support/engineRig';
import { fakeProvider, type FakeProvider } from '../support/readings';

describe('a key that was just tried', () => {
  const rig = useRig();
  let provider: FakeProvider;
  beforeEach(() => {
    provider = fakeProvider();
    for (const id of ['trial', 'new', 'other', 'late']) rig().secrets.set(id, id === 'other' ? 'sk-other' : 'sk-new');
  });
  const draft = (options = {}) => ({ providerId: 'acme', alias: 'Acme', options });
  const used = (engine: { snapshot(): { accounts: readonly { id: string; meters: readonly { used: number | null }[] }[] } }, id: string): unknown =>
    engine.snapshot().accounts.find(account => account.id === id)?.meters[0]?.used;

  it('is not asked with again for the account that is made of it, which shows at once what was read', async () => {
    const engine = await rig().start(null, [provider]);
    assert.equal((await engine.test({ accountId: 'trial', draft: draft() })).ok, true);
    engine.add({ accountId: 'new', draft: draft() });
    await rig().clock.advance(10 * SECOND_MS);
    assert.deepEqual([provider.reads.map(({ accountId }) => accountId), typeof used(engine, 'new')], [['trial'], 'number']);
    await rig().clock.advance(5 * MINUTE_MS);
    assert.deepEqual(provider.reads.map(({ accountId }) => accountId), ['trial', 'new']);
  });

  it('is asked with where something else was tried, or long ago, or nothing was learned', async () => {
    const engine = await rig().start(null, [provider]);
    const reads = async (): Promise<number> => {
      await rig().clock.advance(10 * SECOND_MS);
      return provider.reads.splice(0).length;
    };
    await engine.test({ accountId: 'trial', draft: draft({ baseUrl: 'https://else.acme.test' }) });
    engine.add({ accountId: 'new', draft: draft() });
    assert.equal(await reads(), 2);
    await engine.test({ accountId: 'trial', draft: draft() });
    engine.add({ accountId: 'other', draft: draft() });
    assert.equal(await reads(), 2);
    await rig().clock.advance(2 * MINUTE_MS);
    engine.add({ accountId: 'late', draft: draft() });
    assert.equal(await reads(), 1);
  });
});
