import { ProviderError } from './errors';

/** 127.0.0.0/8, ::1 and localhost: what never leaves the machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** The address that a provider's paths follow, without a slash at its end. @throws {ProviderError} 'changed'. */
export function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw new ProviderError('changed', 'The base URL of this account is not an address.');
  if (url.username !== '' || url.password !== '') throw new ProviderError('changed', 'The base URL must not hold a user name or password.');
  if (url.search !== '' || url.hash !== '') throw new ProviderError('changed', 'The base URL must not hold a query or fragment.');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    throw new ProviderError('changed', 'The base URL must begin with https:// (http:// only for this machine).');
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}
