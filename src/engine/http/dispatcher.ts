import tls from 'node:tls';
import type { Dispatcher } from 'undici';
import { ProviderError } from '../../core/errors';
import type { EngineSettings } from '../../core/settings';

export type ProxySettings = Pick<EngineSettings, 'proxy' | 'noProxy' | 'proxyStrictSsl'>;
export type Env = Readonly<Record<string, string | undefined>>;

/** Two ways out: `direct` for this machine, which no proxy can reach, and `outside` for the rest. */
export interface Dispatchers {
  readonly direct: Dispatcher;
  readonly outside: Dispatcher;
}

/**
 * Keeps few sockets and for seconds only: polls are minutes apart. Loads undici, so it is not called before the first request.
 * @throws {ProviderError} 'unreachable' when the proxy's address is no address.
 */
export async function makeDispatchers(settings: ProxySettings, env: Env): Promise<Dispatchers> {
  const { Agent, EnvHttpProxyAgent } = await import('undici');
  const requestTls = { secureContext: secureContext(), rejectUnauthorized: true };
  // Time is kept by the caller's clock.
  const common = { connect: { ...requestTls, timeout: 0 }, headersTimeout: 0, bodyTimeout: 0, connections: 4, keepAliveTimeout: 5_000, maxHeaderSize: 65_536 };
  const proxy = settings.proxy ?? env['https_proxy'] ?? env['HTTPS_PROXY'] ?? env['http_proxy'] ?? env['HTTP_PROXY'] ?? '';
  try {
    const outside = new EnvHttpProxyAgent({
      ...common,
      // All are given, so that undici does not look into the environment itself. Plain http never goes outside.
      httpProxy: '', httpsProxy: proxy,
      noProxy: settings.noProxy.length > 0 ? settings.noProxy.join(',') : env['no_proxy'] ?? env['NO_PROXY'] ?? '',
      requestTls,
      proxyTls: { ...requestTls, rejectUnauthorized: settings.proxyStrictSsl },
    });
    return { direct: new Agent(common), outside };
  } catch {
    throw new ProviderError('unreachable', 'The proxy in the settings or in HTTPS_PROXY is not a valid address.');
  }
}

/** TLS 1.2 and newer; trusts what Node ships, NODE_EXTRA_CA_CERTS and, where this Node can read it, the system's store. */
function secureContext(): tls.SecureContext {
  const { getCACertificates } = tls as { getCACertificates?: (from: 'default' | 'system') => readonly string[] };
  const ca = getCACertificates && { ca: [...new Set([...getCACertificates('default'), ...getCACertificates('system')])] };
  return tls.createSecureContext({ minVersion: 'TLSv1.2', ...ca });
}
