import type { Account } from '../../core/account';
import { parseBaseUrl } from '../../core/address';
import { ProviderError } from '../../core/errors';
import { HttpError } from '../../providers/httpError';
import type { Provider, ReadContext } from '../../providers/provider';
import { buildUrl } from './address';
import type { Http } from './http';

/** `secret` null: none is kept for the account. */
export interface GetJsonOptions {
  readonly http: Http;
  readonly provider: Provider;
  readonly account: Pick<Account, 'options'>;
  readonly secret: string | null;
  readonly signal: AbortSignal;
  /** @throws once another process has taken over, which asks in our place. */
  readonly guard: () => void;
}

/** The `getJson` of one read: address, credential and the vendor's own words on wrong keys. */
export function makeGetJson({ http, provider, account, secret, signal, guard }: GetJsonOptions): ReadContext['getJson'] {
  return async (path, query) => {
    const { info, hosts, authorize } = provider;
    if (info.baseUrl === null || !authorize) throw new ProviderError('internal', `${info.name} asks nothing over the network.`);
    if (secret === null || secret === '') throw new ProviderError('auth', `No key is kept for this account; ${info.name} needs one.`);
    if (!/^[\x21-\x7e]+$/.test(secret)) throw new ProviderError('auth', 'The key holds a blank, a line break or another character that no key has.');
    const refusal = provider.refuseKey?.(secret) ?? null;
    if (refusal !== null) throw new ProviderError('wrong-key', refusal);

    const base = parseBaseUrl(account.options.baseUrl ?? info.baseUrl);
    const origins = [...hosts.map(host => `https://${host}`), ...(account.options.baseUrl === undefined ? [] : [base.origin])];
    guard();
    try {
      return await http.getJson({ url: buildUrl(base, path, query), name: info.name, origins, headers: authorize(secret), signal });
    } catch (error) {
      const wrongKind = error instanceof HttpError && error.kind === 'auth' ? provider.explainRefusal?.(secret, error) ?? null : null;
      throw wrongKind === null ? error : new ProviderError('wrong-key', wrongKind);
    }
  };
}
