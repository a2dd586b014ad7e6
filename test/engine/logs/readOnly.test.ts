import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { readSmallFile } from '../../../src/engine/readFile';
import { claude } from '../../../src/providers/claude';
import { codex } from '../../../src/providers/codex';
import type { Provider } from '../../../src/providers/provider';
import { claudeLine, codexLine, TestHome } from './rig';

/** Mode, time of change and content of everything in a folder. */
function fingerprint(dir: string): Record<string, string> {
  return Object.fromEntries(fs.readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort().map(name => {
    const full = path.join(dir, name);
    const { mode, mtimeMs, ctimeMs, size } = fs.statSync(full);
    return [name, [mode, mtimeMs, ctimeMs, size, fs.statSync(full).isFile() ? createHash('sha256').update(fs.readFileSync(full)).digest('hex') : 'folder'].join(' ')];
  }));
}

describe("other tools' files", () => {
  let home: TestHome;
  const opened: [path: string, flags: unknown][] = [];
  const { openSync } = fs;
  const { open } = fs.promises;
  beforeEach(() => {
    home = new TestHome();
    home.lines('.claude/projects/-home-dev-app/a.jsonl', claudeLine());
    home.write('.claude/.credentials.json', '{"claudeAiOauth":{"accessToken":"canary"}}');
    home.write('.claude.json', fs.readFileSync(path.resolve(__dirname, '../../fixtures/claude/claude.json')));
    home.lines('.codex/sessions/2026/10/31/rollout-a.jsonl', codexLine.meta('2026-10-31T10:00:00Z'), codexLine.tokens('2026-10-31T10:00:02Z', [10, 0, 1, 0], null));
    home.write('.codex/auth.json', '{"tokens":{"refresh_token":"canary"}}');
    opened.length = 0;
    fs.openSync = (file, flags, mode) => {
      opened.push([String(file), flags]);
      return openSync(file, flags, mode);
    };
    fs.promises.open = (file, flags, mode) => {
      opened.push([String(file), flags]);
      return open(file, flags, mode);
    };
  });
  afterEach(() => {
    fs.openSync = openSync;
    fs.promises.open = open;
    home.remove();
  });

  const read = (provider: Provider): ReturnType<Provider['read']> => provider.read({
    now: 1795348784000, account: { id: provider.info.id, options: {} }, machine: home.machine, signal: new AbortController().signal,
    getJson: () => Promise.reject(new Error('no network')), readFile: readSmallFile, scanLogs: () => home.scan(provider, { stateDir: home.stateDir }),
  });

  it('R21: are only ever read, and those with credentials not even that', async () => {
    const before = fingerprint(home.dir);
    opened.length = 0;
    const readings = [await read(claude), await read(codex), await read(claude), await read(codex)];
    assert.deepEqual(readings.map(({ usage }) => usage.length), [1, 1, 1, 1]);
    assert.equal(readings[0]?.meters.length, 4);
    const foreign = opened.filter(([file]) => !file.startsWith(home.stateDir));
    const state = path.basename(home.stateDir);
    const after = Object.fromEntries(Object.entries(fingerprint(home.dir)).filter(([name]) => name !== state && !name.startsWith(state + path.sep)));
    assert.deepEqual(after, before);
    assert.deepEqual([...new Set(foreign.map(([file]) => path.basename(file)))].sort(), ['.claude.json', 'a.jsonl', 'rollout-a.jsonl']);
    assert.deepEqual(foreign.filter(([, flags]) => flags !== 'r' && flags !== (fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)), []);
  });
});
