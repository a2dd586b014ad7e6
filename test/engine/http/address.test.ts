import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseBaseUrl } from '../../../src/core/address';
import { ProviderError } from '../../../src/core/errors';
import { buildUrl } from '../../../src/engine/http/address';

describe('the URL of a request', () => {
  const base = parseBaseUrl('https://api.example.org/v1');

  it('follows the base, with lists repeated and the missing left out', () => {
    assert.equal(
      buildUrl(base, '/costs', { start: 1, page: undefined, 'group_by[]': ['model', 'a&b'] }).href,
      'https://api.example.org/v1/costs?start=1&group_by%5B%5D=model&group_by%5B%5D=a%26b',
    );
  });

  it('never leaves the origin, whatever the path', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string().map(text => `/${text}`), fc.constantFrom('//evil.org', '/\\evil.org', '/a?b', '/#')), path => {
      try {
        const url = buildUrl(base, path);
        assert.equal(url.origin, 'https://api.example.org');
        assert.equal(url.search + url.hash, '');
      } catch (error) {
        assert.ok(error instanceof ProviderError);
      }
    }));
  });
});
