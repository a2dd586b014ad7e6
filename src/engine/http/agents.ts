import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import { isLoopback } from '../../core/address';
import { ProviderError } from '../../core/errors';
import type { EngineSettings } from '../../core/settings';
import { bypasses, TunnelAgent } from './tunnel';

export type ProxySettings = Pick<EngineSettings, 'proxy' | 'proxyAuthorization' | 'noProxy' | 'proxyStrictSsl'>;
/** Whether requests go the same way as before. */
export const isSameWay = (a: ProxySettings, b: ProxySettings): boolean => a.proxy === b.proxy && a.proxyAuthorization === b.proxyAuthorization && a.proxyStrictSsl === b.proxyStrictSsl && a.noProxy.join() === b.noProxy.join();
export type Env = Readonly<Record<string, string | undefined>>;

/** Few sockets stay open for each vendor, and for seconds only: polls are minutes apart. Time is kept by the caller's clock. */
const SOCKETS: https.AgentOptions = { keepAlive: true, maxFreeSockets: 4, timeout: 5_000 };

/** The ways out, each made when it is first taken. */
export class Agents {
  private plain: http.Agent | null = null;
  private direct: https.Agent | null = null;
  private tunnel: TunnelAgent | null = null;
  private secure: https.AgentOptions | null = null;
  private readonly noProxy: readonly string[];

  constructor(private readonly settings: ProxySettings, private readonly env: Env) {
    this.noProxy = settings.noProxy.length > 0 ? settings.noProxy : (env['no_proxy'] ?? env['NO_PROXY'] ?? '').split(/[\s,]+/);
  }

  /** Plain http never goes outside, and no proxy can reach this machine. @throws {ProviderError} 'unreachable' when the proxy is none that can be used. */
  for(url: URL): http.Agent {
    if (url.protocol === 'http:') return this.plain ??= new http.Agent(SOCKETS);
    const proxy = this.settings.proxy ?? (this.env['https_proxy'] || this.env['HTTPS_PROXY'] || this.env['http_proxy'] || this.env['HTTP_PROXY'] || '');
    if (proxy === '' || isLoopback(url) || bypasses(url, this.noProxy)) return this.direct ??= new https.Agent(this.options());
    return this.tunnel ??= new TunnelAgent(proxyUrl(proxy), this.options(), this.settings);
  }

  /** Ends all sockets. */
  destroy(): void {
    for (const agent of [this.plain, this.direct, this.tunnel]) agent?.destroy();
  }

  private options(): https.AgentOptions {
    return this.secure ??= { ...SOCKETS, secureContext: secureContext(), rejectUnauthorized: true };
  }
}

function proxyUrl(text: string): URL {
  try {
    const url = new URL(text);
    decodeURIComponent(url.username + url.password);
    if (/^https?:$/.test(url.protocol)) return url;
  } catch {
    // told below: the error may quote a password
  }
  const wrong = /^\s*https?:\/\//i.test(text) ? 'a valid address' : 'an address that begins with http:// or https://; other kinds, such as SOCKS, are not supported';
  throw new ProviderError('unreachable', `The proxy in the settings or in HTTPS_PROXY is not ${wrong}.`);
}

/** TLS 1.2 and newer; trusts what Node ships, NODE_EXTRA_CA_CERTS and, where this Node can read it, the system's store. */
function secureContext(): tls.SecureContext {
  const { getCACertificates } = tls as { getCACertificates?: (from: 'default' | 'system') => readonly string[] };
  const ca = getCACertificates && { ca: [...new Set([...getCACertificates('default'), ...getCACertificates('system')])] };
  return tls.createSecureContext({ minVersion: 'TLSv1.2', ...ca });
}
