import assert from 'node:assert/strict';
import { dashboardHtml, dataBlock } from '../../src/host/dashboardHtml';
import { sampleAccount, sampleSnapshot, sampleState } from '../support/sampleSnapshot';

const page = (state = sampleState()) => dashboardHtml({ cspSource: 'https://webview.test', nonce: 'abc123', scriptUri: 'https://webview.test/main.js?a=1&b="', state });

describe("The dashboard's page", () => {
  it('allows its own script by nonce, its own styles, font and pictures, and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page())?.[1] ?? '';
    assert.deepEqual(policy.split('; '), [
      "default-src 'none'", "script-src 'nonce-abc123'", 'style-src https://webview.test', 'font-src https://webview.test', 'img-src https://webview.test data:',
      "base-uri 'none'", "form-action 'none'",
    ]);
    assert.doesNotMatch(policy, /unsafe|connect-src|\*/);
  });

  it('carries no inline style and no script without the nonce but the data block', () => {
    const scripts = [...page().matchAll(/<script ([^>]*)>/g)].map(match => match[1] ?? '');
    assert.equal(scripts.length, 2);
    assert.ok(scripts[0]?.startsWith('type="application/json"'));
    assert.ok(scripts[1]?.includes('nonce="abc123"'));
    assert.doesNotMatch(page(), /<style|style=/);
  });

  it('lets no name end its data block or an attribute', () => {
    const alias = '</script><script>alert(1)</script><!--';
    const html = page(sampleState({ snapshot: sampleSnapshot({ accounts: [sampleAccount({ id: 'a', alias })] }) }));
    assert.equal(html.split('<script').length, 3);
    assert.ok(html.includes('src="https://webview.test/main.js?a=1&amp;b=&quot;"'));
    assert.deepEqual(JSON.parse(dataBlock({ alias })), { alias });
  });

  it('says null when nothing is known yet', () => {
    assert.ok(dashboardHtml({ cspSource: 'x', nonce: 'n', scriptUri: 'u', state: null }).includes('id="state">null</script>'));
  });
});
