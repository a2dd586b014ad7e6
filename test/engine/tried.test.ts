import assert from 'node:assert/strict';
import { ProviderError } from '../../src/core/errors';
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

  it('is not asked with again where every window tells of the new key at once', async () => {
    const { clock, secrets } = rig();
    const engine = await rig().start(null, [provider], [], {}, { secret: id => new Promise(resolve => clock.after(100, () => resolve(secrets.get(id) ?? null))) });
    const tested = engine.test({ accountId: 'trial', draft: draft() });
    await clock.advance(SECOND_MS);
    await tested;
    engine.add({ accountId: 'new', draft: draft() });
    for (let window = 0; window < 3; window++) {
      engine.update({ accountId: 'new', changes: {}, credentialChanged: true });
      await clock.advance(50);
    }
    await clock.advance(10 * SECOND_MS);
    assert.deepEqual([provider.reads.map(({ accountId }) => accountId), typeof used(engine, 'new')], [['trial'], 'number']);
  });

  for (const kind of ['rate-limited', 'unreachable'] as const) {
    it(`R18: is asked with no sooner than its vendor said when it was tried (${kind}), neither in another try nor for the account that is made of it`, async () => {
      const engine = await rig().start(null, [provider]);
      provider.answer = () => Promise.reject(new ProviderError(kind, 'Come back later.', { retryAfterMs: 30 * MINUTE_MS }));
      const test = () => engine.test({ accountId: 'trial', draft: draft() });
      assert.deepEqual(await test(), { ok: false, kind, message: 'Come back later.' });
      await rig().clock.advance(5 * MINUTE_MS);
      assert.deepEqual(await test(), { ok: false, kind, message: 'Come back later.' });
      engine.add({ accountId: 'new', draft: draft() });
      await rig().clock.advance(24 * MINUTE_MS);
      await engine.refresh('new');
      assert.deepEqual([provider.reads.length, engine.snapshot().accounts[0]?.failure?.message], [1, 'Come back later.']);
      await rig().clock.advance(10 * MINUTE_MS);
      assert.equal(provider.reads.length, 2);
    });
  }

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
