import assert from 'node:assert/strict';
import { bypasses } from '../../../src/engine/http/tunnel';

describe('NO_PROXY', () => {
  const cases: readonly (readonly [url: string, noProxy: string, past: boolean])[] = [
    ['https://api.example.com/', 'api.example.com', true],
    ['https://api.example.com/', 'example.com', true],
    ['https://api.example.com/', '.example.com', true],
    ['https://api.example.com/', '*.Example.com', true],
    ['https://example.com/', '.example.com', true],
    ['https://myexample.com/', 'example.com', false],
    ['https://example.com.evil.org/', 'example.com', false],
    ['https://api.example.com/', 'other.org, example.com', true],
    ['https://api.example.com/', '*', true],
    ['https://api.example.com/', '', false],
    ['https://api.example.com/', 'example.com:443', true],
    ['https://api.example.com/', 'example.com:8443', false],
    ['https://api.example.com:8443/', 'example.com:8443', true],
    ['https://10.0.0.7/', '10.0.0.7', true],
    ['https://10.0.0.70/', '10.0.0.7', false],
    ['https://[fe80::1]/', 'fe80::1', true],
    ['https://[fe80::1]:8443/', '[fe80::1]:8443', true],
    ['https://[fe80::1]/', '[fe80::1]:8443', false],
    ['https://api.example.com/', 'example.(com', false],
  ];
  for (const [url, noProxy, past] of cases) {
    it(`${JSON.stringify(noProxy)} leads ${url} ${past ? 'past' : 'through'} the proxy`, () => assert.equal(bypasses(new URL(url), noProxy.split(',')), past));
  }
});
