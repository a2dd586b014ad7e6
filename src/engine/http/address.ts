import { ProviderError } from '../../core/errors';

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** @param path begins with one '/'; it is added to the path of `base`, so it cannot lead to another host. */
export function buildUrl(base: URL, path: string, query: Query = {}): URL {
  if (!/^\/(?!\/)[^?#\\]*$/.test(path)) throw new ProviderError('internal', 'A path must begin with one slash and hold no query.');
  const url = new URL(base);
  url.pathname = url.pathname.replace(/\/+$/, '') + path;
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const item of typeof value === 'object' ? value : [value]) url.searchParams.append(key, String(item));
  }
  return url;
}
