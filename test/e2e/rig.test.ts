/** The rig on its stub: when this fails, look at the rig before the extension. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Editor, type EditorWindow, startEditor } from '../editor';

const folder = path.resolve(__dirname, '../fixtures/stub-extension');

describe('the editor rig', () => {
  let editor: Editor;
  let window: EditorWindow;

  before(async () => {
    editor = await startEditor({ extension: { folder } });
    window = await editor.openWindow();
  });
  after(() => editor?.close());

  it('shows the extension in the status bar, with its tooltip', async () => {
    assert.equal(await window.statusText('Stub 42%'), 'Stub 42% no word');
    assert.match((await (await window.tooltip('Stub 42%')).textContent()) ?? '', /The tooltip of the stub/);
  });

  it('gives the extension host its own home and storage', () => {
    assert.equal(readFileSync(path.join(editor.globalStorageDir('rig.stub'), 'home.txt'), 'utf8'), editor.home);
  });

  it('runs a command and reaches into the webview', async () => {
    await window.runCommand('Stub: Open Panel');
    const frame = await window.webview('Stub Panel');
    await frame.getByText('Hello from the stub').waitFor();
  });

  it('answers a quick pick, an input box and a toast', async () => {
    await window.runCommand('Stub: Ask');
    await window.pick('green');
    await window.fillInput('hush', 'A word');
    await (await window.toast('Took green')).getByRole('button', { name: 'Fine' }).click();
    assert.equal(await window.statusText('Stub said'), 'Stub said Fine');
  });

  it('keeps a secret over a reload, for a second window too', async () => {
    await window.reload();
    assert.equal(await window.statusText('Stub 42%'), 'Stub 42% hush');
    const second = await editor.openWindow();
    assert.equal(await second.statusText('Stub 42%'), 'Stub 42% hush');
    await second.close();
  });

  it('collects the logs of the extension host', () => {
    assert.match(editor.logs(), /rig\.stub/);
  });
});
