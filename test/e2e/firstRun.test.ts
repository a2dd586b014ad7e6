/** The first minutes on a machine that has Claude Code and Codex: one offer, and nothing read before the answer. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { type Editor, type EditorWindow, startEditor, temporaryDir } from '../editor';
import { writeClaude, writeCodex } from '../simulators/demoLogs';
import { statusShows, statusWords, toastCount, toastsAfterAWhile } from './quotaMonitor';

const OFFER = /Found Claude Code and Codex on this machine/;
/** Long ago, so that any read would be noted whatever the mount's options. */
const UNREAD = new Date('2020-01-01T00:00:00Z');

const filesOf = (home: string): string[] => ['.claude', '.claude.json', '.codex'].map(name => path.join(home, name))
  .flatMap(place => (statSync(place).isFile() ? [place] : readdirSync(place, { recursive: true, encoding: 'utf8' }).map(name => path.join(place, name))))
  .filter(file => statSync(file).isFile());

/** Marks every file as not read for long. */
function markUnread(home: string): void {
  for (const file of filesOf(home)) utimesSync(file, UNREAD, statSync(file).mtime);
}

const readFiles = (home: string): string[] => filesOf(home).filter(file => statSync(file).atimeMs !== UNREAD.getTime());

/** False on mounts that keep no times of reading: they would prove nothing. */
function notesReads(home: string): boolean {
  markUnread(home);
  readFileSync(filesOf(home)[0] ?? '');
  const noted = readFiles(home).length === 1;
  markUnread(home);
  return noted;
}

describe('the first run', () => {
  let home: string;
  let editor: Editor;
  let window: EditorWindow;

  before(async function () {
    home = path.join(temporaryDir(), 'home');
    mkdirSync(home);
    writeClaude(home, Date.now());
    writeCodex(home, Date.now());
    if (!notesReads(home)) this.skip();
    editor = await startEditor({ home });
    window = await editor.openWindow();
  });
  after(() => editor?.close());

  it('R31: offers what it found, once', async () => {
    await window.toast(OFFER);
    assert.equal(await toastCount(window, OFFER), 1);
  });

  it('R29: has read no file of them and kept nothing before the answer', async () => {
    assert.deepEqual(readFiles(home), []);
    const kept = editor.globalStorageDir();
    assert.deepEqual(['accounts.json', 'logs'].filter(name => existsSync(path.join(kept, name))), []);
    assert.equal(await statusWords(window), 'Quota Monitor: add account');
  });

  it('shows both in the status bar after the yes, read from their files', async () => {
    await (await window.toast(OFFER)).getByRole('button', { name: 'Yes' }).click();
    await statusShows(window, /Claude Code 69% · Codex 23% used · ≈\$/);
    assert.notDeepEqual(readFiles(home), []);
  });

  it('R31: keeps both and does not ask again after a reload', async () => {
    await window.reload();
    await statusShows(window, /Claude Code 69% · Codex 23% used/);
    assert.equal(await toastsAfterAWhile(window, OFFER), 0);
  });
});

describe('the first run, answered with "Not Now"', () => {
  let home: string;
  let editor: Editor;
  let window: EditorWindow;

  before(async () => {
    home = path.join(temporaryDir(), 'home');
    mkdirSync(home);
    writeClaude(home, Date.now());
    writeCodex(home, Date.now());
    markUnread(home);
    editor = await startEditor({ home });
    window = await editor.openWindow();
    await (await window.toast(OFFER)).getByRole('button', { name: 'Not Now' }).click();
  });
  after(() => editor?.close());

  it('R31: reads nothing, and remembers the answer over a reload', async () => {
    await window.reload();
    await statusShows(window, /^$/);
    assert.equal(await toastsAfterAWhile(window, OFFER), 0);
    assert.equal(await statusWords(window), 'Quota Monitor: add account');
    assert.deepEqual(readFiles(home), []);
  });
});
