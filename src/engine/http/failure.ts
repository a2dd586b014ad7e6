/**
 * Whatever goes wrong between us and a vendor, as a kind and a sentence. Sentences hold the vendor's name and a status or
 * nothing: no header, body, query or address.
 */
import { ProviderError } from '../../core/errors';
import { DAY_MS, SECOND_MS, type EpochMs } from '../../core/time';
import { HttpError } from '../../providers/httpError';
import { isPage } from './body';
import { ProxyRefusal } from './tunnel';

/** What came with a status that is no success. */
export interface Refused {
  readonly status: number;
  /** Parsed JSON; undefined: none. */
  readonly body: unknown;
  /** Empty: there is no such header. */
  readonly header: (name: string) => string;
}

export function statusError(name: string, { status, body, header }: Refused, now: EpochMs): HttpError {
  const retryAfterMs = parseRetryAfter(header('retry-after'), now);
  const fail = (kind: HttpError['kind'], sentence: string) => new HttpError(kind, `${name} ${sentence} (HTTP ${status}).`, { status, body, retryAfterMs });
  if (status === 401) return fail('auth', 'does not accept the key');
  // Vendors refuse keys in JSON: a web page comes from whoever stands before them, and says nothing of the key.
  if (status === 403 && isPage(header('content-type'))) return fail('unreachable', 'answered with a web page that blocks the way, perhaps that of a proxy or firewall');
  if (status === 403) return fail('auth', 'does not let this key see the data');
  if (status === 404) return fail('changed', 'does not know the address that was asked');
  if (status === 407) return fail('unreachable', 'is behind a proxy that asks for a sign-in');
  if (status === 408) return fail('unreachable', 'took too long');
  if (status === 429) return fail('rate-limited', 'asks to wait: too many requests');
  if (status >= 500) return fail('unreachable', 'has trouble at its side');
  if (status >= 400) return fail('changed', 'does not accept the question');
  return fail('changed', 'gave an answer without data');
}

/** Seconds or an HTTP date, as a duration of 0 to one day. Undefined: no header, or nothing that can be read. The oldest form of date ends with its year, and is GMT too. */
export function parseRetryAfter(value: string | undefined, now: EpochMs): number | undefined {
  const text = value?.trim() ?? '';
  const waitMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * SECOND_MS : /[a-z]/i.test(text) ? Date.parse(text.replace(/:\d\d \d{4}$/, '$& GMT')) - now : NaN;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(0, Math.round(waitMs)), DAY_MS);
}

const UNTRUSTED = new Set([
  'CERT_REVOKED', 'CERT_UNTRUSTED', 'CERT_SIGNATURE_FAILURE', 'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Turns what HTTP, TLS, DNS and sockets throw into words. The cause keeps the code alone. */
export function networkError(name: string, error: unknown): ProviderError {
  const code = codeOf(error);
  const fail = (kind: ProviderError['kind'], sentence: string) => new ProviderError(kind, sentence, code === '' ? {} : { cause: new Error(code) });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return fail('unreachable', `The address of ${name} was not found: no network, or a wrong base URL.`);
  if (code === 'ECONNREFUSED') return fail('unreachable', `${name} or the proxy before it refuses the connection.`);
  if (code === 'ENETUNREACH' || code === 'EHOSTUNREACH' || code === 'ENETDOWN') return fail('unreachable', `There is no network way to ${name}.`);
  if (error instanceof ProxyRefusal) return fail('unreachable', `The proxy before ${name} ${error.status === 407 ? 'asks for a sign-in' : 'does not connect'}.`);
  if (code === 'ETIMEDOUT') return fail('unreachable', `${name} does not take the connection in time.`);
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return fail('unreachable', `The certificate of ${name} is not valid at this time. Is the clock of this machine right?`);
  if (UNTRUSTED.has(code)) {
    return fail('unreachable', `The certificate of ${name} is not trusted. If a proxy looks into the traffic, its certificate belongs into the system's store or NODE_EXTRA_CA_CERTS.`);
  }
  if (code === 'EPROTO' || /^ERR_(SSL|TLS)_/.test(code)) return fail('unreachable', `No secure connection to ${name}: TLS 1.2 or newer is needed.`);
  if (code.startsWith('HPE_')) return fail('changed', `What ${name} sent is no HTTP answer.`);
  if (/^(ECONNRESET|ECONNABORTED|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/.test(code)) return fail('unreachable', `The connection to ${name} was cut.`);
  if (/^(Z_|ERR__?Z|ERR_?BROTLI|ERR_PADDING|ERR_CL_|ERR__ERROR_FORMAT)/.test(code)) return fail('changed', `The answer of ${name} is compressed wrongly.`);
  return fail('unreachable', `${name} cannot be reached.`);
}

/** The system's code, which may sit in a cause or, when several addresses were tried, in a list. Empty: none. */
function codeOf(error: unknown): string {
  for (let depth = 0; depth < 4 && error instanceof Error; depth++) {
    const { code } = error as { code?: unknown };
    if (typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code)) return code;
    error = error instanceof AggregateError ? error.errors[0] : error.cause;
  }
  return '';
}
