import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { AccountState } from '../../src/core/snapshot';
import { stateIcon } from '../../src/core/words';
import { codePoints } from '../../webview/icons';

describe('The icons', () => {
  it('R41: have the code points that the icon font gives their names', () => {
    const sheet = readFileSync(require.resolve('@vscode/codicons/dist/codicon.css'), 'utf8');
    const wrong = Object.entries(codePoints).filter(([name, code]) => !sheet.includes(`.codicon-${name}:before { content: "\\${code.toString(16)}" }`));
    assert.deepEqual(wrong, []);
  });

  it('R41: hold one for every state of an account', () => {
    assert.deepEqual(AccountState.options.filter(state => !Object.hasOwn(codePoints, stateIcon(state))), []);
  });
});
