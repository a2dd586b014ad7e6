import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { defaultEngineSettings } from '../../src/core/settings';
import { MINUTE_MS } from '../../src/core/time';
import type { Engine } from '../../src/engine/engine';
import { claude } from '../../src/providers/claude';
import { readsEnded, useRig } from '../support/engineRig';
import { account } from '../support/readings';
import { useTempDir } from '../support/tempDir';
import { claudeLine, TestHome } from './logs/rig';

describe('logs that two accounts read', () => {
  const dir = useTempDir();
  const rig = useRig();
  let home: TestHome;
  beforeEach(() => (home = new TestHome()));
  afterEach(() => home.remove());
  const line = (id: string): string => claudeLine({ id, output: 100, input: 0, at: new Date(rig().clock.now()).toISOString() });
  const own = account('own', { providerId: 'claude' });
  const at = (folder: string, id = 'other') => account(id, { providerId: 'claude', options: { home: folder } });
  const told = async (engine: Engine): Promise<readonly unknown[]> => {
    await rig().clock.advance(2 * MINUTE_MS);
    await engine.refresh(null);
    await rig().clock.advance(MINUTE_MS);
    await readsEnded(engine);
    return engine.snapshot().accounts.map(({ id, today, notes }) => [id, today?.tokens ?? 0, notes.find(note => /counted/i.test(note)) ?? null]);
  };

  it('count in the account that was added first, under whatever name the folder was given to the other', async () => {
    home.lines('.claude/projects/p/a.jsonl', line('1'));
    for (const folder of [home.dir, `${home.dir}/.claude`, `${home.dir}/.claude/projects/`]) {
      const engine = await rig().start(null, [claude], [own, at(folder)], {}, { machine: home.machine });
      assert.deepEqual(await told(engine), [['own', 100, null], ['other', 0, 'Not counted here: "own" counts the same logs.']], folder);
      engine.dispose();
    }
    const engine = await rig().start(null, [claude], [at(home.dir), own], {}, { machine: home.machine });
    assert.deepEqual(await told(engine), [['other', 100, null], ['own', 0, 'Not counted here: "other" counts the same logs.']]);
  });

  it('count in the other one as soon as the first is gone, all of them, and no longer once it reads them too', async () => {
    home.lines('box/.claude/projects/p/a.jsonl', line('1'), line('2'));
    home.lines('.claude/projects/p/b.jsonl', line('3'));
    const engine = await rig().start(dir(), [claude], [own, at(`${home.dir}/box`)], {}, { machine: home.machine });
    const tokens = async (): Promise<readonly unknown[]> => (await told(engine)).map(each => (each as unknown[])[1]);
    const move = (home: string | null): unknown => engine.update({ accountId: 'own', changes: { options: { home } }, credentialChanged: true });
    assert.deepEqual(await tokens(), [100, 200]);
    move(`${home.dir}/box`);
    assert.equal((await tokens())[1], 0);
    move(null);
    assert.equal((await tokens())[1], 200);
    engine.configure({ ...defaultEngineSettings, logFolders: { claude: [`${home.dir}/box`] } });
    assert.deepEqual(await tokens(), [100, 200]); // what has an account of its own is left to it
    await engine.remove({ accountId: 'own', forget: true });
    assert.deepEqual(await tokens(), [200]);
  });

  it('R46: two logins of one tool, in a folder each, have the limits and the tokens of their own', async () => {
    const file = JSON.parse(readFileSync(path.join(__dirname, '../fixtures/claude/claude.json'), 'utf8')) as { oauthAccount: { organizationName: string }; cachedUsageUtilization: { fetchedAtMs: number; utilization: object } };
    for (const [folder, name, percent] of [['', 'Home', 12], ['work/', 'Work', 34]] as const) {
      file.oauthAccount.organizationName = name;
      Object.assign(file.cachedUsageUtilization, { fetchedAtMs: rig().clock.now(), utilization: { five_hour: { utilization: percent } } });
      home.write(`${folder}.claude.json`, JSON.stringify(file));
      home.lines(`${folder}.claude/projects/p/a.jsonl`, ...Array.from({ length: percent }, (_, i) => line(`${name}-${i}`)));
    }
    const engine = await rig().start(null, [claude], [own, at(`${home.dir}/work/.claude`)], {}, { machine: home.machine });
    await told(engine);
    assert.deepEqual(engine.snapshot().accounts.map(({ identity, today, meters }) => [identity, today?.tokens, meters.map(({ used }) => used)]), [['Home', 1200, [12]], ['Work', 3400, [34]]]);
  });

  it('are said to be counted twice where an account reads others beside them', async () => {
    home.lines('box/projects/p/a.jsonl', line('1'));
    home.lines('.claude/projects/p/b.jsonl', line('2'));
    const engine = await rig().start(null, [claude], [at(`${home.dir}/box/projects`), own], { logFolders: { claude: [`${home.dir}/box`] } }, { machine: home.machine });
    assert.deepEqual(await told(engine), [['other', 100, null], ['own', 200, 'Some of these logs are counted by "other" too.']]);
  });
});
