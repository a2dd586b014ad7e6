import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { SECOND_MS } from '../../core/time';

/** A proxy that takes connections and says nothing. */
const CONNECT_MS = 20 * SECOND_MS;

/** A proxy answered, and does not connect. */
export class ProxyRefusal extends Error {
  override readonly name = 'ProxyRefusal';

  constructor(readonly status: number) {
    super(`The proxy answered ${status}.`);
  }
}

export interface TunnelSettings {
  /** The header for the proxy; null: what its address says. */
  readonly proxyAuthorization: string | null;
  /** Whether the certificate of an https proxy must be trusted; a vendor's always must. */
  readonly proxyStrictSsl: boolean;
}

/** Leads each connection through a proxy by CONNECT (RFC 9110, 9.3.6): the proxy sees the host's name, never what is asked. */
export class TunnelAgent extends https.Agent {
  private readonly asked = new Set<http.ClientRequest>();

  constructor(private readonly proxy: URL, private readonly secure: https.AgentOptions, private readonly how: TunnelSettings) {
    super(secure);
  }

  override createConnection(options: https.RequestOptions, done: (error: Error | null, socket: Duplex) => void): undefined {
    const fail = done as (error: Error) => void;
    const { host, port = 443, servername } = options;
    const name = String(host).includes(':') ? `[${host}]` : String(host);
    const { protocol, hostname, port: proxyPort } = this.proxy;
    const request = (protocol === 'https:' ? https : http).request({
      method: 'CONNECT', protocol, hostname: bare(hostname), port: proxyPort, path: `${name}:${port}`, agent: false, timeout: CONNECT_MS,
      headers: { host: `${name}:${port}`, ...authorization(this.proxy, this.how.proxyAuthorization) },
      ...protocol === 'https:' && { secureContext: this.secure.secureContext, rejectUnauthorized: this.how.proxyStrictSsl },
    } as https.RequestOptions);
    this.asked.add(request);
    request.once('close', () => this.asked.delete(request));
    request.once('error', fail);
    request.once('timeout', () => request.destroy(Object.assign(new Error('The proxy does not answer.'), { code: 'ETIMEDOUT' })));
    request.once('connect', ({ statusCode = 0 }, socket) => {
      socket.setTimeout(0);
      if (statusCode >= 200 && statusCode < 300) return done(null, tls.connect({ ...this.secure, socket, host, servername } as tls.ConnectionOptions));
      socket.destroy();
      fail(new ProxyRefusal(statusCode));
    });
    request.end();
  }

  override destroy(): void {
    super.destroy();
    for (const request of this.asked) request.destroy();
  }
}

/** An IPv6 address without its brackets. */
const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

function authorization({ username, password }: URL, given: string | null): { 'proxy-authorization'?: string } {
  if (given !== null) return { 'proxy-authorization': given };
  if (username === '' && password === '') return {};
  return { 'proxy-authorization': `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}` };
}

/**
 * Whether no proxy is to be used for an address, as NO_PROXY says it elsewhere, too: a name stands for itself and what is below it, with
 * or without a leading dot or "*."; ":443" at its end for that port alone; "*" for all.
 */
export function bypasses({ hostname, port }: URL, noProxy: readonly string[]): boolean {
  const host = `.${bare(hostname)}`;
  return noProxy.some(each => {
    const entry = each.trim().toLowerCase();
    const at = /^(?:\[.*\]|[^:]*):(\d+)$/.exec(entry)?.[1];
    const name = bare(entry.slice(0, at === undefined ? undefined : -at.length - 1).replace(/^\*?\./, ''));
    return name === '*' || (name !== '' && host.endsWith(`.${name}`) && (at === undefined || at === (port || '443')));
  });
}
