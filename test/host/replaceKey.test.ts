/** The key of an account and its address change together, whatever fails in between and whoever else reads. */
import assert from 'node:assert/strict';
import type { EngineParams } from '../../src/core/protocol';
import { replaceKey } from '../../src/host/replaceKey';
import type { AccountDeps } from '../../src/host/tryKey';
import { sampleAccount, sampleSnapshot } from '../support/sampleSnapshot';

describe('the key of an account', () => {
  /** Every moment at which another window may read: which key is kept, beside which address. */
  let seen: string[];
  let key: string | null;
  let address: string;
  let accounts = [sampleAccount({ id: 'a' })];
  let refuse: (params: EngineParams<'updateAccount'>) => string | null;
  const look = (): void => void seen.push(`${key ?? 'no key'} at ${address}`);
  const deps = {
    monitor: {
      get snapshot() { return sampleSnapshot({ accounts }); },
      request: async (_: string, params: EngineParams<'updateAccount'>) => {
        const problem = refuse(params);
        if (problem !== null) throw new Error(problem);
        const { baseUrl } = params.changes.options ?? {};
        if (baseUrl !== undefined) address = baseUrl ?? 'the usual place';
        look();
      },
    },
    credentials: {
      store: async (_: string, secret: string) => { key = secret; look(); },
      delete: async () => { key = null; look(); },
    },
  } as unknown as AccountDeps;

  beforeEach(() => {
    [seen, key, address, accounts] = [[], 'old', 'old.test', [sampleAccount({ id: 'a' })]];
    refuse = () => null;
  });

  it('never stands beside an address that it was not given for', async () => {
    await replaceKey(deps, 'a', 'new', 'new.test');
    assert.deepEqual([...new Set(seen)], ['no key at old.test', 'no key at new.test', 'new at new.test']);
    await replaceKey(deps, 'a', 'newer', null);
    assert.deepEqual([key, address], ['newer', 'the usual place']);
  });

  it('is replaced where the address stays', async () => {
    await replaceKey(deps, 'a', 'new');
    assert.deepEqual([...new Set(seen)], ['new at old.test']);
  });

  it('is gone, which is said, where the address could not be changed', async () => {
    refuse = () => 'The list of accounts cannot be written (ENOSPC).';
    await assert.rejects(replaceKey(deps, 'a', 'new', 'new.test'), /no key now.*ENOSPC/);
    assert.deepEqual([key, address], [null, 'old.test']);
  });

  it('is not kept for an account that is gone', async () => {
    refuse = () => {
      accounts = [];
      return 'There is no such account.';
    };
    await assert.rejects(replaceKey(deps, 'a', 'new'), /no such account/);
    assert.equal(key, null);
    [seen, key] = [[], 'of nobody'];
    await assert.rejects(replaceKey(deps, 'a', 'new'), /gone/);
    assert.deepEqual(seen, []);
  });
});
