import assert from 'node:assert/strict';
import { isLoopback, parseBaseUrl } from '../../src/core/address';
import { ProviderError } from '../../src/core/errors';

describe('the base URL of an account', () => {
  it('may be https anywhere and http on this machine', () => {
    for (const [text, href] of [
      ['https://api.example.org/v1/', 'https://api.example.org/v1'],
      ['https://api.example.org', 'https://api.example.org/'],
      ['http://127.0.0.1:8080/v1//', 'http://127.0.0.1:8080/v1'],
      ['http://[::1]:1/', 'http://[::1]:1/'],
      ['http://LOCALHOST:3000/x', 'http://localhost:3000/x'],
      ['http://127.1.2.3/', 'http://127.1.2.3/'],
    ] as const) assert.equal(parseBaseUrl(text).href, href);
  });

  for (const [text, sentence] of [
    ['', /not an address/], ['api.example.org', /not an address/], ['https://', /not an address/],
    ['http://api.example.org', /https/], ['http://127.0.0.1.example.org', /https/], ['http://127.0.0.1@example.org/', /user name/],
    ['http://localhost.example.org', /https/], ['http://192.168.1.2', /https/], ['file:///etc/passwd', /https/],
    ['https://user:word@example.org', /user name/], ['https://example.org?a=b', /query/], ['https://example.org/#x', /query/],
  ] as const) {
    it(`${/user:word|a=b/.test(text) ? 'R33: ' : ''}is not ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseBaseUrl(text), (error: unknown) => error instanceof ProviderError && error.kind === 'changed' && sentence.test(error.message));
    });
  }
});

describe('an address', () => {
  it('knows this machine', () => {
    assert.deepEqual(
      ['http://127.0.0.1', 'http://127.255.0.9', 'http://2130706433', 'http://[::1]', 'http://localhost', 'http://0.0.0.0', 'http://[::2]', 'http://127.org', 'http://localhost.org']
        .filter(address => isLoopback(new URL(address))),
      ['http://127.0.0.1', 'http://127.255.0.9', 'http://2130706433', 'http://[::1]', 'http://localhost'],
    );
  });
});
