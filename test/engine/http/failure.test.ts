import assert from 'node:assert/strict';
import { networkError, parseRetryAfter } from '../../../src/engine/http/failure';
import { ProxyRefusal } from '../../../src/engine/http/tunnel';

const NOW = Date.parse('2026-11-22T12:00:00Z');

describe('Retry-After', () => {
  const cases: readonly (readonly [header: string | undefined, waitMs: number | undefined])[] = [
    ['120', 120_000], [' 1.5 ', 1500], ['0', 0], ['999999999', 86_400_000],
    ['Sun, 22 Nov 2026 12:02:00 GMT', 120_000], ['Sun, 22 Nov 2026 11:00:00 GMT', 0], ['Fri, 31 Dec 9999 23:59:59 GMT', 86_400_000],
    [undefined, undefined], ['', undefined], ['soon', undefined], ['-5', undefined], ['2026', 2_026_000], ['NaN', undefined], ['1e9', undefined],
  ];
  for (const [header, waitMs] of cases) {
    it(`reads ${JSON.stringify(header)} as ${waitMs} ms`, () => assert.equal(parseRetryAfter(header, NOW), waitMs));
  }

  describe('on a machine far from Greenwich', () => {
    const zone = process.env['TZ'];
    beforeEach(() => { process.env['TZ'] = 'Asia/Tokyo'; });
    afterEach(() => {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });

    for (const header of ['Sun, 22 Nov 2026 12:02:00 GMT', 'Sunday, 22-Nov-26 12:02:00 GMT', 'Sun Nov 22 12:02:00 2026']) {
      it(`is of Greenwich's time in ${JSON.stringify(header)}`, () => assert.equal(parseRetryAfter(header, NOW), 120_000));
    }
  });
});

describe('what the network throws', () => {
  const coded = (code: string, more: object = {}) => Object.assign(new Error(`connect ${code} 10.0.0.1`), { code, ...more });
  const cases: readonly (readonly [error: unknown, sentence: RegExp])[] = [
    [coded('ENOTFOUND'), /was not found/],
    [coded('EAI_AGAIN'), /was not found/],
    [coded('ECONNREFUSED'), /refuses the connection/],
    [new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]), /refuses the connection/],
    [new Error('fetch failed', { cause: coded('EHOSTUNREACH') }), /no network way/],
    [coded('ETIMEDOUT'), /in time/],
    [coded('CERT_HAS_EXPIRED'), /clock/],
    [coded('CERT_NOT_YET_VALID'), /clock/],
    [coded('SELF_SIGNED_CERT_IN_CHAIN'), /not trusted/],
    [coded('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), /NODE_EXTRA_CA_CERTS/],
    [coded('ERR_TLS_CERT_ALTNAME_INVALID'), /not trusted/],
    [coded('EPROTO'), /TLS 1\.2/],
    [coded('ERR_SSL_WRONG_VERSION_NUMBER'), /TLS 1\.2/],
    [coded('ECONNRESET'), /was cut/],
    [new ProxyRefusal(407), /proxy before Acme asks for a sign-in/],
    [new ProxyRefusal(503), /proxy before Acme does not connect/],
    [new Error('secret of the trade'), /cannot be reached/],
    ['no error at all', /cannot be reached/],
    [null, /cannot be reached/],
  ];
  for (const [thrown, sentence] of cases) {
    it(`${String(thrown)} becomes a sentence that names the vendor`, () => {
      const error = networkError('Acme', thrown);
      assert.equal(error.kind, 'unreachable');
      assert.match(error.message, sentence);
      assert.match(error.message, /Acme/);
      assert.ok(!/10\.0\.0\.1|secret/.test(`${error.message} ${String(error.cause)}`));
    });
  }
});
