/** Which keys are tried, without an engine and without a person. */
import assert from 'node:assert/strict';
import { type AccountDeps, tryKey } from '../../src/host/tryKey';
import { sampleAccount, sampleProviders, sampleSnapshot } from '../support/sampleSnapshot';

const KEYS: Readonly<Record<string, string>> = { here: 'sk-or-v1-a', there: 'sk-or-v1-b', 'another-vendor': 'sk-or-v1-c' };
const provider = sampleProviders.find(({ id }) => id === 'openrouter') ?? assert.fail();
const account = (id: string, providerId: string, options = {}) => sampleAccount({ id, alias: `My ${id}`, providerId, options });

describe('a key that is given', () => {
  const tried: string[] = [];
  const deps = {
    monitor: {
      snapshot: sampleSnapshot({ accounts: [account('here', 'openrouter'), account('there', 'openrouter', { baseUrl: 'https://proxy.example' }), account('another-vendor', 'openai')] }),
      request: () => Promise.resolve({ ok: true, identity: null, notes: [] }),
    },
    credentials: {
      get: (id: string) => Promise.resolve(KEYS[id] ?? null),
      whileTrying: (_: string, secret: string, task: () => Promise<unknown>) => (tried.push(secret), task()),
    },
  } as unknown as AccountDeps;
  const next = async (secret: string, own: string | null = null, options = {}) => {
    tried.length = 0;
    const trial = await tryKey(deps, provider, { providerId: provider.id, alias: 'New', options }, secret, own);
    return [trial.next, tried.length, trial.next === 'key' ? trial.problem : null];
  };

  it('is refused, and not tried, where another account has it: its spending would count twice', async () => {
    const refused = (alias: string) => ['key', 0, `The account ${alias} has this key already: what it spends would count twice.`];
    assert.deepEqual(await next('sk-or-v1-a'), refused('My here'));
    for (const baseUrl of ['https://proxy.example', 'https://proxy.example/', 'HTTPS://PROXY.EXAMPLE:443']) assert.deepEqual(await next('sk-or-v1-b', 'here', { baseUrl }), refused('My there'));
    assert.deepEqual(await next('sk-or-v1-a', null, { baseUrl: provider.baseUrl }), refused('My here'));
  });

  it("is tried where it is new, the account's own, for another address, or another vendor's", async () => {
    assert.deepEqual(await next('sk-or-v1-new'), ['keep', 1, null]);
    assert.deepEqual(await next('sk-or-v1-a', 'here'), ['keep', 1, null]);
    assert.deepEqual(await next('sk-or-v1-b'), ['keep', 1, null]);
    assert.deepEqual(await next('sk-or-v1-c'), ['keep', 1, null]);
  });
});
