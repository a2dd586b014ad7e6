import assert from 'node:assert/strict';
import fs from 'node:fs';
import { defaultEngineSettings } from '../../src/core/settings';
import { MINUTE_MS } from '../../src/core/time';
import { claude } from '../../src/providers/claude';
import { readsEnded, useRig } from '../support/engineRig';
import { account } from '../support/readings';
import { useTempDir } from '../support/tempDir';
import { claudeLine, TestHome } from './logs/rig';

describe('folders of a local tool that a setting names', () => {
  const dir = useTempDir();
  const rig = useRig();
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());
  const line = (id: string) => claudeLine({ id, output: 100, input: 0, at: new Date(rig().clock.now()).toISOString() });
  const boxes = (...names: string[]) => ({ ...defaultEngineSettings, logFolders: { claude: names.map(name => `${home.dir}/${name}`) } });

  it('R36, R49: count beside the default ones, each response once, as soon as they are named', async () => {
    home.lines('.claude/projects/p/a.jsonl', line('1'));
    home.lines('box/.claude/projects/p/b.jsonl', line('1'), line('2'));
    home.lines('wsl/Größe 用户/.claude/projects/p/c.jsonl', line('3'));
    const engine = await rig().start(dir(), [claude], [account('own', { providerId: 'claude' }), account('other', { providerId: 'claude', options: { home: `${home.dir}/box` } })], {}, { machine: home.machine });
    const tokens = async () => {
      await rig().clock.advance(MINUTE_MS);
      await engine.refresh(null);
      await rig().clock.advance(MINUTE_MS);
      await readsEnded(engine);
      return ['own', 'other'].map(id => engine.snapshot().accounts.find(each => each.id === id)?.today?.tokens);
    };
    assert.deepEqual(await tokens(), [100, 200]);
    engine.configure(boxes('box', 'wsl/Größe 用户/.claude'));
    assert.deepEqual(await tokens(), [200, 200]); // an account with a folder of its own reads that one alone, and no other reads it
  });

  it('R49: are named in the account, with what is missing while one is not there', async () => {
    home.lines('.claude/projects/p/a.jsonl', line('1'));
    const box = home.lines('box/.claude/projects/p/b.jsonl', line('2'));
    const engine = await rig().start(dir(), [claude], [account('own', { providerId: 'claude' })], boxes('box'), { machine: home.machine });
    const shown = async () => {
      await rig().clock.advance(2 * MINUTE_MS);
      await readsEnded(engine);
      const { today, notes = [] } = engine.snapshot().accounts[0] ?? {};
      return [today?.tokens, ...notes.filter(note => note.includes('/box'))];
    };
    assert.deepEqual(await shown(), [200, `Counts the logs in ${home.dir}/box too.`]);
    fs.renameSync(`${home.dir}/box`, `${home.dir}/unmounted`);
    assert.deepEqual(await shown(), [200, `There are no logs in ${home.dir}/box now: nothing new of it is counted.`]);
    assert.ok(!fs.existsSync(box));
  });

  it('count under a path of any length, of which the account tells the beginning', async () => {
    const deep = Array.from({ length: 8 }, (_, i) => `${'a folder with quite a long name '.repeat(2)}${i}`).join('/');
    home.lines('.claude/projects/p/a.jsonl', line('1'));
    home.lines(`${deep}/.claude/projects/p/b.jsonl`, line('2'));
    const engine = await rig().start(dir(), [claude], [account('own', { providerId: 'claude' })], boxes(deep), { machine: home.machine });
    await rig().clock.advance(2 * MINUTE_MS);
    await readsEnded(engine);
    const { today, failure, notes = [] } = engine.snapshot().accounts[0] ?? {};
    assert.deepEqual([today?.tokens, failure], [200, null]);
    assert.ok(notes.some(note => note.startsWith(`Counts the logs in ${home.dir}/a folder`)), notes.join('\n'));
  });

  it('that are not there harm nothing', async () => {
    home.lines('.claude/projects/p/a.jsonl', line('1'));
    const engine = await rig().start(dir(), [claude], [account('own', { providerId: 'claude' })], {}, { machine: home.machine });
    engine.configure(boxes('nowhere'));
    await rig().clock.advance(2 * MINUTE_MS);
    await readsEnded(engine);
    assert.equal(engine.snapshot().accounts[0]?.today?.tokens, 100);
  });
});
