/** Tools that work on all of the history under kill -9, at each change of a file that they make: all of them in `npm run test:crash`. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HOUR_MS } from '../../../src/core/time';
import { Accounts } from '../../../src/engine/accounts';
import { auditText, parseAudit } from '../../../src/engine/historyTools/audit';
import { exportHistory } from '../../../src/engine/historyTools/export';
import { removeUnfinished } from '../../../src/engine/historyTools/outFile';
import { Tasks } from '../../../src/engine/historyTools/tasks';
import { finishBegun } from '../../../src/engine/historyTools/unfinished';
import { bundle } from '../../support/bundle';
import { useRig } from '../../support/engineRig';
import { contentOf } from '../../support/exportedHistory';
import { FakeClock } from '../../support/fakeClock';
import { useHistory } from '../../support/history';
import { account, bucket, fakeProvider, meter, reading, report } from '../../support/readings';
import { WASM } from '../../support/sql';
import { useTempDir } from '../../support/tempDir';

/** Of the rows of a state, those of usage. */
const rowsIn = (state: unknown): number => (state as { content: unknown[][] }).content[3]?.length ?? 0;
const EACH = process.env['QUOTA_MONITOR_KILLS'] !== undefined;
const LANES = 2;

type Tool = 'start' | 'import' | 'restore' | 'purge' | 'backup' | 'export';

describe('tools of the history under kill -9', function () {
  this.timeout(120_000);
  const dir = useTempDir();
  const rig = useRig();
  const open = useHistory();
  const noGuard = () => undefined;
  let program = '';
  let now: number;
  before(async () => { program = await bundle('test/support/toolsProcess.ts'); });

  /** Runs a tool on the files in `storage`. @returns whether it was killed, and how many changes it made if it was not. */
  function run(storage: string, tool: Tool, file: string, stopAt: number): Promise<{ killed: boolean; changes: number }> {
    const child = spawn(process.execPath, [program, storage, WASM, tool, file, String(now), String(stopAt)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said === 'stopped\n') child.kill('SIGKILL');
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => resolve({ killed: said === 'stopped\n', changes: Number(said) }));
    });
  }

  /** Kills the tool at one change after the other, each time on fresh copies in a folder of their own, and lets `look` see what is left. */
  async function killAtEach(tool: Tool, prepare: (folder: string) => { storage: string; file: string }, look: (at: { storage: string; file: string; what: string }) => Promise<void>): Promise<void> {
    const whole = prepare(path.join(dir(), 'whole'));
    const { changes } = await run(whole.storage, tool, whole.file, 0);
    assert.ok(changes > 3, `${changes} changes`);
    const all = Array.from({ length: changes }, (_, index) => index + 1);
    const some = EACH ? all : all.filter(at => at % Math.ceil(changes / 5) === 1);
    let missed = 0;
    await Promise.all(Array.from({ length: LANES }, async (_, lane) => {
      for (const [index, stopAt] of some.entries()) {
        if (index % LANES !== lane) continue;
        const at = prepare(path.join(dir(), `at-${stopAt}`));
        const { killed } = await run(at.storage, tool, at.file, stopAt);
        if (killed) await look({ ...at, what: `${tool} killed at change ${stopAt} of ${changes}` });
        else missed++;
      }
    }));
    assert.ok(missed <= some.length / 4, `${missed} times it did not come to that`); // how often an import flushes is a matter of time
  }

  /** All that is kept, as the next start finds it. */
  async function stateOf(storage: string, what: string): Promise<unknown> {
    assert.equal(await finishBegun(storage, noGuard), null, what);
    const history = await open(storage, new FakeClock(now));
    try {
      assert.equal(history.warning, null, what);
      return { content: contentOf(history), accounts: new Accounts(storage).all.map(({ id }) => id) };
    } finally {
      history.close();
    }
  }

  /** A folder with an account and some readings of it, of which the last are in the journal only; and what a backup has of another. */
  let storage: string;
  beforeEach(async () => {
    storage = path.join(dir(), 'storage');
    const { clock, start } = rig();
    now = clock.now();
    const provider = fakeProvider();
    const engine = await start(storage, [provider]);
    engine.add({ accountId: 'other', draft: { providerId: 'acme', alias: 'other', options: {} } });
    await engine.tools.backup({ task: 't', file: path.join(dir(), 'my.backup') });
    await engine.remove({ accountId: 'other', forget: true });
    engine.add({ accountId: 'a', draft: { providerId: 'acme', alias: 'a', options: {} } });
    engine.dispose();
    const history = await open(storage, clock);
    for (let hour = 0; hour < 20; hour++) {
      const at = now - (30 - hour) * HOUR_MS;
      history.record('a', reading(at, { meters: [meter(at, { used: hour })], usage: [report([bucket(at)])] }));
      if (hour === 10) history.checkpoint();
    }
    history.close();
    mkdirSync(path.join(storage, 'logs', 'a'), { recursive: true });
    for (const name of ['one', 'two']) writeFileSync(path.join(storage, 'logs', 'a', name), 'x');
  });
  const copied = (folder: string): { storage: string; file: string } => {
    cpSync(storage, path.join(folder, 'storage'), { recursive: true });
    cpSync(path.join(dir(), 'my.backup'), path.join(folder, 'my.backup'));
    return { storage: path.join(folder, 'storage'), file: path.join(folder, 'my.backup') };
  };

  it('a first start that was killed leaves nothing that the next one could not go on from', async () => {
    const prepare = (folder: string): { storage: string; file: string } => ({ storage: path.join(folder, 'storage'), file: '' });
    await killAtEach('start', prepare, async ({ storage: left, what }) => {
      const added = existsSync(path.join(left, 'accounts.json')) ? ['a'] : [];
      assert.deepEqual(((await stateOf(left, what)) as { accounts: string[] }).accounts, added, what);
      assert.equal(new Accounts(left).warning, null, what);
      assert.ok(!(await run(left, 'start', '', 0)).killed);
      assert.deepEqual(((await stateOf(left, what)) as { accounts: string[] }).accounts, ['a'], what);
    });
  });

  it('a restore leaves wholly the old history and accounts, or wholly the new ones', async () => {
    const before = await stateOf(copied(path.join(dir(), 'before')).storage, 'before');
    const after = copied(path.join(dir(), 'after'));
    assert.ok(!(await run(after.storage, 'restore', after.file, 0)).killed);
    const restored = await stateOf(after.storage, 'after');
    assert.notDeepEqual(restored, before);
    const seen = new Set<string>();
    await killAtEach('restore', copied, async ({ storage: left, what }) => {
      const state = await stateOf(left, what);
      const isNew = (state as { accounts: string[] }).accounts[0] === 'other';
      assert.deepEqual(state, isNew ? restored : before, what);
      seen.add(isNew ? 'new' : 'old');
    });
    assert.deepEqual([...seen].sort(), ['new', 'old']);
  });

  it('a purge has not begun, or is finished at the next start: nothing that is left looks whole', async () => {
    const before = await stateOf(copied(path.join(dir(), 'before')).storage, 'before');
    /** As it is when the backup lies where the audit log says. */
    const prepare = (folder: string): { storage: string; file: string } => {
      const at = copied(folder);
      const log = path.join(at.storage, 'audit.log');
      writeFileSync(log, readFileSync(log, 'utf8').replaceAll(path.join(dir(), 'my.backup'), at.file));
      assert.ok(parseAudit(auditText(at.storage)).some(({ detail }) => detail === at.file));
      return at;
    };
    const seen = new Set<string>();
    await killAtEach('purge', prepare, async ({ storage: left, file, what }) => {
      const isBegun = existsSync(path.join(left, 'purge.begun'));
      assert.equal(await finishBegun(left, noGuard), null, what);
      const names = readdirSync(left);
      if (existsSync(file)) {
        assert.equal(isBegun, false, what);
        assert.deepEqual(await stateOf(left, what), before, what);
        assert.ok(names.includes('logs'), what);
      } else {
        assert.deepEqual(names.filter(name => !['polls.marks', 'polls.marks.tmp', 'history.journal'].includes(name)), [], what);
        assert.deepEqual(await stateOf(left, what), { content: [[], [], [], [], []], accounts: [] }, what);
      }
      seen.add(existsSync(file) ? 'old' : isBegun ? 'finished' : 'gone');
    });
    assert.deepEqual([...seen].sort(), EACH ? ['finished', 'gone', 'old'] : [...seen].sort());
    assert.ok(seen.has('finished'));
  });

  it('an import keeps what it took, and once when it is repeated', async () => {
    const from = await open(null, new FakeClock(now));
    from.record('a', reading(now, { usage: [report(Array.from({ length: 1_500 }, (_, index) => bucket(now - HOUR_MS * (40 + (index >> 2)), { model: `m${index & 3}` })))] }));
    const exported = path.join(dir(), 'out.json');
    await new Tasks(new FakeClock(now), () => undefined).run('t', task => exportHistory(exported, {
      sql: from.sql, accounts: [account('a')], choice: { format: 'json', levels: ['usage'], accountIds: null, fromAt: null, toAt: null }, zone: 'UTC', clients: [], now, storageDir: null,
    }, task));
    const prepare = (folder: string): { storage: string; file: string } => ({ ...copied(folder), file: exported });
    const whole = prepare(path.join(dir(), 'expected'));
    await run(whole.storage, 'import', whole.file, 0);
    const expected = await stateOf(whole.storage, 'whole');
    const had = rowsIn(await stateOf(prepare(path.join(dir(), 'before')).storage, 'before'));
    const counts = new Set<number>();
    await killAtEach('import', prepare, async ({ storage: left, what }) => {
      const rows = rowsIn(await stateOf(left, what));
      assert.ok(rows >= had, `${what}: ${rows} rows of ${had}`);
      counts.add(rows);
      assert.ok(!(await run(left, 'import', exported, 0)).killed);
      assert.deepEqual(await stateOf(left, what), expected, what);
    });
    assert.ok(counts.size > (EACH ? 2 : 1), `it was killed in its midst, not only at its ends: ${[...counts].join()}`);
  });

  for (const tool of ['export', 'backup'] as const) {
    it(`what an ${tool === 'export' ? tool : 'unfinished backup'} left beside its file goes at the next start, and the file is the old or the whole new one`, async () => {
      const prepare = (folder: string): { storage: string; file: string } => {
        const at = { ...copied(folder), file: path.join(folder, 'chosen', 'out') };
        mkdirSync(path.dirname(at.file));
        writeFileSync(at.file, 'old');
        writeFileSync(`${at.file}.01234567.tmp`, 'of somebody else');
        return at;
      };
      const whole = prepare(path.join(dir(), 'expected'));
      await run(whole.storage, tool, whole.file, 0);
      const { length } = readFileSync(whole.file);
      const left: number[] = [];
      await killAtEach(tool, prepare, async ({ storage: folder, file, what }) => {
        left.push(readdirSync(path.dirname(file)).length - 2);
        await removeUnfinished(folder);
        assert.deepEqual(readdirSync(path.dirname(file)), ['out', 'out.01234567.tmp'], what);
        assert.ok([3, length].includes(readFileSync(file).length), what);
        assert.deepEqual(readdirSync(folder).filter(name => name.startsWith('writing.')), [], what);
      });
      assert.ok(left.includes(1), 'something was left');
    });
  }
});
